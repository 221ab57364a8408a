"""What announcements say, to whom and when: in three languages, on every clock, within what each channel takes."""

import json
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from broadcaster.adapters.files import parse_season
from broadcaster.cli import main
from broadcaster.season.announce import render
from broadcaster.season.build import build_plan
from broadcaster.season.channels import REACH, Reach
from broadcaster.season.errors import SeasonError
from broadcaster.season.model import Season
from broadcaster.season.plan import Cue, Lane, Late, Plan, ShowPlan, Trigger
from broadcaster.season.preview import preview
from broadcaster.season.quiet import QuietHours
from broadcaster.season.rules import season_problems, season_warnings
from broadcaster.season.walltime import Fold, clock_changes, local
from broadcaster.season.zones import zone_names
from tests.season_text import audience, head, segment, show

SCHEDULES = Path(__file__).parents[2] / "schedules"
LANGUAGES = ("kk", "ru", "en")
ZONES = sorted(zone_names())
FIRST = datetime(2026, 1, 1, tzinfo=UTC)

BASE = (
    head("test", "Test season", LANGUAGES)
    + audience("taraz", "Asia/Almaty", "kk", city="Тараз")
    + audience("singapore", "Asia/Singapore", "en", quiet={"from": "22:00", "to": "08:00"})
    + audience("moscow", "Europe/Moscow", "ru")
    + """
[[guest]]
id = "aigerim"
name = { kk = "Айгерім Сәрсен", en = "Aigerim Sarsen" }
country = "KZ"

[[guest]]
id = "linh"
name = "Linh Tran"
country = "Vietnam"
"""
    + show(
        "day-1",
        {"kk": "Ашылу кеші", "ru": "Вечер открытия", "en": "Opening night"},
        date(2027, 10, 20),
        "19:00",
        segment("opening", "Film", "Film", "30m", lower_third={"title": "Studio", "subtitle": "TV"}),
        segment(
            "designer-1",
            {"kk": "Бірінші топтама", "en": "First collection"},
            "Runway",
            "45m",
            guests=["aigerim", "linh"],
        ),
    )
)


def season(announcement: str, text: str = BASE) -> Season:
    document: dict[str, Any] = tomllib.loads(f'{text}\n[[announcement]]\nid = "post"\n{announcement}')
    found = Season.model_validate(document)
    assert season_problems(found, channels=REACH) == []
    return found


def posts(announcement: str, text: str = BASE) -> tuple[Plan, ShowPlan, tuple[Cue, ...]]:
    plan = build_plan(season(announcement, text))
    return plan, plan.shows[0], plan.shows[0].cues_of(Lane.POSTS)


def told(template: str, at: str = '{ before = "25m" }') -> dict[str, str]:
    """What a template says in each language."""
    plan, show, cues = posts(
        f'at = {at}\nchannels = ["telegram"]\n' + "\n".join(f"text.{each} = '''{template}'''" for each in LANGUAGES)
    )
    return {cue.post.language: render(plan, show, cue, link="https://x").text for cue in cues if cue.post}


@pytest.mark.parametrize(
    ("template", "kk", "ru", "en"),
    [
        ("{{ go_live | local_time }}", "19:00", "19:00", "19:00"),
        ("{{ go_live | local_time('Europe/Rome') }}", "16:00", "16:00", "16:00"),
        ("{{ go_live | local_day }}", "20 қазан", "20 октября", "October 20"),
        ("{{ go_live | weekday }}", "сәрсенбі", "среда", "Wednesday"),
        ("{{ go_live | offset }}", "UTC+5", "UTC+5", "UTC+5"),
        ("{{ go_live | relative }}", "25 минуттан кейін", "через 25 минут", "in 25 minutes"),
        ("{{ 'KZ' | country }}", "Қазақстан", "Казахстан", "Kazakhstan"),
        ("{{ 'Vietnam' | country }}", "Вьетнам", "Вьетнам", "Vietnam"),
        ("{{ 'Aspara' | country }}", "Aspara", "Aspara", "Aspara"),
        ("{{ show.title }}", "Ашылу кеші", "Вечер открытия", "Opening night"),
        ("{{ audience.city }}", "Алматы", "Алматы", "Almaty"),
        (
            "{{ guests | listed }}",
            "Айгерім Сәрсен және Linh Tran",
            "Айгерім Сәрсен и Linh Tran",
            "Aigerim Sarsen and Linh Tran",
        ),
        (
            "{{ guests | map(attribute='country') | join(', ') }}",
            "Қазақстан, Вьетнам",
            "Казахстан, Вьетнам",
            "Kazakhstan, Vietnam",
        ),
        (
            "{{ guests | map(attribute='country') | listed }}",
            "Қазақстан және Вьетнам",
            "Казахстан и Вьетнам",
            "Kazakhstan and Vietnam",
        ),
        ("{{ 5400 // 60 | int }}", "90", "90", "90"),
    ],
)
def test_a_text_says_it_in_its_language(template: str, kk: str, ru: str, en: str) -> None:
    assert told(template) == {"kk": kk, "ru": ru, "en": en}


