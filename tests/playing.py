"""How is a show played to its end, and what must hold after it?"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from broadcaster.season.plan import LowerThirdPlan
from broadcaster.show.observed import Lifecycle
from broadcaster.show.orders import Word
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan, show_plan
from tests.world import Snapshot, World

START = GO_LIVE - 65 * MINUTE
TALK_AT = GO_LIVE + 4 * MINUTE + 5 * SECOND
OVER = GO_LIVE + 10 * MINUTE
MS = timedelta(milliseconds=1)
PAGE: dict[str, Any] = {
    "title": "Opening night",
    "category": "24",
    "thumbnail": "poster.png",
    "playlist": "PL-season",
    "has_chapters": True,
    "replay_playlist": "PL-replays",
}
NAMED = {"film": LowerThirdPlan(title="Әлия", subtitle="Қазақстан"), "runway": LowerThirdPlan(title="Chiara")}
SHORT = show_plan(standby=MINUTE, prepare=3 * MINUTE, with_chat=True, page=PAGE, lower_thirds=NAMED)
POSTS = {"soon https://youtu.be/video-1", "now https://youtu.be/video-1", "thanks https://youtu.be/video-1"}
SHOWN = ["Countdown", "Film", "Runway", "Talk", "Thank you"]


async def play(world: World, until: datetime = OVER) -> None:
    """Go on to the end, with GO for the manual segment."""
    if world.clock.now() < TALK_AT <= until:
        await world.to(TALK_AT)
    state = world.show()
    if until >= TALK_AT and "runway" in state.started and "talk" not in state.started and state.phase == "live":
        await world.order(Word.GO)
    await world.to(until)


def assert_whole(world: World) -> None:
    """Every cue has its one end, and what cannot be undone was done once."""
    assert world.show().phase == "done"
    assert world.doubled() == []
    asking = {cue for cue, post in world.show().posts.items() if post.asks}
    assert not asking & set(world.ends())
    assert asking | set(world.ends()) == {cue.id for cue in world.plan.show("day-1").cues}
    assert len(world.youtube.videos) == 1
    assert len(world.youtube.streams) == 1
    assert max(Counter(world.channel.posts).values(), default=1) == 1
    assert world.youtube.videos[0].lifecycle is Lifecycle.COMPLETE
    assert not world.studio.state.is_streaming
    assert world.youtube.live_unhealthy == []
    assert world.show().open == {}


async def record_a_show() -> tuple[World, list[Snapshot]]:
    """An undisturbed short show, and the far ends just after each record and just before the next."""
    world = World(season_plan(SHORT), GO_LIVE - 4 * MINUTE, latency=20 * MS)
    world.youtube.live_takes = 7 * SECOND
    snapshots: list[Snapshot] = []

    def keep() -> None:
        snapshot = world.snapshot()
        if not snapshots or snapshot != snapshots[-1]:
            snapshots.append(snapshot)

    world.journal.around = keep
    async with world:
        await play(world)
        assert_whole(world)
        world.journal.around = lambda: None
    return world, snapshots
