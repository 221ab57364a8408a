"""Does trouble stay in its channel? A show is delayed, and every kind of channel stumbles at each of its posts.

The evening is played once; each test looks at another side of it:

- `early` is out, then the show is delayed by ten minutes: it is edited, or followed up where nothing can be edited;
- `soon` and `second` move with the show; `live` follows the platform;
- at each of them answers are lost, refused, late or cut, in every channel in another way (the functions _break_* and
  _delay), and where nobody can look whether a post is out, an operator is asked.
"""

import zlib
from collections.abc import Callable, Coroutine
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from broadcaster.adapters.posts.graph import Graph
from broadcaster.show.orders import Order, Word
from tests.emulated.rehearsed import A_MOMENT, Played, Seen, Step, rehearse, utc
from tests.season_text import announcement, audience, head, segment, show

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("evening")]

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
SAYS = (
    ("early", {"before": "30m"}, "Бүгін сағат {{ go_live | local_time }}, {{ audience.city }}"),
    ("soon", {"before": "15m"}, "{{ go_live | relative }} бастаймыз: {{ go_live | local_time }}"),
    ("live", {"when": "live"}, "Тікелей эфирдеміз: {{ link }}"),
    ("second", {"segment": "second"}, "Қазір: {{ segment.title }}"),
)
EVENING = (
    head("evening", "Evening", ("kk",), standby="40m", closing="10s")
    + audience("almaty", "Asia/Almaty", "kk", city="Алматы")
    + show(
        "tonight",
        "Сән кеші",
        date(2026, 10, 24),
        "15:00",
        segment("first", "Бірінші топтама", "Runway", "5m"),
        segment("second", "Екінші топтама", "Finale", "5m"),
    )
    + "".join(
        announcement(name, at, NAMES, {"kk": text}, audiences=["almaty"], picture="poster.jpg")
        for name, at, text in SAYS
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
    """What each announcement left on a channel; between the first two may be a follow-up of the first."""
    early, *_, soon, live, second = played.posts(name)
    return {"early": early, "soon": soon, "live": live, "second": second}


def test_the_show_is_live_on_time_whatever_its_channels_do(evening: Played) -> None:
    (show,) = evening.shows
    assert (show["phase"], show["outages"]) == ("done", [])
    assert abs(show["live_late_seconds"] - 600) < 15
    assert abs(evening.became("tonight", "live") - utc("2026-10-24 10:10")) < timedelta(seconds=15)
    takes = [cue for cue in show["cues"] if (cue["lane"], cue["action"]) == ("program", "take")]
    assert [cue["id"].rpartition("/")[2] for cue in takes] == ["standby", "first", "second", "closing"]
    late = [cue["late_seconds"] - by for cue, by in zip(takes, (0, 600, 600, 600), strict=True)]
    assert max(map(abs, late)) < 2, late
    assert {cue["end"] for cue in show["cues"] if cue["lane"] != "posts"} == {"done"}


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
        "early": utc("2026-10-24 09:30"),
        "soon": utc("2026-10-24 09:55"),
        "live": evening.became("tonight", "live"),
        "second": evening.on_air("Finale", utc("2026-10-24 10:15")),
    }
    for what, due in since.items():
        assert due <= stands[what].sent < due + A_MOMENT, what


def test_a_channel_waits_for_no_other(evening: Played) -> None:
    stands = {name: _stands(evening, name) for name in NAMES}
    outcomes = [each for each in evening.records if each.kind == "outcome/1"]
    (hang,) = [each.at for each in outcomes if "no answer within" in each.data.get("reason", "")]

    def sent(what: str, *names: str) -> list[datetime]:
        return [stands[name][what].sent for name in names]

    assert stands["fans"]["early"].sent >= utc("2026-10-24 09:30") + timedelta(seconds=30)
    assert max(sent("early", *(name for name in NAMES if name not in ("fans", "website")))) < sent("early", "fans")[0]
    assert stands["telegram"]["soon"].sent >= utc("2026-10-24 09:55") + timedelta(seconds=20)
    assert max(sent("soon", *HEALTHY)) < min(hang, *sent("soon", "telegram"))
    assert max(sent("live", *HEALTHY)) < min(sent("live", "telegram", "fediverse", "news", "page", "insta"))


def test_people_are_asked_about_what_nobody_can_look_for_and_about_nothing_else(evening: Played) -> None:
    looked = [each for each in evening.records if each.kind == "outcome/1" and each.data["verb"] == "find_post"]
    asked = {each.ids["cue"] for each in looked if each.data["result"] == "refused"}
    assert asked == {_cue("soon", "news"), _cue("live", "telegram"), _cue("live", "fans")}
    ends = {cue["id"]: cue["end"] for cue in evening.shows[0]["cues"] if cue["lane"] == "posts"}
    assert len(ends) == 4 * len(NAMES)
    assert [cue for cue, end in ends.items() if end != "done"] == [_cue("soon", "news")], "nobody answered that one"
    assert ends[_cue("soon", "news")] == "unknown"
