"""How does a season run for real? The service: far ends, journal, conductor and API, until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.options import print_json, shared

if TYPE_CHECKING:
    from broadcaster.cli.config import Config
    from broadcaster.cli.wiring import YouTubeAddress
    from broadcaster.conductor.conductor import Conductor, Reading, ReadSeason
    from broadcaster.panel.origin import Access
    from broadcaster.season.plan import Plan

log = logging.getLogger(__name__)


@click.command
@click.argument("season", type=click.Path(path_type=Path))
@shared
def run(season: Path, as_json: bool, config_path: Path | None) -> None:
    """Run a SEASON: every coming show, until stopped. SIGTERM hands over: what is on air stays on air."""
    from broadcaster.adapters.clock import WallClock
    from broadcaster.cli.channels import reaches
    from broadcaster.cli.config import load_config
    from broadcaster.cli.reading import SeasonFile
    from broadcaster.cli.wiring import sign_in_warning

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(message)s")
    for talkative in ("apscheduler", "alembic", "googleapiclient"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    config = load_config(config_path)
    read_season = SeasonFile(season, channels=reaches(config))
    reading = read_season()
    plan = reading.plan
    if all(show.off_air <= WallClock().now() for show in plan.shows):
        click.echo(f"warning: every show of {plan.season} is over; there is nothing left to run", err=True)
    if warning := sign_in_warning(plan, config, WallClock().now()):
        log.warning("%s", warning, extra={"event": "sign_in_ends"})
    asyncio.run(_serve(read_season, reading, config, season.parent, as_json))


async def _serve(read_season: "ReadSeason", reading: "Reading", config: "Config", folder: Path, as_json: bool) -> None:
    from broadcaster.adapters.alarm import APSchedulerAlarm
    from broadcaster.adapters.clock import WallClock
    from broadcaster.adapters.journal import SQLJournal
    from broadcaster.adapters.people import SQLPeople
    from broadcaster.cli.channels import channels_for
    from broadcaster.cli.closed_channel import open_in_time
    from broadcaster.cli.wiring import ObsAddress, about, channels_of, far_ends
    from broadcaster.conductor.conductor import Conductor
    from broadcaster.panel import Overlays, Panel
    from broadcaster.panel.shelf import PictureShelf
    from broadcaster.ports import Secret
    from broadcaster.reports.calendar import calendar_text
    from broadcaster.show.records import stamp

    clock, plan, overlays = WallClock(), reading.plan, Overlays()
    shelf = PictureShelf(public_url=config.api.public_url, clock=clock)
    password = config.obs.password.reveal() if config.obs.password else Secret("")
    name = f"{plan.season}@{stamp(clock.now())}"
    async with (
        SQLJournal.open(config.journal, run=name, clock=clock) as journal,
        SQLPeople.open(config.people) as people,
        far_ends(
            plan,
            clock,
            obs=ObsAddress(host=config.obs.host, port=config.obs.port, password=password),
            youtube=youtube_address(plan, config),
            channels=channels_for(channels_of(plan), config),
            shelf=shelf,
            stream_title=config.youtube.stream_title,
            folder=folder,
            graphics=overlays,
        ) as ends,
    ):
        conductor = Conductor(
            plan,
            ends,
            journal=journal,
            clock=clock,
            alarm=APSchedulerAlarm(clock),
            about={**about(plan, rehearsal=False), "season_hash": reading.season_hash},
            read_season=read_season,
        )
        conductor.on_turn.append(_once_seen(conductor))
        panel = Panel(
            conductor,
            token=config.api_token(make=True),
            clock=clock,
            people=people,
            access=_access(config),
            overlays=overlays,
            shelf=shelf,
            osc=config.osc.settings(),
            calendar_text=calendar_text,
        )
        async with panel.serve(config.api.host, config.api.port) as port, asyncio.TaskGroup() as tasks:
            running = tasks.create_task(conductor.run(), name="conductor")
            keeping_up = tasks.create_task(panel.keep_up(), name="panel")
            opening = open_in_time(ends.channels.values(), clock, conductor.look_again)
            knocking = tasks.create_task(opening, name="closed channels")
            stop = asyncio.Event()

            def reload() -> None:
                tasks.create_task(_reload(conductor), name="reload")
                tasks.create_task(panel.reload_certificate(), name="certificate")

            with _signals(stop.set, reload):
                _say(plan, config, port, as_json)
                await _first(stop, running)
                await conductor.stop()
                await running
                keeping_up.cancel()
                knocking.cancel()


def _once_seen(conductor: "Conductor") -> Callable[[], None]:
    """Says where the show stands, once, after the first turn in which the far ends were seen."""
    is_said = False

    def look() -> None:
        nonlocal is_said
        if not is_said and conductor.has_looked:
            is_said = True
            log.info("%s", conductor.view()["in_a_line"], extra={"event": "found"})

    return look


async def _reload(conductor: "Conductor") -> None:
    """Read the season's file again, as SIGHUP asks; what is wrong with it changes nothing."""
    from broadcaster.season.errors import BroadcastError
    from broadcaster.show.orders import Rewrite

    try:
        edit = await conductor.edit(Rewrite(who="SIGHUP", source="this machine"))
    except BroadcastError as error:
        log.error("The season is not reloaded: %s", error, extra={"event": "reload_refused"})
        return
    for change in edit.changes:
        log.info("%s %s: %s: %s", change.kind, change.subject, change.what, change.text, extra={"event": "edit"})
    log.info("The season is reloaded: %d changes.", len(edit.changes), extra={"event": "reloaded"})