@pytest.mark.parametrize(
    ("before", "kk", "ru", "en"),
    [
        ("1m", "1 минуттан кейін", "через 1 минуту", "in 1 minute"),
        ("2m", "2 минуттан кейін", "через 2 минуты", "in 2 minutes"),
        ("21m", "21 минуттан кейін", "через 21 минуту", "in 21 minutes"),
        ("1h", "1 сағаттан кейін", "через 1 час", "in 1 hour"),
        ("2h30m", "2 сағат 30 минуттан кейін", "через 2 часа 30 минут", "in 2 hours 30 minutes"),
        ("3d", "3 күннен кейін", "через 3 дня", "in 3 days"),
    ],
)
def test_the_way_to_go_live_is_told_to_the_minute(before: str, kk: str, ru: str, en: str) -> None:
    assert told("{{ go_live | relative }}", f'{{ before = "{before}" }}') == {"kk": kk, "ru": ru, "en": en}


@pytest.mark.parametrize(
    ("number", "ru", "en", "kk"),
    [
        (1, "минута", "minute", "минут"),
        (2, "минуты", "minutes", "минут"),
        (5, "минут", "minutes", "минут"),
        (11, "минут", "minutes", "минут"),
        (21, "минута", "minutes", "минут"),
        (0, "минут", "minutes", "минут"),
    ],
)
def test_a_number_takes_the_form_that_goes_with_it(number: int, ru: str, en: str, kk: str) -> None:
    plan, show, cues = posts(
        'at = { when = "live" }\nchannels = ["telegram"]\n'
        f"text.ru = '''{{{{ {number} | plural('минута', 'минуты', 'минут') }}}}'''\n"
        f"text.en = '''{{{{ {number} | plural('minute', 'minutes') }}}}'''\n"
        f"text.kk = '''{{{{ {number} | plural('минут') }}}}'''"
    )
    said = {cue.post.language: render(plan, show, cue, link="").text for cue in cues if cue.post}
    assert said == {"ru": f"{number} {ru}", "en": f"{number} {en}", "kk": f"{number} {kk}"}


def test_a_post_of_a_segment_names_it_and_its_designer_in_the_readers_language() -> None:
    text = "{{ segment.title }}: {{ segment.designer }}, {{ segment.country }}, {{ segment.start | local_time }}"
    plan, show, cues = posts(
        'at = { segment = "*" }\naudiences = ["taraz", "singapore"]\nurgent = true\nchannels = ["telegram"]\n'
        f'text.kk = "{text}"\ntext.en = "{text}"'
    )
    assert {cue.trigger for cue in cues} == {Trigger.SEGMENT}
    said = {
        cue.id.removeprefix("day-1/posts/post/post/telegram/"): render(plan, show, cue, link="").text for cue in cues
    }
    assert said == {
        "taraz/opening": "Film: Studio, TV, 19:00",
        "taraz/designer-1": "Бірінші топтама: Айгерім Сәрсен, Қазақстан, 19:30",
        "singapore/opening": "Film: Studio, TV, 22:00",
        "singapore/designer-1": "First collection: Aigerim Sarsen, Kazakhstan, 22:30",
    }
    assert [cue.at for cue in cues if cue.post and cue.post.segment == "designer-1"] == [show.segments[1].start] * 2


