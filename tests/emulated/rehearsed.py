"""What stands on the far ends after a rehearsal, and a hand that orders and breaks things while it plays.

The rehearsal is the command that people give; only its emulators and its conductor are kept here to be looked at.
"""

import asyncio
import json
import zlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from broadcaster.adapters.journal import read_journal
from broadcaster.cli import front_door
from broadcaster.cli.stage import Stage, stage
from broadcaster.conductor.conductor import Conductor
from broadcaster.show.post_state import PostState
from broadcaster.show.records import Record

A_MOMENT = timedelta(minutes=1)
"""How late a post may be by the clock of the far ends, which show minutes; never early."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One post as it stands on its channel; `sent` by the far end's clock, `before` what it said earlier."""

    text: str
    sent: datetime
    language: str = ""
    before: tuple[str, ...] = ()
    is_pinned: bool = False
    has_picture: bool = False


def _number(name: str) -> str:
    return str(zlib.crc32(name.encode()))


def _telegram(far_end: Any, name: str) -> list[Seen]:
    return [
        Seen(
            text=each.text,
            sent=each.sent,
            before=tuple(each.earlier),
            is_pinned=each.is_pinned,
            has_picture=bool(each.photo),
        )
        for each in far_end.state.chats.get(f"@{name.replace('-', '_')}_rehearsal", ())
    ]


def _discord(far_end: Any, name: str) -> list[Seen]:
    posts = far_end.state.webhooks.get(_number(name), ())
    return [Seen(text=each.shown, sent=each.sent, before=tuple(each.earlier)) for each in posts]


def _mastodon(far_end: Any, name: str) -> list[Seen]:
    return [
        Seen(text=each.text, sent=each.created, language=each.language or "", before=tuple(each.earlier))
        for each in far_end.state.statuses.values()
    ]


def _webhook(far_end: Any, name: str) -> list[Seen]:
    told: dict[str, list[Any]] = {}
    for each in far_end.state.hooks.get(name, {}).values():
        told.setdefault(each.document["data"]["id"], []).append(each)
    found = []
    for first, *edits in told.values():
        kinds = [each.document["type"] for each in (first, *edits)]
        assert kinds == ["announcement.posted", *["announcement.edited"] * len(edits)], kinds
        texts = [each.document["data"]["text"] for each in (first, *edits)]
        language = first.document["data"]["language"]
        found.append(Seen(text=texts[-1], sent=first.at, language=language, before=tuple(texts[:-1])))
    return found


def _email(far_end: Any, name: str) -> list[Seen]:
    letters = [each for each in far_end.state.letters if f"{name}@rehearsal.test" in each.readers]
    return [Seen(text=each.document()["text"], sent=each.at) for each in letters]


def _facebook(far_end: Any, name: str) -> list[Seen]:
    posts = [each for each in far_end.state.posts.values() if each.page == _number(name)]
    return [Seen(text=each.message, sent=each.created, before=tuple(each.earlier)) for each in posts]


def _instagram(far_end: Any, name: str) -> list[Seen]:
    posts = [each for each in far_end.state.media.values() if each.account == _number(name)]
    return [Seen(text=each.caption, sent=each.timestamp) for each in posts]


LOOKS: Mapping[str, Callable[[Any, str], list[Seen]]] = {
    "telegram": _telegram,
    "discord": _discord,
    "mastodon": _mastodon,
    "webhook": _webhook,
    "email": _email,
    "facebook": _facebook,
    "instagram": _instagram,
}
"""Kind -> how its posts are seen: the emulator and the channel's name, in order of posting."""

Step = tuple[Callable[["Played"], bool], Callable[["Played"], Coroutine[Any, Any, Any] | None]]
"""Once the first is true after a turn of the conductor, the second is done, before anything else happens."""


@dataclass
class Played:
    """A rehearsal, while it plays and afterwards."""

    steps: deque[Step] = field(default_factory=deque)
    stage: Stage | None = None
    conductor: Conductor | None = None
    shows: list[dict[str, Any]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    _orders: list[asyncio.Task[Any]] = field(default_factory=list)

    def posts(self, channel: str) -> list[Seen]:
        """What stands on the channel."""
        assert self.stage is not None
        kind = self.stage.channels[channel].kind
        return LOOKS[kind](self.stage.emulators[kind], channel)

    def post(self, show: str, cue: str) -> PostState:
        """What the record says of a post so far."""
        assert self.conductor is not None
        return self.conductor.state.show(show).post(cue)

    def break_(self, kind: str, fault: str, match: str, **more: Any) -> None:
        """The next request that matches on the emulator of that kind meets the fault."""
        assert self.stage is not None
        self.stage.emulators[kind].room.add_fault({"kind": fault, "match": match, **more})

    def broadcast(self, show: str) -> dict[str, Any]:
        """The show's only broadcast, as the platform remembers it."""
        assert self.stage is not None
        snapshot = self.stage.emulators["youtube"].snapshot()
        (found,) = [each for each in snapshot["broadcasts"] if each["description"].endswith(f"/{show}")]
        return dict(found)

    def became(self, show: str, status: str) -> datetime:
        """When the platform let the show's broadcast become that, once."""
        (found,) = [each["at"] for each in self.broadcast(show)["history"] if each["status"] == status]
        assert isinstance(found, datetime)
        return found

    def on_air(self, scene: str, planned: datetime) -> datetime:
        """When the mixer took the scene, of all times the one that is nearest to what was planned."""
        assert self.stage is not None
        takes = self.stage.emulators["obs"].snapshot()["takes"]
        found: list[datetime] = [each["at"] for each in takes if each["scene"] == scene]
        return min(found, key=lambda at: abs(at - planned))

    def look(self) -> None:
        """Do what is to be done by now."""
        while self.steps and self.steps[0][0](self):
            order = self.steps.popleft()[1](self)
            if order is not None:
                self._orders.append(asyncio.get_running_loop().create_task(order))

    async def until_obeyed(self) -> None:
        """Return once every order was; raises what it raised."""
        await asyncio.gather(*self._orders)


def rehearse(monkeypatch: pytest.MonkeyPatch, season: Path, *words: str, steps: tuple[Step, ...] = ()) -> Played:
    """Give the command `rehearse`, with these words more, and return what it left."""
    played = Played(steps=deque(steps))

    @asynccontextmanager
    async def watched(*stage_of: Any) -> AsyncIterator[Stage]:
        async with stage(*stage_of) as played.stage:
            assert played.stage is not None
            yield played.stage
            await played.until_obeyed()

    class Watched(Conductor):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            played.conductor = self
            self.on_turn.append(played.look)

    journal = Path("journal.sqlite")
    with monkeypatch.context() as patch:
        patch.setattr("broadcaster.cli.stage.stage", watched)
        patch.setattr("broadcaster.conductor.conductor.Conductor", Watched)
        said = command("rehearse", str(season), "--json", "--journal", str(journal), *words)
    played.shows, played.records = said["shows"], read_journal(journal)
    return played


def command(*words: str) -> dict[str, Any]:
    """What a command of Broadcaster says with --json; it has to end well."""
    result = CliRunner().invoke(front_door, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def utc(text: str) -> datetime:
    """The instant that a person would write as `2026-10-24 09:30`."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
