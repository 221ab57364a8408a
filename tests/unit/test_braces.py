"""Do a text's slips of the pen meet an error that says what to write, before readers see braces or Python's words?"""

from datetime import UTC, datetime, timedelta

import pytest

from broadcaster.season.announce import Listener, Named, Person, render_text
from broadcaster.season.errors import TemplateError

KNOWN = {
    "show": Named(id="day-1", title="Opening night"),
    "go_live": datetime(2027, 10, 20, 14, tzinfo=UTC),
    "delay": timedelta(minutes=20),
    "audience": Listener(city="Almaty", language="en", zone="Asia/Almaty"),
    "guests": (Person(name="Linh", country="Vietnam"),),
    "link": "https://x",
}


@pytest.mark.parametrize(
    ("template", "why"),
    [
        (
            "A\nat { go_live | local_time }",
            "line 2 of the text: { go_live | local_time } would be posted as it stands; ",
        ),
        ("{go_live}", 'write {{ go_live | local_time }} (a brace that is to be read is written {{ "{" }})'),
        ("Watch: ${link}", "write {{ link }}"),
        ("{ golive | local_time }", "write {{ golive | local_time }}"),
        ("{ show.titel }}", "write {{ show.titel }}"),
        ("go_live | local_time }}", "write '{{' before it"),
        ("at\ngo_live | local_time('Asia/Tashkent') }}", "line 2 of the text: '}}' ends what nothing began"),
        ("Tonight: show.title}}", "write '{{' before it"),
        ("{{ go_live | local_time }}}", 'three braces end it: two do; a brace that is to be read is written {{ "}" }}'),
        ("{% if delay %}}{% endif %}", "three braces end it"),
        ("{{{ go_live }}", "three braces begin it"),
        ("{{ go_live | local_time }", "a single } ends it: two do"),
        ("{{ go_live | local_time", "a value stands between {{ and }}"),
        ("{% for guest in guests %}{% if delay %}x{% endfor %}", "{% if %} has no end: write {% endif %}"),
        ("x {% if delay %}y", "{% if %} has no end: write {% endif %} behind what it is for"),
        ("{{ golive | local_time }}", "'golive' is undefined; did you mean 'go_live'?"),
        ("{{ go_live }}", "an instant; write | local_time or | local_date behind it, as in {{ go_live | local_time }}"),
        ("{{ go_live.date() }}", "an instant"),
        ("{{ 'at ' ~ go_live }}", "an instant"),
        ("{{ go_live | upper }}", "an instant"),
        ("{{ [go_live] | join(' ') }}", "an instant"),
        ("{{ guests | map('upper') | join(', ') }}", "a whole guest"),
        ("{{ [go_live] | map('string') | first }}", "an instant"),
        ("{{ [go_live] | listed }}", "an instant"),
        ("{{ go_live | replace('+00:00', '') }}", "an instant"),
        ("{{ guests | map(attribute='name') }}", "write: guests | listed"),
        ("{{ show.title.upper }}", "no text"),
        ("{{ delay | string == '' }}", "true or false"),
    ],
)
def test_a_slip_of_the_pen_is_met_before_readers_see_it(template: str, why: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render_text(template, KNOWN)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ('{"show": "{{ show.title }}", "minutes": {{ 20 }} }', '{"show": "Opening night", "minutes": 20 }'),
        ('{"a": {"b": 1}} x}} the_link }}', '{"a": {"b": 1}} x}} the_link }}'),
        ("{ link in the profile } {50%} {-:} {} {title}", "{ link in the profile } {50%} {-:} {} {title}"),
        ('{{ "{" }}{{ link }}{{ "}" }} {{ "}}" }}', "{https://x} }}"),
        ("{% raw %}{ go_live } {{ x }}}{% endraw %}", "{ go_live } {{ x }}}"),
        (
            "{{ 'late by ' ~ delay }}; {{ delay | upper }}; {{ [delay] | join }}",
            "late by 20 minutes; 20 MINUTES; 20 minutes",
        ),
    ],
)
def test_braces_that_are_to_be_read_stay_and_a_span_has_its_words_everywhere(template: str, said: str) -> None:
    assert render_text(template, KNOWN) == said