def test_a_delay_is_told_in_words_beside_the_first_plan() -> None:
    text = "{{ delay }}: {{ planned | local_time }} - {{ go_live | local_time }}"
    plan, show, cues = posts(
        'at = { when = "delayed" }\nchannels = ["telegram"]\n'
        + "\n".join(f'text.{each} = "{text}"' for each in LANGUAGES)
    )
    later = replace(show, go_live=show.go_live + timedelta(minutes=21))
    said = {cue.post.language: render(plan, later, cue, link="").text for cue in cues if cue.post}
    assert said == {
        "kk": "21 минут: 19:00 - 19:21",
        "ru": "21 минута: 19:00 - 19:21",
        "en": "21 minutes: 19:00 - 19:21",
    }
    again = replace(later, planned_live=show.go_live - timedelta(hours=1))
    assert render(plan, again, cues[0], link="").text == "1 сағат 21 минут: 18:00 - 19:21"


def test_the_same_words_at_the_same_time_are_spoken_of_in_a_note() -> None:
    for text, is_told in (("We start", True), ("We start in {{ audience.city }}", False)):
        found = season(
            'at = { before = "15m" }\naudiences = ["moscow", "singapore"]\nchannels = ["telegram"]\n'
            f'text.kk = "{text}"'
        )
        same = [each.message for each in season_warnings(found) if "the same words" in each.message]
        assert bool(same) is is_told
        assert not same or "tells moscow and singapore the same words" in same[0]


def test_who_has_no_text_of_their_own_gets_the_seasons_first_and_is_spoken_of_in_a_note() -> None:
    found = season(
        'at = { before = "15m" }\naudiences = ["moscow", "singapore"]\nchannels = ["telegram"]\n'
        'text.kk = "{{ audience.city }}, {{ go_live | weekday }}"\ntext.en = "x"'
    )
    plan = build_plan(found)
    cue = plan.shows[0].cue("day-1/posts/post/post/telegram/moscow")
    assert cue.post is not None
    assert (cue.post.language, cue.post.reads) == ("kk", "ru")
    assert render(plan, plan.shows[0], cue, link="").text == "Мәскеу, сәрсенбі"
    assert [(each.severity, each.message) for each in season_warnings(found) if "no text" in each.message] == [
        ("note", "announcement 'post' has no text in 'ru': audience 'moscow' is told it in 'kk'")
    ]
    british = BASE.replace(
        'timezone = "Asia/Singapore"\nlanguage = "en"', 'timezone = "Asia/Singapore"\nlanguage = "en-GB"'
    )
    british = british.replace('"ru", "en"]', '"ru", "en", "en-GB"]')
    _, _, cues = posts(
        'at = { before = "15m" }\naudiences = ["singapore"]\nchannels = ["telegram"]\ntext.en = "x"', british
    )
    assert [(cue.post.language, cue.post.reads) for cue in cues if cue.post] == [("en-GB", "")]


def test_quiet_hours_put_off_what_can_wait_and_leave_out_what_would_be_stale() -> None:
    def one(at: str, more: str = "") -> Cue:
        _, _, cues = posts(f'at = {at}\naudiences = ["singapore"]\nchannels = ["telegram"]\ntext.en = "x"\n{more}')
        return cues[0]

    morning = datetime(2027, 10, 21, 0, 0, tzinfo=UTC)  # 08:00 in Singapore
    ended = one('{ when = "ended" }')
    assert ended.post is not None
    assert (ended.at, ended.post.wanted_at) == (morning, datetime(2027, 10, 20, 15, 15, 15, tzinfo=UTC))
    assert ended.quiet_until(ended.at) is None
    live = one('{ when = "live" }')  # at 22:00 sharp
    assert (live.at, live.quiet_until(live.at), live.is_left_out_when_quiet) == (
        morning - timedelta(hours=10),
        morning,
        True,
    )
    urgent = one('{ when = "live" }', "urgent = true")
    assert urgent.quiet_until(urgent.at) is None
    early = one('{ days_before = 0, time = "05:00", zone = "audience" }')
    assert local(early.at, "Asia/Singapore").time() == time(8)
    free = one('{ days_before = 0, time = "08:00", zone = "audience" }')
    assert free.post is not None
    assert free.post.wanted_at is None
    late = one('{ days_after = 1, time = "12:00" }', 'late = { grace = "2h", then = "ask" }')
    assert (late.at, late.late.grace, late.late.then) == (
        datetime(2027, 10, 21, 7, 0, tzinfo=UTC),
        timedelta(hours=2),
        Late.ASK,
    )


