"""Do the right words reach the right people at their local time, once? What the channels themselves remember."""

import zlib
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from broadcaster.adapters.posts.graph import Graph
from broadcaster.season.post_rules import LINK
from broadcaster.show.orders import Order, Word
from broadcaster.show.records import instant
from tests.emulated.rehearsed import Played, Seen, Step, command, rehearse

pytestmark = pytest.mark.timeout(240)

SEASON_V = Path(__file__).parents[2] / "schedules" / "season-v.toml"
A_MOMENT = timedelta(minutes=1)
"""How late a post may be by the clock of the far ends, which show minutes; never early."""
SOONER = timedelta(seconds=15)
"""By so much a platform may be live before the minute, and its audiences told."""
NEVER = ("delayed", "cancelled")


def differences(played: Played, previewed: list[dict[str, Any]], scenes: dict[str, str]) -> Iterator[str]:
    """What stands on the channels otherwise than the preview has it: each post once, its words, its instant."""
    there = {name: played.posts(name) for name in sorted({post["channel"] for post in previewed})}
    for post in previewed:
        link = f"https://youtu.be/{played.broadcast(post['show'])['id']}"
        text = post["text"].replace(LINK, link)
        found = [seen for seen in there[post["channel"]] if seen.text == text]
        wanted = 0 if post["trigger"] in NEVER or post["left_out"] else 1
        if len(found) != wanted:
            yield f"{post['cue']} stands there {len(found)} times, not {wanted}: {text!r}"
            continue
        for seen in found:
            there[post["channel"]].remove(seen)
            due = instant(post["at"])
            since = (
                max(due, _true_from(played, post, scenes)) if post["wanted_at"] else _true_from(played, post, scenes)
            )
            if not since <= seen.sent < since + A_MOMENT:
                yield f"{post['cue']} went out at {seen.sent}, not at {since}"
            local = seen.sent.astimezone(ZoneInfo(post["zone"]))
            if post["trigger"] == "clock" and f"{local:%Y-%m-%dT%H:%M}" != post["local"][:16]:
                yield f"{post['cue']} went out at {local} on its readers' clock, not at {post['local']}"
            if abs(seen.sent - due) > A_MOMENT:
                yield f"{post['cue']} went out at {seen.sent}, planned for {due}"
            if seen.language not in ("", post["language"]):
                yield f"{post['cue']} is in {seen.language}, not in {post['language']}"
            if bool(post["picture"]) != seen.has_picture and post["kind"] == "telegram":
                yield f"{post['cue']} has a picture: {seen.has_picture}"
            if post["pin"] and not seen.is_pinned:
                yield f"{post['cue']} is not pinned"
    for name, left in there.items():
        yield from (f"{name} was told what nobody planned: {seen.text!r}" for seen in left)


def _true_from(played: Played, post: dict[str, Any], scenes: dict[str, str]) -> datetime:
    """Since when the far ends say that it is so, or the instant that was planned."""
    match post["trigger"]:
        case "live":
            return played.became(post["show"], "live")
        case "ended":
            return played.became(post["show"], "complete")
        case "segment":
            return played.on_air(scenes[post["segment"]], instant(post["at"]))
    return instant(post["at"])


def table(played: Played, previewed: list[dict[str, Any]]) -> str:
    """Every post that is out as its far end has it: UTC, local, language, channel, reader, words."""
    rows = []
    for post in previewed:
        text = post["text"].replace(LINK, f"https://youtu.be/{played.broadcast(post['show'])['id']}")
        for seen in (each for each in played.posts(post["channel"]) if each.text == text):
            local = seen.sent.astimezone(ZoneInfo(post["zone"]))
            reader = f"{post['audience'] or '-':12} {post['language']} {post['channel']:9}"
            rows.append(f"{seen.sent:%m-%d %H:%M:%SZ}  {local:%a %H:%M %z}  {reader} {seen.text}")
    return "\n".join(sorted(rows))


def previews(season: Path, *words: str) -> list[dict[str, Any]]:
    posts: list[dict[str, Any]] = command("announce", "--preview", str(season), "--json", *words)["posts"]
    return posts


