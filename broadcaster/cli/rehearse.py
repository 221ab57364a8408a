"""What would tonight look like? The season played on emulators, by the same conductor that runs it for real."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.options import check_known, print_json, shared

if TYPE_CHECKING:
    from broadcaster.adapters.clock import ScaledClock
    from broadcaster.cli.stage import PlannedFault, Stage
    from broadcaster.conductor.conductor import Conductor
    from broadcaster.panel import Overlays
    from broadcaster.season.plan import Plan, ShowPlan

DEFAULT_SPEED = 120.0
FAULT_HELP = (
    "Let something go wrong: END:KIND[:SECONDS][@OFFSET], such as youtube:down:60@-1m or obs:down:20@+5m "
    "(from go-live); may be said more than once. See docs/emulators.md."
)
ARM_AHEAD = timedelta(seconds=0.05)
WORKING_PACE = 1.0
"""While something is being done, time runs as it does for everybody: lateness in the record is then real."""
PATIENCE = timedelta(minutes=1)
"""How long a GO is left to whoever sits at the panel, before the rehearsal presses it itself."""
GOING_LIVE_PACE = 10.0
"""Between asking for live and seeing it: faster, and the time of every look at YouTube would be seconds of the show."""


@click.command
@click.argument("season", type=click.Path(path_type=Path))
@click.option("--show", "show_id", help="Rehearse this show.  [default: the next one to come]")
@click.option("--all", "all_shows", is_flag=True, help="Rehearse every show, one after the other.")
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 5000),
    default=DEFAULT_SPEED,
    show_default=True,
    metavar="N",
    help="N times as fast.",
)
@click.option(
    "--panel", "panel_port", metavar="PORT", type=click.IntRange(0, 65535), help="Serve the panel there meanwhile."
)
@click.option("--fault", "faults", multiple=True, help=FAULT_HELP)
@click.option("--journal", "journal_path", type=click.Path(path_type=Path), help="Where the record goes.")
@shared
def rehearse(
    season: Path,
    show_id: str | None,
    all_shows: bool,
    speed: float,
    panel_port: int | None,
    faults: tuple[str, ...],
    journal_path: Path | None,
    as_json: bool,
    config_path: Path | None,
) -> None:
    """Play a SEASON on emulators, in fast time; ends with what happened beside what was planned."""
    from broadcaster.adapters.clock import WallClock
    from broadcaster.adapters.files import load_season
    from broadcaster.cli.channels import kinds_for, longest_for
    from broadcaster.cli.config import load_config
    from broadcaster.cli.wiring import channels_of
    from broadcaster.season.build import build_plan

    config = load_config(config_path)
    plan = build_plan(load_season(season))
    now = WallClock().now()
    chosen = replace(plan, shows=_chosen(plan, show_id, all_shows, now))
    kinds = kinds_for(channels_of(chosen), config)
    planned_faults = tuple(_fault(fault, kinds) for fault in faults)
    folder = config.state.dir / "rehearsals"
    task = _Rehearsal(
        plan=chosen,
        folder=season.parent,
        speed=speed,
        journal=journal_path or folder / f"{plan.season}-{now:%Y%m%dT%H%M%S%f}.sqlite",
        faults=planned_faults,
        kinds=kinds,
        longest=longest_for(kinds, config),
        panel_port=panel_port,
        quiet=as_json,
    )
    asyncio.run(task.play())
    _report(task, as_json)


def _fault(text: str, kinds: dict[str, str]) -> "PlannedFault":
    from broadcaster.cli.stage import SERVICES, PlannedFault

    try:
        fault = PlannedFault.parse(text)
        if fault.end not in (*SERVICES, *kinds.values()):
            raise ValueError(f"{text!r}: nothing is posted to a {fault.end} channel in this rehearsal")
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--fault'") from error
    return fault


def _chosen(plan: "Plan", show_id: str | None, all_shows: bool, now: datetime) -> tuple["ShowPlan", ...]:
    if all_shows:
        return plan.shows
    if show_id is None:
        return (next((show for show in plan.shows if show.off_air > now), plan.shows[0]),)
    check_known("show", show_id, plan.names)
    return (plan.show(show_id),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rehearsal:
    plan: "Plan"
    folder: Path
    speed: float
    journal: Path
    faults: tuple["PlannedFault", ...]
    kinds: dict[str, str]
    longest: dict[str, int]
    panel_port: int | None
    quiet: bool

    async def play(self) -> None:
        """Play until every show is over."""
        from broadcaster.adapters.alarm import APSchedulerAlarm
        from broadcaster.adapters.clock import ScaledClock
        from broadcaster.adapters.journal import SQLJournal
        from broadcaster.cli.progress import progress
        from broadcaster.cli.stage import stage
        from broadcaster.cli.wiring import about, far_ends
        from broadcaster.conductor.conductor import Conductor

        overlays = None if self.panel_port is None else _overlays()
        first = min(cue.at for show in self.plan.shows for cue in show.cues)
        clock = ScaledClock(start=first - timedelta(seconds=1), speed=WORKING_PACE)
        async with (
            stage(self.plan, clock, self.kinds, self.longest) as played,
            SQLJournal.open(self.journal, run=f"rehearsal-{self.plan.season}", clock=clock) as journal,
            far_ends(
                self.plan,
                clock,
                obs=played.obs,
                youtube=played.youtube,
                channels=played.channels,
                shelf=played.shelf,
                stream_title="Broadcaster rehearsal",
                folder=self.folder,
                graphics=overlays,
            ) as ends,
        ):
            conductor = Conductor(
                self.plan,
                ends,
                journal=journal,
                clock=clock,
                alarm=APSchedulerAlarm(clock),
                about=about(self.plan, rehearsal=True, speed=self.speed),
                arm_ahead=ARM_AHEAD,
            )

            def pace(is_working: bool) -> None:
                if is_working or _awaited_go(conductor, self.plan, clock.now()):
                    fastest = WORKING_PACE
                else:
                    fastest = GOING_LIVE_PACE if _is_going_live(conductor) else self.speed
                clock.pace(min(fastest, self.speed), stop=conductor.wake_at)

            conductor.on_work = pace
            with progress(conductor, self.plan, speed=self.speed, quiet=self.quiet):
                async with asyncio.TaskGroup() as tasks, _panel(conductor, self.panel_port, clock, overlays):
                    running = tasks.create_task(conductor.run(), name="conductor")
                    for show in self.plan.shows:
                        for fault in self.faults:
                            tasks.create_task(_break(fault, show, played, clock), name=f"fault {fault}")
                    patience = timedelta() if self.panel_port is None else PATIENCE
                    await _until_over(conductor, self.plan, clock, patience)
                    await conductor.stop()
                    await running


def _overlays() -> "Overlays":
    from broadcaster.panel import Overlays

    return Overlays()


def _is_going_live(conductor: "Conductor") -> bool:
    return any(
        show.phase.is_on_stage and show.live_asked_at is not None and show.live_at is None
        for show in conductor.state.shows.values()
    )


def _awaited_go(conductor: "Conductor", plan: "Plan", now: datetime) -> dict[str, datetime]:
    """The shows whose next segment is manual and expected by now, and since when."""
    from broadcaster.show.rundown import rundown

    awaited = {}
    for show in plan.shows:
        state = conductor.state.show(show.id)
        if not state.phase.is_on_stage or state.is_held:
            continue
        coming = rundown(show, state, now).next
        if coming is not None and coming.due is None and coming.awaited is not None and now >= coming.awaited:
            awaited[show.id] = coming.awaited
    return awaited


async def _until_over(conductor: "Conductor", plan: "Plan", clock: "ScaledClock", patience: timedelta) -> None:
    """Skip idle hours, and press GO where a manual segment has waited for `patience`, until every show is over."""
    from broadcaster.show.commands import NotNow
    from broadcaster.show.orders import Order, Word

    turned = asyncio.Event()
    conductor.on_turn.append(turned.set)
    while not all(conductor.is_over(show.id) for show in plan.shows):
        coming = [at for at in _asked(conductor, plan, clock, patience).values() if at > clock.now()]
        with contextlib.suppress(TimeoutError):  # its instant has come
            async with asyncio.timeout(clock.delay(min(coming)) if coming else None):
                await turned.wait()
        turned.clear()
        if conductor.is_quiet and conductor.wake_at is not None:
            clock.skip_to(conductor.wake_at)
            conductor.look_again()
        for show, at in _asked(conductor, plan, clock, patience).items():
            if at <= clock.now():
                with contextlib.suppress(NotNow):  # it went on by itself meanwhile
                    await conductor.order(
                        Order(word=Word.GO, who="the rehearsal's stand-in", source="rehearsal", show=show)
                    )


def _asked(conductor: "Conductor", plan: "Plan", clock: "ScaledClock", patience: timedelta) -> dict[str, datetime]:
    """The shows that wait for GO, and when the stand-in gives it."""
    return {show: since + patience for show, since in _awaited_go(conductor, plan, clock.now()).items()}


async def _break(fault: "PlannedFault", show: "ShowPlan", played: "Stage", clock: "ScaledClock") -> None:
    await clock.sleep_until(fault.at(show))
    played.emulators[fault.end].room.add_fault(fault.document())


@contextlib.asynccontextmanager
async def _panel(
    conductor: "Conductor", port: int | None, clock: "ScaledClock", overlays: "Overlays | None"
) -> AsyncIterator[None]:
    if port is None:
        yield
        return
    from broadcaster.panel import Panel
    from broadcaster.ports import Secret
    from broadcaster.reports.calendar import calendar_text

    panel = Panel(conductor, token=Secret("rehearsal"), clock=clock, overlays=overlays, calendar_text=calendar_text)
    async with panel.serve("127.0.0.1", port) as bound:
        click.echo(f"REHEARSAL: the panel is at http://127.0.0.1:{bound}/panel (token: rehearsal)", err=True)
        yield


def _report(task: _Rehearsal, as_json: bool) -> None:
    from broadcaster.adapters.journal import read_journal
    from broadcaster.reports.as_run import as_run

    runs = as_run(read_journal(task.journal))
    if as_json:
        print_json({"shows": [run.document() for run in runs], "journal": str(task.journal)})
    else:
        from broadcaster.cli.summary import print_summary

        print_summary(runs, task.journal, speed=task.speed)
    if any(run.phase not in ("done", "cancelled") for run in runs):
        raise click.exceptions.Exit(1)