@pytest.mark.parametrize(
    ("at", "planned", "is_left_out"),
    [
        ('{ before = "15m" }', "2027-10-20T15:15Z", True),  # 23:15 in Singapore, quiet until 08:00; live at 23:30
        ('{ days_before = 0, time = "22:30", zone = "audience" }', "2027-10-20T14:30Z", True),
        ('{ days_before = 0, time = "06:00", zone = "audience" }', "2027-10-20T00:00Z", False),  # 08:00 is soon enough
        ('{ after = "15m" }', "2027-10-21T00:00Z", False),
    ],
)
def test_what_is_told_ahead_of_a_show_does_not_wait_until_it_is_over(at: str, planned: str, is_left_out: bool) -> None:
    text = BASE.replace('go_live = "19:00"', 'go_live = "20:30"')
    written = f'at = {at}\naudiences = ["singapore"]\nchannels = ["telegram"]\ntext.en = "x"'
    found = season(written, text)
    plan = build_plan(found)
    (post,) = preview(plan, REACH)
    assert (post.at, post.is_left_out) == (datetime.fromisoformat(planned), is_left_out)
    assert plan.shows[0].cue(post.cue).is_left_out_at(post.at) is is_left_out
    told = [each.message for each in season_warnings(found, channels=REACH) if "quiet hours" in each.message]
    assert [": it is left out, since they end after go-live" in each for each in told] == [is_left_out]
    (urgent,) = preview(build_plan(season(f"{written}\nurgent = true", text)), REACH)
    assert not urgent.is_left_out and urgent.wanted_at is None


clocks = st.times(max_value=time(23, 59)).map(lambda clock: clock.replace(second=0, microsecond=0))


@settings(max_examples=400, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    begin=clocks,
    end=clocks,
    instant=st.integers(0, 4 * 366 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes)),
)
def test_quiet_hours_end_later_outside_of_themselves_in_every_zone(
    zone: str, begin: time, end: time, instant: datetime
) -> None:
    if begin == end:
        return
    until = QuietHours(begin=begin, end=end).until(instant, zone)
    assert until is None or instant < until <= instant + timedelta(hours=27)
    if clock_changes(zone, instant - timedelta(days=2), instant + timedelta(days=2)):
        return  # the clock alone does not tell then
    clock = local(instant, zone).time()
    is_inside = begin <= clock < end if begin < end else clock >= begin or clock < end
    assert (until is not None) == is_inside
    assert until is None or local(until, zone).time() == end


def clock(written: str) -> time:
    return time.fromisoformat(written)


@pytest.mark.parametrize(
    ("hours", "fold", "zone", "instant", "until"),
    [
        ("22:00-02:30", "later", "Europe/Brussels", "2026-10-25T00:40Z", "2026-10-25T01:30Z"),  # 02:40, the first time
        ("22:00-02:30", "later", "Europe/Brussels", "2026-10-25T01:30Z", None),
        ("22:00-02:30", "earlier", "Europe/Brussels", "2026-10-25T00:29Z", "2026-10-25T00:30Z"),
        ("22:00-02:30", "earlier", "Europe/Brussels", "2026-10-25T01:10Z", None),  # 02:10, the second time
        ("02:30-08:00", None, "Europe/Brussels", "2026-10-25T01:10Z", "2026-10-25T07:00Z"),  # begun at the first 02:30
        ("02:30-08:00", None, "Europe/Brussels", "2027-03-28T00:59Z", None),  # 01:59, a minute before 03:00
        ("02:30-08:00", None, "Europe/Brussels", "2027-03-28T01:00Z", "2027-03-28T06:00Z"),
        ("22:00-02:30", None, "Europe/Brussels", "2027-03-28T01:10Z", "2027-03-28T01:30Z"),  # 03:10, and no 02:30
        ("13:00-15:00", None, "Asia/Almaty", "2027-10-20T08:00Z", "2027-10-20T10:00Z"),
    ],
)
def test_quiet_hours_are_a_span_of_time_also_where_the_clock_is_changed(
    hours: str, fold: Fold | None, zone: str, instant: str, until: str | None
) -> None:
    begin, end = map(clock, hours.split("-"))
    found = QuietHours(begin=begin, end=end, fold=fold).until(datetime.fromisoformat(instant), zone)
    assert found == (None if until is None else datetime.fromisoformat(until))