async def _first(stop: asyncio.Event, running: "asyncio.Task[None]") -> None:
    """Return when told to stop, or when the conductor has ended by itself (and then raise why)."""
    running.add_done_callback(lambda _: stop.set())
    await stop.wait()
    if running.done():
        running.result()


def _access(config: "Config") -> "Access":
    from broadcaster.panel.origin import Access

    api = config.api
    return Access(
        public_url=api.public_url,
        trusted_proxies=Access.networks(api.trusted_proxies),
        tls_cert=api.tls_cert,
        tls_key=api.tls_key,
        has_get_orders=api.get_orders,
    )


def _say(plan: "Plan", config: "Config", port: int, as_json: bool) -> None:
    address = config.api.model_copy(update={"port": port}).url
    panel = f"{(config.api.public_url or address).rstrip('/')}/panel"
    if as_json:
        print_json({"season": plan.season, "api": address, "panel": panel})
    else:
        click.echo(f"{plan.title}: running; the API answers at {address}")
        click.echo(f"The panel: {panel}")


def youtube_address(plan: "Plan", config: "Config") -> "YouTubeAddress | None":
    """Where the season's channel is, and its sign-in; None: no show goes to YouTube. Raises SeasonError."""
    from broadcaster.adapters.youtube import static_token, token_file
    from broadcaster.cli.config_secret import reveal_token
    from broadcaster.cli.wiring import YouTubeAddress, has_broadcasts

    if not has_broadcasts(plan):
        return None
    if config.youtube.bearer is not None:
        tokens = static_token(reveal_token(config.youtube.bearer))
    else:
        secret = config.youtube_secret()
        if secret.file is None:
            tokens = static_token(reveal_token(secret))
        else:
            tokens = token_file(secret.file)
    return YouTubeAddress(endpoint=config.youtube.endpoint, tokens=tokens, budget=config.youtube.quota.budget())


@contextlib.contextmanager
def _signals(stop: Callable[[], None], reload: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on SIGTERM and SIGINT, also where the loop cannot listen for signals (Windows).

    SIGHUP calls `reload`, where there is one.
    """
    loop = asyncio.get_running_loop()
    before = {}
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:
            before[number] = signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None:
        loop.add_signal_handler(hangup, reload)
    try:
        yield
    finally:
        if hangup is not None:
            loop.remove_signal_handler(hangup)
        for number in (signal.SIGTERM, signal.SIGINT):
            if number in before:
                signal.signal(number, before[number])
            else:
                loop.remove_signal_handler(number)
