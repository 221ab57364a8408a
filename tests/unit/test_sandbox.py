"""What does a template of few letters get to do with the machine?"""

import tracemalloc
from collections.abc import Iterator

import pytest

from broadcaster.season.announce import Person, render_text
from broadcaster.season.errors import TemplateError

GUESTS = tuple(Person(name=f"Guest {number}", country="KZ") for number in range(60))
TEN = "{% set a = 'aaaaaaaaaa' %}"
LONG = "{% set a = 'aя' %}" + "{% set a = a ~ a %}" * 15
EACH = LONG + "{% for guest in guests %}"
MOST_MEMORY = 20_000_000


@pytest.fixture
def peak() -> Iterator[None]:
    """Nothing that a test does takes much memory."""
    render_text("{{ 1 }}", {})  # its imports are made
    tracemalloc.start()
    yield
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MOST_MEMORY


@pytest.mark.usefixtures("peak")
@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ 'a'.rjust(100000000) | length }}", "'rjust'"),
        ("{{ '{:>100000000}'.format('a') | length }}", "'format'"),
        (TEN + "{{ a.replace('a', a) }}", r"write \| replace"),
        (TEN + "{% set a = a | replace('a', a) %}" * 9, "goes through more"),
        (TEN + "{% set a = [a, a, a, a] | join(a) %}" * 20, "goes through more"),
        (TEN + "{% set a = a ~ a %}" * 40, "goes through more"),
        (TEN + "{% set a = a + a %}" * 40, "goes through more"),
        ("{% set a = [1] %}" + "{% set a = a + a %}" * 40, "goes through more"),
        ("{% set a = [1] %}" + "{% set a = [a, a] %}" * 40 + "{{ a | string }}", "goes through more"),
        ("{% set a = [1] %}{{ a.extend(a) }}", "'extend'"),
        ("{% set a = 99 %}" + "{% set a = a * a %}" * 40, "numbers up to"),
        ("{{ 5 | round(-100000000) }}", "'round'"),
        ("{{ 'a' | batch(100000000, 'x') | list }}", "no filter 'batch'"),
        ("{% for a in guests %}" * 6 + "x" + "{% endfor %}" * 6, "goes through more"),
        ("{% for a in guests %}" * 6 + "{% endfor %}" * 6, "goes through more"),
        ("{% for a in guests %}" * 25 + "{% endfor %}" * 25, "too much in it stands inside"),
        ("{{ " + "(" * 900 + "1" + ")" * 900 + " }}", "too much in it stands inside"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "this tag is not for texts"),
        ("{% set a %}{{ 1 }}{% endset %}", "write {% set name ="),
        (
            LONG + "{% set l = a | list %}" + "{% set l = l + l %}" * 13 + "{{ l | map('upper') | list }}",
            "goes through more",
        ),
        (LONG + "{% set l = [a] %}" + "{% set l = l + l %}" * 8 + "{{ l | sort }}", "goes through more"),
        (EACH + "{% set b = a | list | sort %}{% endfor %}", "goes through more"),
        (EACH + "{% set b = 'xy' in a %}{% endfor %}", "goes through more"),
        (EACH + "{% set b = 'xy' is in a %}{% endfor %}", "goes through more"),
        (LONG + "{% set l = [a, a] %}{% for each in l | map('list') %}{% endfor %}", "goes through more"),
        (EACH + "{% set b = a[::-1] %}{% endfor %}", "goes through more"),
        (EACH + "{% set b = a.upper() %}{% endfor %}", "goes through more"),
        (EACH + "{% set b = [a] | select('in', [a]) | list %}{% endfor %}", "goes through more"),
        ("{% set a = 'ff' %}" + "{% set a = a ~ a %}" * 13 + "{{ a | int(0, 16) // 7 }}", "numbers up to"),
    ],
    ids=lambda part: part[:24],
)
def test_few_letters_take_neither_the_memory_nor_the_evening(template: str, why: str) -> None:
    with pytest.raises(TemplateError, match=why):
        render_text(template, {"guests": GUESTS})


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            "{% for guest in guests[:3] if guest.name != 'Guest 1' %}{{ loop.index }} of {{ loop.length }}: "
            "{{ guest.name }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "1 of 2: Guest 0, 2 of 2: Guest 2",
        ),
        ("{% set a, b = 'A', 2 %}{{ a ~ ' and ' ~ (b + 1) }}", "A and 3"),
        ("{% for key, value in {'a': 1}.items() %}{{ key.upper() }}{{ value }}{% endfor %}", "A1"),
        ("{{ guests[:2] | join(', ', attribute='name') }}", "Guest 0, Guest 1"),
        ("{{ guests[:2] | map(attribute='name') | join(' & ') | replace('Guest', 'G') }}", "G 0 & G 1"),
        ("{{ [1, 2] | sum(start=3) }}", "6"),
        ("{{ [1, 2.25] | sum | round(1) }} {{ 90 // 60 }}h{{ 90 % 60 }}", "3.2 1h30"),
        (
            "{% for n, c in [('a', 'b'), ('c', 'd')] %}{{ n ~ c }} {% endfor %}{{ {'ru': ('x', 'y')}['ru'][1] }}",
            "ab cd y",
        ),
        ("{% with name = ' Linh ' %}{{ name.strip() if name in [' Linh '] }}{% endwith %}", "Linh"),
        ("{% raw %}{{ as it is }}{% endraw %}", "{{ as it is }}"),
    ],
)
def test_what_texts_need_they_have(template: str, said: str) -> None:
    assert render_text(template, {"guests": GUESTS}) == said