@settings(max_examples=60, deadline=None)
@given(
    zones=st.lists(st.sampled_from(ZONES), min_size=8, max_size=8, unique=True),
    day=st.dates(date(2026, 1, 1), date(2029, 1, 1)),
)
def test_ten_in_the_morning_is_ten_on_each_of_eight_clocks(zones: list[str], day: date) -> None:
    document = tomllib.loads(BASE)
    document["audiences"] = {f"a{place}": {"timezone": zone, "language": "en"} for place, zone in enumerate(zones)}
    document["show"][0]["date"] = day
    document["announcement"] = [
        {
            "id": "post",
            "at": {"days_before": 0, "time": "10:00", "zone": "audience"},
            "audiences": list(document["audiences"]),
            "channels": ["telegram"],
            "text": {"en": "{{ go_live | local_time }} {{ audience.offset }}"},
        }
    ]
    found = Season.model_validate(document)
    assert season_problems(found, channels=REACH) == []
    plan = build_plan(found)
    show = plan.shows[0]
    cues = show.cues_of(Lane.POSTS)
    assert {cue.zone for cue in cues} == set(zones)
    for cue in cues:
        there = local(show.go_live, cue.zone)
        assert (cue.local.time(), cue.local.date()) == (time(10), there.date())
        assert render(plan, show, cue, link="").text.startswith(f"{there:%H:%M} UTC")


KINDS = sorted(kind for kind in REACH if kind != "youtube-chat")


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_may_be_as_long_as_its_channel_takes_and_no_longer(kind: str) -> None:
    reach = REACH[kind]
    for extra, problems in ((0, 0), (1, 1)):
        document = tomllib.loads(BASE)
        text = "{{ link }} "
        link = reach.length("https://www.youtube.com/watch?v=xxxxxxxxxxx ")
        document["announcement"] = [
            {
                "id": "post",
                "at": {"when": "live"},
                "channels": ["mine"],
                "languages": ["kk"],
                "picture": "card",
                "text": {"kk": text + "ә" * (reach.most_beside - link + extra)},
            }
        ]
        found = season_problems(Season.model_validate(document), channels={"mine": reach})
        assert len(found) == problems
        if found:
            beside = " beside a picture" if reach.most_beside < reach.most else ""
            assert found[0].loc == ("announcement", 0, "text", "kk")
            assert found[0].message == (
                f"the text in 'kk' for show 'day-1', kk, is {reach.most_beside + 1} characters long; "
                f"channel 'mine' ({reach.called}) takes {reach.most_beside}{beside}"
            )


def problems_of(announcement: str, channels: dict[str, Reach]) -> list[str]:
    document = tomllib.loads(f'{BASE}\n[[announcement]]\nid = "post"\n{announcement}')
    found = Season.model_validate(document)
    return [each.message for each in season_problems(found, channels=channels)]


def test_what_a_channel_cannot_do_is_said_before_it_is_asked() -> None:
    insta = {"insta": REACH["instagram"]}
    text = 'at = { when = "live" }\nchannels = ["insta"]\ntext.en = "x"'
    assert problems_of(text, insta) == [
        "announcement 'post' has no picture, and channel 'insta' (Instagram) takes no post without one"
    ]
    tags = " ".join(f"#tag{number}" for number in range(31))
    assert problems_of(text.replace('"x"', f'"{tags}"') + '\npicture = "card"', insta) == [
        "the text in 'en' for show 'day-1', en, has 31 hashtags; channel 'insta' (Instagram) takes 30"
    ]
    found = season('at = { when = "live" }\nchannels = ["discord"]\npin = true\ntext.en = "x"')
    *_, about = season_warnings(found, channels=REACH)
    assert about.message == "announcement 'post': channel 'discord' (Discord) pins nothing"


