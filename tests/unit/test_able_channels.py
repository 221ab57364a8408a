"""Is nothing tried that a channel cannot do, and does a correction always fit what its channel takes?"""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from broadcaster.conductor.posting import compose
from broadcaster.ports import Message
from broadcaster.season.channels import REACH
from broadcaster.season.plan import CARD, Trigger
from broadcaster.show.orders import Word
from broadcaster.show.post_state import PostState
from broadcaster.show.records import INTENT
from broadcaster.show.turn import Verb
from tests.announced import evening, post, world
from tests.plans import GO_LIVE, MINUTE


@pytest.mark.parametrize("kind", ["telegram", "discord", "facebook", "email"])
async def test_only_what_a_channel_can_do_is_tried(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    reach = REACH[kind]
    async with world(evening(post("soon", is_pinned=True))) as here:
        here.reaches["telegram"] = reach
        here.channel.edits, here.channel.pins = reach.edits, reach.pins
        await here.to(GO_LIVE - 14 * MINUTE)
        await here.order(Word.CANCEL, show="day-1")
        await here.to(GO_LIVE - 13 * MINUTE)
        verbs = [record.data["verb"] for record in here.journal.of(INTENT) if "/posts/" in record.ids["cue"]]
        assert verbs == ["post", *(["pin"] if reach.pins else []), "edit" if reach.edits else "follow"]
        told = here.channel.said["m1"] if reach.edits else here.channel.posts[-1]
        assert told.startswith("Cancelled: ")
        assert not [record for record in caplog.records if getattr(record, "event", "") == "act_failed"]


LINK = "https://youtu.be/abcdefghijk"


@pytest.mark.parametrize("kind", ["telegram", "discord", "mastodon"])
@pytest.mark.parametrize("language", ["en", "kk"])
@pytest.mark.parametrize("words", ["ә" * 12 + " ", "word *bold* ", f"{LINK} ", "a" * 5000])
def test_what_is_cancelled_says_so_first_and_fits(kind: str, language: str, words: str) -> None:
    reach, show, cue = REACH[kind], replace(evening(), is_cancelled=True), post("soon", kind)
    assert cue.post is not None
    cue = replace(cue, post=replace(cue.post, picture=CARD))
    said = words
    while reach.excess(said + words, has_picture=True) is None:
        said += words
    spoken = Message(text=said, language=language)
    ends: Any = SimpleNamespace(season="s", reaches={kind: reach}, words=lambda *_: spoken)
    was = PostState(post="m1", posted=GO_LIVE - 15 * MINUTE, said=said, news=said)
    text = compose(ends, show, cue, Verb.EDIT, was, "", now=GO_LIVE).message.text
    truth = f"{'Cancelled' if language == 'en' else 'Өткізілмейді'}: {show.title}"
    assert text in (truth, f"{truth}\n\n{said}") or (text.startswith(f"{truth}\n\n{words}") and text.endswith("…"))
    assert reach.excess(text, has_picture=True) is None
    assert all(each == LINK for each in text.split() if each.startswith("http"))


def test_a_new_time_is_told_without_the_word_for_it_where_that_does_not_fit() -> None:
    reach, show, cue = REACH["mastodon"], evening(), post("soon", "mastodon", trigger=Trigger.LIVE)
    ends: Any = SimpleNamespace(season="s", reaches={"mastodon": reach}, words=lambda *_: Message(text="x" * 495))
    was = PostState(post="m1", posted=GO_LIVE - 15 * MINUTE, said="old")
    assert compose(ends, show, cue, Verb.FOLLOW, was, "", now=GO_LIVE).message.text == "x" * 495
