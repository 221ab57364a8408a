"""What does the season of the crash matrix tell its readers, and what stands at its far ends after it was played?

Beside the two posts of every emulated show it tells the time of the show, and then the show is delayed. Telegram edits,
and pins; an e-mail is followed up by another, and nobody can look for it; the fediverse, whose server takes no edit
here, is followed up too, and can be searched.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

import broadcaster.adapters.journal.connection  # noqa: F401 - it takes seconds, in which no emulator would answer
from broadcaster.emulators.mail import EmulatedMail
from broadcaster.emulators.mastodon import EmulatedMastodon
from broadcaster.emulators.obs import EmulatedOBS
from broadcaster.emulators.telegram import EmulatedTelegram
from broadcaster.emulators.youtube import EmulatedYouTube
from tests.emulated.service import ENVIRONMENT, SCENES, Far, Service, service_at
from tests.emulated.shared_clock import SharedClock

SPEED = 4.0
BEGINS = datetime(2026, 10, 24, 9, 59, 30, tzinfo=UTC)
LIVE_IN, STANDBY, DELAY = 26, 20, 12
"""Seconds. The delay carries go-live over the full minute, 15:00 in Almaty, so that what tells the time is stale."""

TELLING_THE_TIME = """
[[announcement]]
id = "early"
shows = ["*"]
at = { before = "22s" }
channels = ["news"]
pin = true
text.en = "{{ show.title }} at {{ go_live | local_time }}"

[[announcement]]
id = "letter"
shows = ["*"]
at = { before = "22s" }
channels = ["readers", "fediverse"]
text.en = "{{ show.title }} at {{ go_live | local_time }}"
"""
CHANNELS = """
[channels.readers]
kind = "email"
host = "127.0.0.1"
port = {mail}
security = "none"
from = "Show <show@example.org>"
to = ["readers@example.org"]

[channels.fediverse]
kind = "mastodon"
server = "{mastodon}"
token = {{ env = "TEST_MASTODON_TOKEN" }}
"""
TOLD_BEFORE = (
    "tonight/posts/post/early/news/en",
    "tonight/posts/post/letter/readers/en",
    "tonight/posts/post/letter/fediverse/en",
)
"""What tells the time, and is out of date once the show is delayed."""


@dataclass
class Staged:
    """One run's own folder, clock and far ends."""

    played: Service
    clock: SharedClock
    mail: EmulatedMail
    fediverse: EmulatedMastodon
    is_delayed: bool = False

    def is_announced(self) -> bool:
        """The broadcast is made, and of each post that tells the time it is known what became of it."""
        known = {
            record.ids["cue"]
            for record in self.played.records()
            if record.kind == "cue_settled/1" or is_asking(record.kind, record.data)
        }
        return known.issuperset(TOLD_BEFORE) and any(each["boundStreamId"] for each in self.played.far.broadcasts)

    async def delay(self) -> None:
        """Order the delay, again under its key until the answer is here; the service may be killed meanwhile."""
        who = {"Authorization": f"Bearer {ENVIRONMENT['BROADCASTER_TOKEN']}", "Idempotency-Key": "the delay"}
        order = {"show": "tonight", "by": f"{DELAY}s"}
        try:
            async with (
                aiohttp.ClientSession(headers=who) as session,
                session.post(f"{self.played.api}/api/v1/delay", json=order) as answer,
            ):
                assert answer.status in (200, 503), await answer.text()  # 503: it is just starting
                self.is_delayed = answer.status == 200
        except aiohttp.ClientError:
            self.is_delayed = False

    def counts(self) -> dict[str, Any]:
        """What the far ends themselves say was done to them."""
        far = self.played.far
        youtube = far.youtube.snapshot()
        lives = [[step["status"] for step in each["history"]].count("live") for each in youtube["broadcasts"]]
        return {
            "broadcasts": [broadcast["lifeCycleStatus"] for broadcast in youtube["broadcasts"]],
            "inserts": youtube["inserts"],
            "streams": len(youtube["streams"]),
            "went live": lives,
            "scenes": far.scenes_taken,
            "stream starts": far.obs.snapshot()["stream_starts"],
        }

    def posts(self) -> dict[str, list[str]]:
        """Cue -> what stands on its channel by it, in order, with what it said before, and whether it is pinned.

        What nobody meant to say is under the name of the channel alone.
        """
        meant = {
            (record.data["channel"], record.data["told"]["text"]): record.ids["cue"]
            for record in self.played.records()
            if record.kind == "intent/1" and "told" in record.data
        }
        found: dict[str, list[str]] = {}
        for channel, text, more in self._standing():
            found.setdefault(meant.get((channel, text), channel), []).append(self.linked(text) + more)
        return found

    def _standing(self) -> list[tuple[str, str, str]]:
        chats = self.played.far.telegram.snapshot()["chats"]
        messages = [message for chat in chats.values() for message in chat if not message["deleted"]]
        statuses = [each for each in self.fediverse.state.statuses.values() if not each.is_deleted]
        return [
            *(("news", each["text"], _marks(each["earlier"], each["pinned"])) for each in messages),
            *(("readers", each.document()["text"], "") for each in self.mail.state.letters),
            *(("fediverse", each.text, _marks(each.earlier, each.is_pinned)) for each in statuses),
        ]

    def linked(self, text: str) -> str:
        """The text with the broadcast's own id named: which id YouTube gives follows from what it was asked before."""
        for place, broadcast in enumerate(self.played.far.broadcasts):
            text = text.replace(f"https://youtu.be/{broadcast['id']}", f"https://youtu.be/(broadcast {place})")
        return text


def is_asking(kind: str, data: dict[str, Any]) -> bool:
    """The record says that a post, or its follow-up, was cut off and nobody can look for it: people are asked."""
    return kind == "outcome/1" and data["verb"] in ("find_post", "find_follow") and data["result"] == "refused"


def _marks(earlier: list[str], is_pinned: bool) -> str:
    return "".join(f", once {text!r}" for text in earlier) + (", pinned" if is_pinned else "")


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[Staged]:
    """A fresh folder, and fresh emulators on a clock of their own that a run can share."""
    await asyncio.to_thread(folder.mkdir)
    SharedClock.make(folder / "clock", BEGINS)
    clock = SharedClock(folder / "clock", speed=SPEED)
    async with AsyncExitStack() as stack:
        far = Far(
            obs=await stack.enter_async_context(
                EmulatedOBS(clock, password=ENVIRONMENT["TEST_OBS_PASSWORD"], scenes=SCENES)
            ),
            youtube=await stack.enter_async_context(EmulatedYouTube(clock, speed=10)),
            telegram=await stack.enter_async_context(EmulatedTelegram(clock)),
        )
        mail = await stack.enter_async_context(EmulatedMail(clock))
        fediverse = await stack.enter_async_context(EmulatedMastodon(clock))
        fediverse.room.add_fault({"kind": "refuse", "match": "^PUT /api/v1/statuses/", "times": 0, "status": 422})
        played = await stack.enter_async_context(
            service_at(folder, far, clock, live_in=LIVE_IN, standby=STANDBY, advance="auto", seconds=(8, 8, 8))
        )
        with (folder / "season.toml").open("a", encoding="utf-8") as season:
            season.write(TELLING_THE_TIME)
        with (folder / "config.toml").open("a", encoding="utf-8") as config:
            config.write(CHANNELS.format(mail=mail.mail_port, mastodon=fediverse.url))
        yield Staged(played=played, clock=clock, mail=mail, fediverse=fediverse)