def handed_over(span: str, at: str = 'days_before = 1, time = "10:00"', channel: str = "page") -> str:
    return f'hand_over = "{span}"\nat = {{ {at} }}\nchannels = ["{channel}"]\ntext.en = "{{{{ go_live | relative }}}}"'


@pytest.mark.parametrize(
    ("announcement", "place", "why"),
    [
        (handed_over("9m"), "hand_over", "9m is not from 10m to 30d, as channels schedule"),
        (handed_over("721h"), "hand_over", "30d1h is not from 10m to 30d"),
        (handed_over("2h", 'before = "3h"'), "hand_over", "handed over before its instant, which is not known by then"),
        (handed_over("2h", 'when = "live"'), "hand_over", "which is not known by then"),
        (handed_over("2h", channel="mine"), "channels", "channel 'mine' (Telegram) publishes nothing itself"),
    ],
)
def test_a_post_is_handed_over_only_where_that_can_be(announcement: str, place: str, why: str) -> None:
    text = f'{BASE}\n[[announcement]]\nid = "post"\n{announcement}'
    with pytest.raises(SeasonError) as caught:
        parse_season(text, "s.toml", channels={"page": REACH["facebook"], "mine": REACH["telegram"]})
    (problem,) = caught.value.problems
    number, line = next((at, each) for at, each in enumerate(text.splitlines(), 1) if each.startswith(f"{place} = "))
    assert (problem.line, problem.column) == (number, line.index('"') + 1)
    assert why in problem.message and problem.hint


def test_the_preview_says_when_a_post_is_handed_over(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # where no config.toml says which channels there are
    file = tmp_path / "s.toml"
    for span in ("10m", "30d", "2h"):
        assert problems_of(handed_over(span), {"page": REACH["facebook"]}) == []
    text = f'{BASE}\n[[announcement]]\nid = "post"\n{handed_over("2h", channel="whose")}'
    assert parse_season(text, "s.toml")  # nobody knows what that channel can
    file.write_text(text, "utf-8")
    with pytest.raises(SystemExit):
        main(["announce", "--preview", str(file)])
    assert "handed over 2h before" in capsys.readouterr().out


def test_a_long_delay_and_every_segment_are_tried_before_they_happen() -> None:
    toots = {"toots": replace(REACH["mastodon"], most=29, most_beside=29)}
    post = 'at = {{ {at} }}\nchannels = ["toots"]\ntext.ru = "{text}"'
    late = problems_of(post.format(at='when = "delayed"', text="Начало позже на {{ delay }}"), toots)
    assert "is 30 characters long" in late[0]  # 1 час 25 минут
    text = "{% if delay %}Начало позже на {{ delay }}{% else %}x{% endif %}"
    assert "is 30 characters long" in problems_of(post.format(at='when = "live"', text=text), toots)[0]
    text = "Сейчас: {{ segment.designer }}: {{ segment.title }}"
    assert "is 39 characters long" in problems_of(post.format(at='segment = "*"', text=text), toots)[0]


def test_the_preview_is_one_document_with_every_post(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["announce", "--preview", str(SCHEDULES / "season-v.toml"), "--json"])
    assert left.value.code == 0
    document = json.loads(capsys.readouterr().out)
    today = {each["audience"]: each for each in document["posts"] if each["announcement"] == "today"}
    assert {name: (each["at"], each["local"][11:16], each["language"]) for name, each in today.items()} == {
        "kazakhstan": ("2027-03-27T05:00:00Z", "10:00", "kk"),
        "uzbekistan": ("2027-03-27T05:00:00Z", "10:00", "ru"),
        "russia": ("2027-03-27T07:00:00Z", "10:00", "ru"),
        "italy": ("2027-03-27T09:00:00Z", "10:00", "en"),
        "vietnam": ("2027-03-27T03:00:00Z", "10:00", "en"),
        "singapore": ("2027-03-27T02:00:00Z", "10:00", "en"),
        "philippines": ("2027-03-27T02:00:00Z", "10:00", "en"),
        "china": ("2027-03-27T02:00:00Z", "10:00", "en"),
    }
    assert today["russia"]["text"] == "Сегодня — Aspara Fashion Week, season V. Начало в 17:00 (Москва)."
    thanks = next(each for each in document["posts"] if each["cue"].endswith("thanks/telegram/china"))
    assert (thanks["at"], thanks["wanted_at"]) == ("2027-03-28T00:00:00Z", "2027-03-27T15:54:30Z")
    assert thanks["quiet"] == "wanted at 23:54; waits for the end of the quiet hours, 23:00-08:00"


def test_the_preview_for_people_fits_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["season-v.toml"],
        ["season-x.toml", "--audience", "italy"],
        ["creative-forum.toml", "--show", "day-5"],
    ):
        with pytest.raises(SystemExit):
            main(["announce", "--preview", str(SCHEDULES / arguments[0]), *arguments[1:]])
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= 80
    assert "2027-10-30 07:00Z · Sat 12:00 UTC+5 · Алматы (almaty) · clocks" in out


