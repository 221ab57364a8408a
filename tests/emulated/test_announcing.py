"""Do the right words reach the right people at their local time, once? What the channels themselves remember."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from broadcaster.season.example import LINK
from broadcaster.show.records import instant
from tests.emulated.rehearsed import A_MOMENT, Played, Seen, command, rehearse, utc
from tests.season_text import announcement, audience, head, segment, show

pytestmark = pytest.mark.timeout(240)

SEASON_V = Path(__file__).parents[2] / "schedules" / "season-v.toml"
SOONER = timedelta(seconds=15)
"""By so much a platform may be live before the minute, and its audiences told."""
NEVER = ("delayed", "cancelled")


def differences(played: Played, previewed: list[dict[str, Any]], scenes: dict[str, str]) -> Iterator[str]:
    """What stands on the channels otherwise than the preview has it: each post once, its words, its instant."""
    there = {name: played.posts(name) for name in sorted({post["channel"] for post in previewed})}
    for post in previewed:
        found = [seen for seen in there[post["channel"]] if seen.text == words(played, post)]
        wanted = 0 if post["trigger"] in NEVER or post["left_out"] else 1
        if len(found) != wanted:
            yield f"{post['cue']} stands there {len(found)} times, not {wanted}: {words(played, post)!r}"
            continue
        for seen in found:
            there[post["channel"]].remove(seen)
            yield from (f"{post['cue']} {wrong}" for wrong in _wrong_instant(played, post, seen, scenes))
            yield from (f"{post['cue']} {wrong}" for wrong in _wrong_looks(post, seen))
    for name, left in there.items():
        yield from (f"{name} was told what nobody planned: {seen.text!r}" for seen in left)


def words(played: Played, post: dict[str, Any]) -> str:
    """What the preview says of a post, with the broadcast's own link."""
    return str(post["text"]).replace(LINK, f"https://youtu.be/{played.broadcast(post['show'])['id']}")


def _wrong_instant(played: Played, post: dict[str, Any], seen: Seen, scenes: dict[str, str]) -> Iterator[str]:
    due, since = instant(post["at"]), _true_from(played, post, scenes)
    if post["wanted_at"]:  # put off by quiet hours
        since = max(due, since)
    if not since <= seen.sent < since + A_MOMENT:
        yield f"went out at {seen.sent}, not at {since}"
    if abs(seen.sent - due) > A_MOMENT:
        yield f"went out at {seen.sent}, planned for {due}"
    local = seen.sent.astimezone(ZoneInfo(post["zone"]))
    if post["trigger"] == "clock" and f"{local:%Y-%m-%dT%H:%M}" != post["local"][:16]:
        yield f"went out at {local} on its readers' clock, not at {post['local']}"


def _wrong_looks(post: dict[str, Any], seen: Seen) -> Iterator[str]:
    if seen.language not in ("", post["language"]):
        yield f"is in {seen.language}, not in {post['language']}"
    if bool(post["picture"]) != seen.has_picture and post["kind"] == "telegram":
        yield f"has a picture: {seen.has_picture}"
    if post["pin"] and not seen.is_pinned:
        yield "is not pinned"


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
        for seen in (each for each in played.posts(post["channel"]) if each.text == words(played, post)):
            local = seen.sent.astimezone(ZoneInfo(post["zone"]))
            reader = f"{post['audience'] or '-':12} {post['language']} {post['channel']:9}"
            rows.append(f"{seen.sent:%m-%d %H:%M:%SZ}  {local:%a %H:%M %z}  {reader} {seen.text}")
    return "\n".join(sorted(rows))


def previews(season: Path, *words: str) -> list[dict[str, Any]]:
    posts: list[dict[str, Any]] = command("announce", "--preview", str(season), "--json", *words)["posts"]
    return posts


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
        assert utc(tomorrow) <= first.sent < utc(tomorrow) + A_MOMENT
        assert utc(today) <= second.sent < utc(today) + A_MOMENT
    ended = played.became("online", "complete")
    for country, (language, city, *_) in V_AUDIENCES.items():
        (thanks,) = [each for each in stands if city in each.text and each.text.startswith(V_WORDS[language][2])]
        since = utc("2027-03-28 00:00") if country in ASLEEP else ended
        assert since <= thanks.sent < since + A_MOMENT
    live = [each for each in stands if each.is_pinned]
    assert [each.text.split("!")[0] for each in live] == ["Тікелей эфирдеміз", "Мы в прямом эфире", "We are live"]
    assert min(each.sent for each in live) >= played.became("online", "live")
    assert len(stands) == 3 * 8 + 3 * 3


FORUM_TEXTS = (
    (
        "tomorrow",
        {"days_before": 1, "time": "18:00", "zone": "audience"},
        "Tomorrow, {{ go_live | weekday }}: {{ show.title }} at {{ go_live | local_time }} ({{ audience.offset }})",
        "Ертең, {{ go_live | weekday }}: {{ show.title }}, {{ go_live | local_time }} ({{ audience.offset }})",
    ),
    (
        "today",
        {"days_before": 0, "time": "10:00", "zone": "audience"},
        "Today: {{ show.title }} at {{ go_live | local_time }} ({{ audience.city }}, {{ audience.offset }})",
        "Бүгін: {{ show.title }}, {{ go_live | local_time }} ({{ audience.city }}, {{ audience.offset }})",
    ),
    (
        "soon",
        {"before": "15m"},
        "{{ show.title }}: {{ go_live | relative }}, at {{ go_live | local_time }} ({{ audience.city }})",
        "{{ show.title }}: {{ go_live | relative }}, {{ go_live | local_time }} ({{ audience.city }})",
    ),
)
LIVE = {"en": "We are live: {{ show.title }} {{ link }}", "kk": "Тікелей эфирдеміз: {{ show.title }} {{ link }}"}
TALK = segment("talk", "Talk", "Panel", "2m")
FORUM = "".join(
    (
        head("forum", "Creative Forum", ("en", "kk"), timezone="Europe/Brussels", standby="5m", closing="10s"),
        audience("brussels", "Europe/Brussels", "en", city="Brussels"),
        audience("almaty", "Asia/Almaty", "kk", city="Алматы"),
        *(
            announcement(name, at, ("website",), {"en": en, "kk": kk}, audiences=("brussels", "almaty"))
            for name, at, en, kk in FORUM_TEXTS
        ),
        announcement("live", {"when": "live"}, ("website",), LIVE),
        *(
            show(f"day-{day}", {"en": f"Day {day}", "kk": f"{day}-күн"}, date(2026, 10, day), "15:00", TALK)
            for day in (24, 25, 26)
        ),
    )
)
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
    season.write_text(FORUM, "utf-8")
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
