"""What goes wrong around the service, and what hands do at the far ends: each happening, as it happens."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from broadcaster.show.observed import Health, Lifecycle
from tests.simulation.far_ends import STREAM, ingest_of
from tests.simulation.script import Happening
from tests.simulation.virtual import Broken, micro
from tests.simulation.weather import Window

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation


class Troubles:
    """Each `do_KIND` makes one happening happen; False: it could not, as things are."""

    def __init__(self, sim: "Simulation") -> None:
        self.sim = sim

    def _until(self, one: Happening, undo: Callable[[], None]) -> None:
        def end() -> None:
            undo()
            self.sim.trouble()

        self.sim.time.after(one.lasts, end)

    def _weather(self, one: Happening) -> None:
        end, _, method = one.what.partition(" ")
        until = self.sim.time.now + micro(one.lasts)
        self.sim.weather.add(
            Window(end=end, fate=one.kind, since=self.sim.time.now, until=until, share=one.share, method=method)  # type: ignore[arg-type]
        )
        self._until(one, lambda: None)

    do_drop = do_lose = do_unavailable = do_refuse = do_slow = do_away = _weather

    def do_stale(self, one: Happening) -> None:
        self.sim.channel.lag = micro(self.sim.chance.choice((0.5, 1.5, 3.0)))
        self._until(one, lambda: setattr(self.sim.channel, "lag", 0))

    def do_late_list(self, one: Happening) -> None:
        self.sim.channel.is_list_late = True
        self._until(one, lambda: setattr(self.sim.channel, "is_list_late", False))

    def do_ignored(self, one: Happening) -> None:
        self.sim.channel.ignores_transitions = True
        self._until(one, lambda: setattr(self.sim.channel, "ignores_transitions", False))

    def do_late_events(self, one: Happening) -> None:
        self.sim.lies.late_until = self.sim.time.now + micro(one.lasts)
        self._until(one, lambda: None)

    def do_repeated_events(self, one: Happening) -> None:
        self.sim.lies.repeats_until = self.sim.time.now + micro(one.lasts)
        self._until(one, lambda: None)

    def do_reordered_events(self, one: Happening) -> None:
        self.sim.lies.reorders_until = self.sim.time.now + micro(one.lasts)
        self._until(one, lambda: None)

    def do_kill(self, one: Happening) -> bool:
        if self.sim.life is None or self.sim.kill_on:
            return False
        self.sim.kill_on, self.sim.kill_in, self.sim.kill_down = one.what, one.count, one.lasts
        return True

    def do_hand_over(self, one: Happening) -> bool:
        if self.sim.conductor is None or self.sim.life is None or self.sim.hand_over_down is not None:
            return False
        self.sim.hand_over_down = one.lasts
        self.sim.others.append(self.sim.loop.create_task(self.sim.conductor.stop(), name="stop"))
        life = self.sim.life

        def must_be_over() -> None:
            if self.sim.life is life and life.is_alive and self.sim.stalled_until <= self.sim.time.now:
                raise Broken("a hand-over was not over after 60 s")

        self.sim.time.after(60, must_be_over)
        return True

    def do_stall(self, one: Happening) -> None:
        self.sim.stalled_until = max(self.sim.stalled_until, self.sim.time.now + micro(one.lasts))
        self._until(one, lambda: self._time_trouble("stalled", one.lasts))

    def _time_trouble(self, what: Literal["stepped", "stalled"], seconds: float) -> None:
        if self.sim.alarm is not None and self.sim.stalled_until <= self.sim.time.now:
            self.sim.alarm.on_trouble(what, seconds)
            self.sim.alarm.ring()

    def do_clock(self, one: Happening) -> None:
        self.sim.clock.step(timedelta(seconds=float(one.what)))
        self.sim.time.after(0.25, lambda: self._time_trouble("stepped", float(one.what)))  # the alarm's poke

    def _ring(self) -> None:
        if self.sim.alarm is not None and self.sim.stalled_until <= self.sim.time.now:
            self.sim.alarm.ring()

    def do_disk_full(self, one: Happening) -> None:
        self.sim.disk.is_full = True
        self._until(one, lambda: setattr(self.sim.disk, "is_full", False))

    def do_disk_slow(self, one: Happening) -> None:
        self.sim.disk.is_slow = True
        self._until(one, lambda: setattr(self.sim.disk, "is_slow", False))

    def do_idle_rings(self, one: Happening) -> None:
        for number in range(one.count):
            self.sim.time.after(number * 0.03, self._ring)

    def _obs_event(self) -> None:
        if self.sim.studio is not None:
            self.sim.studio.event()

    def _cut_connection(self) -> None:
        if self.sim.studio is not None:
            self.sim.studio.lose()

    def do_obs_restart(self, one: Happening) -> bool:
        if not self.sim.obs.is_up:
            return False
        self.sim.obs.die()
        self._cut_connection()
        self._until(one, lambda: self.sim.obs.rise(one.what))
        return True

    do_obs_crash = do_obs_restart

    def do_obs_lost(self, one: Happening) -> bool:
        if not self.sim.obs.can_be_reached:
            return False
        self.sim.obs.is_linked = False
        self._cut_connection()
        self._until(one, lambda: setattr(self.sim.obs, "is_linked", True))
        return True

    def do_stream_fails(self, one: Happening) -> bool:
        if not self.sim.obs.state.is_streaming:
            return False
        self.sim.obs.change(is_reconnecting=True)
        self.sim.time.after(3, lambda: self._stream_is_dead())
        return True

    def _stream_is_dead(self) -> None:
        if self.sim.obs.state.is_reconnecting:
            self.sim.obs.change(is_reconnecting=False, is_streaming=False)
            self.sim.trouble()

    def do_stream_reconnects(self, one: Happening) -> bool:
        if not self.sim.obs.state.is_streaming:
            return False
        self.sim.obs.change(is_reconnecting=True)
        self._until(one, lambda: self._stream_is_back())
        return True

    def _stream_is_back(self) -> None:
        if self.sim.obs.state.is_reconnecting:
            self.sim.obs.change(is_reconnecting=False)

    def do_no_uplink(self, one: Happening) -> None:
        self.sim.obs.set_uplink(is_there=False)
        self._until(one, lambda: self.sim.obs.set_uplink(is_there=True))

    def do_bad_video(self, one: Happening) -> None:
        self.sim.channel.health.append((self.sim.time.now, self.sim.chance.choice((Health.BAD, Health.NO_DATA))))
        self._until(one, lambda: self.sim.channel.health.append((self.sim.time.now, Health.GOOD)))

    # -- hands at the far ends -----------------------------------------------------------------------------------------

    def do_cut(self, one: Happening) -> bool:
        if not self.sim.obs.is_up:
            return False
        self.sim.obs.change(program=one.what)
        return True

    def do_stop_stream(self, one: Happening) -> bool:
        if not self.sim.obs.state.is_streaming:
            return False
        self.sim.obs.change(is_streaming=False, is_reconnecting=False)
        return True

    def do_start_stream(self, one: Happening) -> bool:
        if not self.sim.obs.is_up or self.sim.obs.state.is_streaming:
            return False
        if not self.sim.obs.key:  # the crew has typed it in
            self.sim.obs.key = ingest_of(STREAM).key.reveal()
            self.sim.obs.change(target=ingest_of(STREAM).fingerprint)
        self.sim.obs.change(is_streaming=True)
        return True

    def _on_channel(self, *lifecycles: Lifecycle) -> Any:
        there = [one for one in self.sim.channel.videos if one.deleted_at is None and one.now.lifecycle in lifecycles]
        return there[-1] if there else None

    def do_end_in_studio(self, one: Happening) -> bool:
        video = self._on_channel(Lifecycle.LIVE)
        if video is None:
            return False
        video.touched_by_hand = True
        self.sim.channel.set(video, lifecycle=Lifecycle.COMPLETE)
        return True

    def do_delete_in_studio(self, one: Happening) -> bool:
        video = self._on_channel(Lifecycle.CREATED, Lifecycle.READY, Lifecycle.TESTING)
        if video is None:
            return False
        video.touched_by_hand = True
        self.sim.channel.delete(video.id, by="hand")
        return True

    def do_unbind(self, one: Happening) -> bool:
        video = self._on_channel(Lifecycle.READY)
        if video is None:
            return False
        self.sim.channel.set(video, stream_id=None, lifecycle=Lifecycle.CREATED)
        return True

    def do_live_by_hand(self, one: Happening) -> bool:
        video = self._on_channel(Lifecycle.TESTING)
        if video is None:
            return False
        video.touched_by_hand = True
        self.sim.channel.move(video, "live")
        return True