def test_the_preview_for_people_fits_also_what_has_no_blanks_and_cuts_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "s.toml"
    words = {"text": "时装周" * 60 + "x" * 100, "title": "b" * 230 + "!"}
    file.write_text(
        f'{BASE}\n[[announcement]]\nid = "post"\nat = {{ when = "live" }}\nchannels = ["telegram"]\n'
        + "".join(f'{key}.en = "{said}"\n' for key, said in words.items()),
        "utf-8",
    )
    with pytest.raises(SystemExit):
        main(["announce", "--preview", str(file)])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(cell_len, lines)) <= 80
    whole = "".join(line.removeprefix("    | ") for line in lines if line.startswith("    | "))
    assert whole == f"[{words['title']}]{words['text']}"


def test_the_preview_says_what_is_told_in_another_language_and_what_quiet_hours_leave_out() -> None:
    plan = build_plan(
        season(
            'at = { when = "live" }\naudiences = ["singapore", "moscow"]\nchannels = ["telegram"]\n'
            'text.kk = "x"\ntext.en = "y"\ntitle.en = "Live: {{ show.title }}"'
        )
    )
    singapore, moscow = sorted(preview(plan, REACH), key=lambda each: each.reader, reverse=True)
    assert (singapore.is_left_out, singapore.quiet) == (True, "left out: it falls into the quiet hours, 22:00-08:00")
    assert (singapore.title, singapore.length, singapore.most) == ("Live: Opening night", 1, 4096)
    assert (moscow.is_left_out, moscow.language, moscow.fell_back) == (False, "kk", "ru")
    assert preview(plan, REACH, audience="moscow") == (moscow,)


def test_names_that_readers_get_in_another_language_are_noted() -> None:
    text = BASE.replace(
        'country = "Vietnam"', 'country = "Vietnam"\n[[guest]]\nid = "luca"\nname = "L"\ncountry = "Italia"'
    )
    found = season('at = { when = "live" }\nchannels = ["telegram"]\ntext.kk = "x"', text)
    notes = {each.loc: f"{each.severity}: {each.message} ({each.hint})" for each in season_warnings(found)}
    assert notes == {
        ("guest", 0, "name"): "note: guest 'aigerim' has no name in ru: there it is 'Айгерім Сәрсен' (add ru to it)",
        (
            "show",
            0,
            "segment",
            1,
            "title",
        ): "note: segment 'designer-1' has no title in ru: there it is 'Бірінші топтама' (add ru to it)",
        ("guest", 2, "country"): "note: 'Italia' is no country's code or English name: it is told so in every language "
        "(did you mean 'IT', Italy?)",
    }


@pytest.mark.parametrize(
    "text", ["{{ 'x' * 10 ** 9 }}", "{{ 9 ** 9 ** 9 }}", "{{ '%999999999d' % 1 }}", "{{ 'x' | center(10000000) }}"]
)
def test_a_few_letters_of_a_text_cannot_fill_the_machine(text: str) -> None:
    document = tomllib.loads(BASE)
    document["announcement"] = [{"id": "post", "at": {"when": "live"}, "channels": ["telegram"], "text": {"en": text}}]
    assert "does not render" in season_problems(Season.model_validate(document), channels=REACH)[0].message
