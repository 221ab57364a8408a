"""Is the crew told when a far end waits for a person, and does the show go on once that is done?"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from broadcaster.season.errors import NeedsHuman
from tests.plans import GO_LIVE, MINUTE, SECOND, season_plan
from tests.world import World

START = GO_LIVE - timedelta(hours=2)
SENTENCE = "Google no longer accepts the sign-in: sign in again with `broadcaster auth youtube`"
ALERT = f"YouTube waits for a person: {SENTENCE}"
METHODS = ("find", "create", "look", "find_stream", "create_stream", "look_stream", "ingest", "bind", "transition")


class SignIn:
    """Whether the sign-in of a world's YouTube is good."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_good = True
        self.asked = 0
        for method in METHODS:
            monkeypatch.setattr(world.youtube, method, self._guarded(getattr(world.youtube, method)))

    def _guarded(self, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def guarded(*arguments: Any) -> Any:
            self.asked += 1
            if not self.is_good:
                raise NeedsHuman(SENTENCE, reason="invalid_grant")
            return await method(*arguments)

        return guarded


def alerts(world: World) -> list[str]:
    return world.conductor.view()["alerts"]


async def test_a_dead_sign_in_is_told_at_once_and_a_new_one_heals_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with World(season_plan(), START) as world:
        youtube = SignIn(world, monkeypatch)
        youtube.is_good = False
        await world.to(GO_LIVE - 59 * MINUTE)  # an hour before, the broadcast should be made
        assert ALERT in alerts(world)
        assert not any("does not answer" in alert for alert in alerts(world) if "YouTube" in alert)
        youtube.is_good = True
        await world.to(GO_LIVE - 58 * MINUTE)
        assert ALERT not in alerts(world)
        assert len(world.youtube.videos) == 1


async def test_a_sign_in_that_dies_on_air_leaves_the_scenes_going_and_is_healed_by_the_next_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with World(season_plan(), START) as world:
        youtube = SignIn(world, monkeypatch)
        await world.to(GO_LIVE + 30 * SECOND)
        assert world.show().phase == "live"
        youtube.is_good = False
        await world.to(GO_LIVE + 5 * MINUTE)
        assert world.show().phase == "live"
        assert world.studio.state.is_streaming
        assert ALERT in alerts(world)
        assert not any("YouTube does not answer" in alert for alert in alerts(world))
        youtube.is_good = True
        await world.to(GO_LIVE + 5 * MINUTE + 16 * SECOND)
        assert ALERT not in alerts(world)


async def test_a_person_who_never_comes_is_waited_for_without_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    async with World(season_plan(), START) as world:
        youtube = SignIn(world, monkeypatch)
        youtube.is_good = False
        await world.to(GO_LIVE - 50 * MINUTE)
        assert 15 <= youtube.asked <= 25  # every 30 seconds of ten minutes