def _z(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


# What people in each place are to read, reckoned by hand: Rome and Brussels are an hour from UTC until 28 March 2027.
V_AUDIENCES = {
    "kazakhstan": ("kk", "Тараз", "19:00", "2027-03-26 13:00", "2027-03-27 05:00"),
    "uzbekistan": ("ru", "Ташкент", "19:00", "2027-03-26 13:00", "2027-03-27 05:00"),
    "russia": ("ru", "Москва", "17:00", "2027-03-26 15:00", "2027-03-27 07:00"),
    "italy": ("en", "Rome", "15:00", "2027-03-26 17:00", "2027-03-27 09:00"),
    "vietnam": ("en", "Hanoi", "21:00", "2027-03-26 11:00", "2027-03-27 03:00"),
    "singapore": ("en", "Singapore", "22:00", "2027-03-26 10:00", "2027-03-27 02:00"),
    "philippines": ("en", "Manila", "22:00", "2027-03-26 10:00", "2027-03-27 02:00"),
    "china": ("en", "Beijing", "22:00", "2027-03-26 10:00", "2027-03-27 02:00"),
}
ASLEEP = ("singapore", "philippines", "china")
V_WORDS = {
    "kk": ("Ертең", "Бүгін", "Рақмет"),
    "ru": ("Завтра", "Сегодня", "Спасибо"),
    "en": ("Tomorrow", "Today", "Thank"),
}


def test_season_v_tells_eight_audiences_once_in_their_words_at_their_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    previewed = previews(SEASON_V)
    played = rehearse(monkeypatch, SEASON_V, "--all", "--speed", "2000")
    print(table(played, previewed))
    assert list(differences(played, previewed, {"neo-folklore": "Film"})) == []
    stands = played.posts("telegram")
    for language, city, clock, tomorrow, today in V_AUDIENCES.values():
        (first,) = [each for each in stands if city in each.text and each.text.startswith(V_WORDS[language][0])]
        (second,) = [each for each in stands if city in each.text and each.text.startswith(V_WORDS[language][1])]
        assert clock in first.text and clock in second.text
        assert _z(tomorrow) <= first.sent < _z(tomorrow) + A_MOMENT
        assert _z(today) <= second.sent < _z(today) + A_MOMENT
    ended = played.became("online", "complete")
    for audience, (language, city, *_) in V_AUDIENCES.items():
        (thanks,) = [each for each in stands if city in each.text and each.text.startswith(V_WORDS[language][2])]
        since = _z("2027-03-28 00:00") if audience in ASLEEP else ended
        assert since <= thanks.sent < since + A_MOMENT
    live = [each for each in stands if each.is_pinned]
    assert [each.text.split("!")[0] for each in live] == ["Тікелей эфирдеміз", "Мы в прямом эфире", "We are live"]
    assert min(each.sent for each in live) >= played.became("online", "live")
    assert len(stands) == 3 * 8 + 3 * 3


FORUM = """
[season]
id = "forum"
title = "Creative Forum"
timezone = "Europe/Brussels"
languages = ["en", "kk"]
standby = "5m"
closing = "10s"

[scenes]
standby = "Countdown"
fallback = "Please stand by"
closing = "Thank you"

[destinations.main]
kind = "youtube"
privacy = "unlisted"

[audiences.brussels]
timezone = "Europe/Brussels"
language = "en"
city = "Brussels"

[audiences.almaty]
timezone = "Asia/Almaty"
language = "kk"
city = "Алматы"

[[announcement]]
id = "tomorrow"
at = { days_before = 1, time = "18:00", zone = "audience" }
audiences = ["brussels", "almaty"]
channels = ["website"]
text.en = "Tomorrow, {{ go_live | weekday }}: {{ show.title }} at {{ go_live | local_time }} ({{ audience.offset }})"
text.kk = "Ертең, {{ go_live | weekday }}: {{ show.title }}, {{ go_live | local_time }} ({{ audience.offset }})"

[[announcement]]
id = "today"
at = { days_before = 0, time = "10:00", zone = "audience" }
audiences = ["brussels", "almaty"]
channels = ["website"]
text.en = "Today: {{ show.title }} at {{ go_live | local_time }} ({{ audience.city }}, {{ audience.offset }})"
text.kk = "Бүгін: {{ show.title }}, {{ go_live | local_time }} ({{ audience.city }}, {{ audience.offset }})"

[[announcement]]
id = "soon"
at = { before = "15m" }
audiences = ["brussels", "almaty"]
channels = ["website"]
text.en = "{{ show.title }}: {{ go_live | relative }}, at {{ go_live | local_time }} ({{ audience.city }})"
text.kk = "{{ show.title }}: {{ go_live | relative }}, {{ go_live | local_time }} ({{ audience.city }})"

[[announcement]]
id = "live"
at = { when = "live" }
channels = ["website"]
text.en = "We are live: {{ show.title }} {{ link }}"
text.kk = "Тікелей эфирдеміз: {{ show.title }} {{ link }}"
"""
FORUM_SHOW = """
[[show]]
id = "day-{day}"
title = {{ en = "Day {day}", kk = "{day}-күн" }}
date = 2026-10-{day}
go_live = "15:00"
destinations = ["main"]

  [[show.segment]]
  id = "talk"
  title = "Talk"
  scene = "Panel"
  duration = "2m"
"""
FORUM_CONFIG = """
[channels.website]
kind = "webhook"
url = { env = "NOT_SET" }
secret = { env = "NOT_SET" }
"""
# Reckoned by hand: at 01:00Z on Sunday 25 October 2026 Brussels goes from UTC+2 to UTC+1, Almaty stays at UTC+5.
FORUM_POSTS = [
    ("2026-10-23 13:00", "kk", "Ертең, сенбі: 24-күн, 18:00 (UTC+5)"),
    ("2026-10-23 16:00", "en", "Tomorrow, Saturday: Day 24 at 15:00 (UTC+2)"),
    ("2026-10-24 05:00", "kk", "Бүгін: 24-күн, 18:00 (Алматы, UTC+5)"),
    ("2026-10-24 08:00", "en", "Today: Day 24 at 15:00 (Brussels, UTC+2)"),
    ("2026-10-24 12:45", "en", "Day 24: in 15 minutes, at 15:00 (Brussels)"),
    ("2026-10-24 12:45", "kk", "24-күн: 15 минуттан кейін, 18:00 (Алматы)"),
    ("2026-10-24 13:00", "en", "We are live: Day 24"),
    ("2026-10-24 13:00", "kk", "Тікелей эфирдеміз: 24-күн"),
    ("2026-10-24 13:00", "kk", "Ертең, жексенбі: 25-күн, 19:00 (UTC+5)"),
    ("2026-10-24 16:00", "en", "Tomorrow, Sunday: Day 25 at 15:00 (UTC+1)"),
    ("2026-10-25 05:00", "kk", "Бүгін: 25-күн, 19:00 (Алматы, UTC+5)"),
    ("2026-10-25 09:00", "en", "Today: Day 25 at 15:00 (Brussels, UTC+1)"),
    ("2026-10-25 13:00", "kk", "Ертең, дүйсенбі: 26-күн, 19:00 (UTC+5)"),
    ("2026-10-25 13:45", "en", "Day 25: in 15 minutes, at 15:00 (Brussels)"),
    ("2026-10-25 13:45", "kk", "25-күн: 15 минуттан кейін, 19:00 (Алматы)"),
    ("2026-10-25 14:00", "en", "We are live: Day 25"),
    ("2026-10-25 14:00", "kk", "Тікелей эфирдеміз: 25-күн"),
    ("2026-10-25 17:00", "en", "Tomorrow, Monday: Day 26 at 15:00 (UTC+1)"),
    ("2026-10-26 05:00", "kk", "Бүгін: 26-күн, 19:00 (Алматы, UTC+5)"),
    ("2026-10-26 09:00", "en", "Today: Day 26 at 15:00 (Brussels, UTC+1)"),
    ("2026-10-26 13:45", "en", "Day 26: in 15 minutes, at 15:00 (Brussels)"),
    ("2026-10-26 13:45", "kk", "26-күн: 15 минуттан кейін, 19:00 (Алматы)"),
    ("2026-10-26 14:00", "en", "We are live: Day 26"),
    ("2026-10-26 14:00", "kk", "Тікелей эфирдеміз: 26-күн"),
]


def test_the_clocks_of_brussels_change_and_those_of_almaty_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    season = tmp_path / "forum.toml"
    season.write_text(FORUM + "".join(FORUM_SHOW.format(day=day) for day in (24, 25, 26)), "utf-8")
    (tmp_path / "config.toml").write_text(FORUM_CONFIG, "utf-8")
    previewed = previews(season)
    played = rehearse(monkeypatch, season, "--all", "--speed", "2000")
    print(table(played, previewed))
    assert list(differences(played, previewed, {})) == []
    read = [
        (f"{seen.sent + SOONER:%Y-%m-%d %H:%M}", seen.language, seen.text.split(" https")[0])
        for seen in played.posts("website")
    ]
    assert sorted(read) == sorted(FORUM_POSTS)


CHANNELS = """
[api]
public_url = "https://show.example.org"

[channels.telegram]
kind = "telegram"
token = { env = "NOT_SET" }
chat = "@never"

[channels.fans]
kind = "discord"
webhook = { env = "NOT_SET" }

[channels.calm-fans]
kind = "discord"
webhook = { env = "NOT_SET" }

[channels.fediverse]
kind = "mastodon"
server = "https://mastodon.invalid"
token = { env = "NOT_SET" }

[channels.website]
kind = "webhook"
url = { env = "NOT_SET" }
secret = { env = "NOT_SET" }

[channels.calm-website]
kind = "webhook"
url = { env = "NOT_SET" }
secret = { env = "NOT_SET" }

[channels.news]
kind = "email"
host = "mail.invalid"
from = "Show <show@mail.invalid>"
to = ["list@mail.invalid"]

[channels.page]
kind = "facebook"
page = "1029384756"
token = { env = "NOT_SET" }

[channels.insta]
kind = "instagram"
account = "17841405822304914"
token = { env = "NOT_SET" }
"""
NAMES = ("telegram", "fans", "calm-fans", "fediverse", "website", "calm-website", "news", "page", "insta")
EVENING = """
[season]
id = "evening"
title = "Evening"
timezone = "Asia/Almaty"
languages = ["kk"]
standby = "40m"
closing = "10s"

[scenes]
standby = "Countdown"
fallback = "Please stand by"
closing = "Thank you"

[destinations.main]
kind = "youtube"
privacy = "unlisted"

[audiences.almaty]
timezone = "Asia/Almaty"
language = "kk"
city = "Алматы"

[[show]]
id = "tonight"
title = "Сән кеші"
date = 2026-10-24
go_live = "15:00"
destinations = ["main"]

  [[show.segment]]
  id = "first"
  title = "Бірінші топтама"
  scene = "Runway"
  duration = "5m"

  [[show.segment]]
  id = "second"
  title = "Екінші топтама"
  scene = "Finale"
  duration = "5m"
""" + "".join(
    f"""
[[announcement]]
id = "{name}"
at = {{ {at} }}
audiences = ["almaty"]
channels = {list(NAMES)}
picture = "poster.jpg"
text.kk = "{text}"
"""
    for name, at, text in (
        ("early", 'before = "30m"', "Бүгін сағат {{ go_live | local_time }}, {{ audience.city }}"),
        ("soon", 'before = "15m"', "{{ go_live | relative }} бастаймыз: {{ go_live | local_time }}"),
        ("live", 'when = "live"', "Тікелей эфирдеміз: {{ link }}"),
        ("second", 'segment = "second"', "Қазір: {{ segment.title }}"),
    )
)
TOLD = "Бүгін сағат 15:00, Алматы"
CORRECTED = "Бүгін сағат 15:10, Алматы"
FOLLOWED = "Жаңа уақыты: Бүгін сағат 15:10, Алматы"
LATER = ("15 минуттан кейін бастаймыз: 15:10", "Қазір: Екінші топтама")
HEALTHY = ("fans", "calm-fans", "website", "calm-website")
"""What takes `soon` and `live` at once; an answer may be lost on its way back."""
HANG = 4.0
FANS = rf"/webhooks/{zlib.crc32(b'fans')}/"


def _cue(name: str, channel: str) -> str:
    return f"tonight/posts/post/{name}/{channel}/almaty"


def _order(played: Played, word: Word, **more: str) -> Coroutine[Any, Any, int]:
    assert played.conductor is not None
    return played.conductor.order(Order(word=word, who="the director", source="test", show="tonight", **more))


def _out(name: str, *channels: str) -> Callable[[Played], bool]:
    """The post is out on those channels, by the record."""
    return lambda played: all(played.post("tonight", _cue(name, each)).is_out for each in channels)


def _is_corrected(played: Played) -> bool:
    return all(played.posts(name)[-1].text in (CORRECTED, FOLLOWED) for name in NAMES)


def _asked(name: str, channel: str, act: str) -> Step:
    """Once people are asked about the post, they answer."""
    cue = _cue(name, channel)
    return (
        lambda played: played.post("tonight", cue).asks,
        lambda played: _order(played, Word.POST, post=cue, act=act),
    )


def _break_early(played: Played) -> None:
    played.break_("discord", "refuse", FANS, status=429, seconds=30)
    played.break_("webhook", "refuse", r"/hooks/website$", status=500)


def _delay(played: Played) -> Coroutine[Any, Any, int]:
    played.break_("telegram", "refuse", r"/editMessage", status=429, seconds=15)
    played.break_("mastodon", "lose", r"^PUT /api/v1/statuses/")
    played.break_("facebook", "drop", r"^POST /[^/]+/[0-9_]+$")
    played.break_("email", "refuse", r"^DATA", status=451)
    return _order(played, Word.DELAY, by="10m")


def _break_soon(played: Played) -> None:
    played.break_("telegram", "refuse", r"/sendPhoto$", status=429, seconds=20)
    played.break_("mastodon", "lose", r"^POST /api/v1/statuses$")
    played.break_("email", "lose", r"^DATA")
    played.break_("facebook", "delay", r"^POST .*/feed$", seconds=5 * HANG)
    played.break_("instagram", "lose", r"^POST .*/media_publish$")


def _break_live(played: Played) -> None:
    played.break_("telegram", "refuse", r"/sendPhoto$", status=500)
    played.break_("discord", "lose", FANS)
    played.break_("mastodon", "drop", r"^POST /api/v1/statuses$")
    played.break_("webhook", "lose_refuse", r"/hooks/website$", status=502)
    played.break_("email", "refuse", r"^DATA", status=451)
    played.break_("facebook", "drop", r"^POST .*/feed$")
    played.break_("instagram", "drop", r"^POST .*/media_publish$")


TROUBLE: tuple[Step, ...] = (
    (lambda played: True, _break_early),
    (_out("early", *NAMES), _delay),
    (_is_corrected, _break_soon),
    (_out("soon", *(name for name in NAMES if name != "news")), _break_live),
    _asked("live", "telegram", "again"),
    _asked("live", "fans", "sent"),
)


one_evening = pytest.mark.xdist_group("evening")


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A show that is delayed by ten minutes, with trouble in every kind of channel at each of its posts."""
    folder = tmp_path_factory.mktemp("evening")
    (folder / "evening.toml").write_text(EVENING, "utf-8")
    (folder / "config.toml").write_text(CHANNELS, "utf-8")
    Image.new("RGB", (320, 320), "#a00303").save(folder / "poster.jpg")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setitem(Graph.__init__.__kwdefaults__, "timeout", HANG)
        played = rehearse(patch, folder / "evening.toml", "--speed", "2000", steps=TROUBLE)
    assert not played.steps, "not all of the trouble was met"
    return played


def _stands(played: Played, name: str) -> dict[str, Seen]:
    """The posts of a channel that each stand there once, by announcement."""
    first, *follow, soon, live, second = played.posts(name)
    return dict(zip(("early", "soon", "live", "second"), (first, soon, live, second), strict=True)) | (
        {"follow": follow[0]} if follow else {}
    )


@one_evening
def test_the_show_is_live_on_time_whatever_its_channels_do(evening: Played) -> None:
    (show,) = evening.shows
    assert (show["phase"], show["outages"]) == ("done", [])
    assert abs(show["live_late_seconds"] - 600) < 15
    assert abs(evening.became("tonight", "live") - _z("2026-10-24 10:10")) < timedelta(seconds=15)
    takes = [cue for cue in show["cues"] if (cue["lane"], cue["action"]) == ("program", "take")]
    assert [cue["id"].rpartition("/")[2] for cue in takes] == ["standby", "first", "second", "closing"]
    late = [cue["late_seconds"] - by for cue, by in zip(takes, (0, 600, 600, 600), strict=True)]
    assert max(map(abs, late)) < 2, late
    assert {cue["end"] for cue in show["cues"] if cue["lane"] != "posts"} == {"done"}


@one_evening
@pytest.mark.parametrize("name", NAMES)
def test_each_post_stands_there_once_and_a_delay_corrects_what_is_out_and_moves_what_is_not(
    evening: Played, name: str
) -> None:
    live = f"Тікелей эфирдеміз: https://youtu.be/{evening.broadcast('tonight')['id']}"
    later = [LATER[0], live, LATER[1]]
    posts = evening.posts(name)
    if name in ("news", "insta"):  # nothing can be edited there
        assert [each.text for each in posts] == [TOLD, FOLLOWED, *later]
    else:
        assert [each.text for each in posts] == [CORRECTED, *later]
        assert posts[0].before[:1] == (TOLD,)
        assert set(posts[0].before[1:]) <= {CORRECTED}
    assert not any(each.before for each in posts[1:])
    stands = _stands(evening, name)
    since = {
        "early": _z("2026-10-24 09:30"),
        "soon": _z("2026-10-24 09:55"),
        "live": evening.became("tonight", "live"),
        "second": evening.on_air("Finale", _z("2026-10-24 10:15")),
    }
    for what, due in since.items():
        assert due <= stands[what].sent < due + A_MOMENT, what


@one_evening
def test_a_channel_waits_for_no_other(evening: Played) -> None:
    stands = {name: _stands(evening, name) for name in NAMES}
    (hang,) = [
        r.at for r in evening.records if r.kind == "outcome/1" and "no answer within" in r.data.get("reason", "")
    ]

    def sent(what: str, *names: str) -> list[datetime]:
        return [stands[name][what].sent for name in names]

    assert stands["fans"]["early"].sent >= _z("2026-10-24 09:30") + timedelta(seconds=30)
    assert max(sent("early", *(name for name in NAMES if name not in ("fans", "website")))) < sent("early", "fans")[0]
    assert stands["telegram"]["soon"].sent >= _z("2026-10-24 09:55") + timedelta(seconds=20)
    assert max(sent("soon", *HEALTHY)) < min(hang, *sent("soon", "telegram"))
    assert max(sent("live", *HEALTHY)) < min(sent("live", "telegram", "fediverse", "news", "page", "insta"))


@one_evening
def test_people_are_asked_about_what_nobody_can_look_for_and_about_nothing_else(evening: Played) -> None:
    looked = [each for each in evening.records if each.kind == "outcome/1" and each.data["verb"] == "find_post"]
    asked = {each.ids["cue"] for each in looked if each.data["result"] == "refused"}
    assert asked == {_cue("soon", "news"), _cue("live", "telegram"), _cue("live", "fans")}
    ends = {cue["id"]: cue["end"] for cue in evening.shows[0]["cues"] if cue["lane"] == "posts"}
    assert len(ends) == 4 * len(NAMES)
    assert [cue for cue, end in ends.items() if end != "done"] == [_cue("soon", "news")], "nobody answered that one"
    assert ends[_cue("soon", "news")] == "unknown"
