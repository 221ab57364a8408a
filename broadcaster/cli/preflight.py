"""Is everything ready for the next show? The go/no-go board, with the evidence of each line."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadcaster.cli import EXIT_NO_GO
from broadcaster.cli.options import check_known, print_json, shared
from broadcaster.season.errors import SeasonError
from broadcaster.season.walltime import local
from broadcaster.season.wording import shown

if TYPE_CHECKING:
    from broadcaster.cli.config import Config
    from broadcaster.cli.config_channels import ChannelTable
    from broadcaster.cli.probes import JournalFound, ObsFound, YouTubeFound
    from broadcaster.cli.wiring import ObsAddress, YouTubeAddress
    from broadcaster.ports import Clock
    from broadcaster.reports.board import Board, Line
    from broadcaster.reports.board_panel import ServiceFound
    from broadcaster.season.plan import Plan, ShowPlan

LOWER_THIRD = "/overlay/lower-third"
NAME_WIDTH, VERDICT_WIDTH, WIDTH = 12, 7, 80


@click.command()
@click.argument("season", type=click.Path(path_type=Path))
@click.option("--show", "show_id", help="Look at this show.  [default: the next one to come]")
@shared
def preflight(season: Path, show_id: str | None, config_path: Path | None, as_json: bool) -> None:
    """Look at everything that a show of SEASON needs, change nothing, and say GO or NO-GO (exit code 4)."""
    from broadcaster.adapters.clock import WallClock
    from broadcaster.adapters.files import load_season
    from broadcaster.cli.channels import reaches
    from broadcaster.cli.config import load_config
    from broadcaster.season.build import build_plan

    config = load_config(config_path)
    plan = build_plan(load_season(season, channels=reaches(config) or None))
    clock = WallClock()
    show = _chosen(plan, show_id, clock.now())
    board = asyncio.run(look(plan, show, config, clock))
    if as_json:
        at = clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
        print_json({"season": plan.season, "show": show.id, "at": at, **board.document()})
    else:
        _print(board, plan, show)
    if not board.is_go:
        sys.exit(EXIT_NO_GO)


def _chosen(plan: "Plan", show_id: str | None, now: datetime) -> "ShowPlan":
    if show_id is None:
        return next((show for show in plan.shows if show.off_air > now), plan.shows[-1])
    check_known("show", show_id, plan.names)
    return plan.show(show_id)


async def look(plan: "Plan", show: "ShowPlan", config: "Config", clock: "Clock") -> "Board":
    """Ask everything at once, and judge it."""
    from broadcaster.cli.probes import (
        ObsFound,
        YouTubeFound,
        look_at_channel,
        look_at_clock,
        look_at_journal,
        look_at_obs,
        look_at_service,
        look_at_youtube,
    )
    from broadcaster.reports.board import Board, no_go, season_lines

    journal = await asyncio.to_thread(look_at_journal, config.journal, plan.season)
    obs, youtube, channels, unreadable = _addresses(plan, show, config)
    async with asyncio.TaskGroup() as tasks:
        of_obs = tasks.create_task(look_at_obs(obs, clock), name="obs") if obs else None
        state_id = journal.state.show(show.id).broadcast_id
        title = config.youtube.stream_title
        of_youtube = (
            tasks.create_task(look_at_youtube(youtube, clock, show, state_id, title), name="youtube")
            if youtube
            else None
        )
        of_service = tasks.create_task(look_at_service(config), name="service")
        of_posts = [tasks.create_task(look_at_channel(name, channels[name], clock), name=name) for name in channels]
    now = clock.now()
    found_obs = of_obs.result() if of_obs else ObsFound(trouble=unreadable.get("obs", ""))
    found_youtube = of_youtube.result() if of_youtube else YouTubeFound(trouble=unreadable.get("youtube", ""))
    lines = [*season_lines(plan, show, now)]
    lines += _obs_lines(plan, show, config, found_obs, found_youtube.target, now)
    if show.broadcast is not None:
        lines += _youtube_lines(plan, show, config, found_youtube, now)
        lines.append(_quota(plan, show, config, journal, found_youtube, now))
    lines += [task.result() for task in of_posts]
    lines += [no_go("posts", name, text) for name, text in unreadable.items() if name not in ("obs", "youtube")]
    lines += await asyncio.to_thread(lambda: list(_panel_lines(plan, show, config, of_service.result())))
    lines += [*journal.lines, look_at_clock()]
    return Board(lines=tuple(lines))


def _addresses(
    plan: "Plan", show: "ShowPlan", config: "Config"
) -> "tuple[ObsAddress | None, YouTubeAddress | None, dict[str, ChannelTable], dict[str, str]]":
    """Where the far ends are, and for each whose secret cannot be had: why."""
    from broadcaster.cli.channels import channels_for
    from broadcaster.cli.closed_channel import remedy
    from broadcaster.cli.run import youtube_address
    from broadcaster.cli.wiring import ObsAddress
    from broadcaster.ports import Secret
    from broadcaster.season.plan import CHAT

    obs, youtube = None, None
    unreadable: dict[str, str] = {}
    try:
        password = config.obs.password.reveal() if config.obs.password else Secret("")
        obs = ObsAddress(host=config.obs.host, port=config.obs.port, password=password)
    except SeasonError as error:
        unreadable["obs"] = remedy(error)
    try:
        youtube = youtube_address(plan, config) if show.broadcast is not None else None
    except SeasonError as error:
        unreadable["youtube"] = remedy(error)
    posted_to = {cue.post.channel for cue in show.cues if cue.post is not None} - {CHAT}
    channels = channels_for(posted_to, config)
    for name in sorted(posted_to - set(channels)):
        unreadable[name] = f"the settings have no [channels.{name}]: add it to config.toml"
    return obs, youtube, channels, unreadable


def _obs_lines(
    plan: "Plan", show: "ShowPlan", config: "Config", found: "ObsFound", target: str, now: datetime
) -> "Iterator[Line]":
    from broadcaster.reports.board import go, key_line, machine_lines, no_go, scene_line, streaming_line

    place = f"{config.obs.host}:{config.obs.port}"
    if found.seen is None or found.machine is None:
        yield no_go("OBS", "reachable", found.trouble or f"nothing answers at {place}")
        return
    yield go("OBS", "reachable", f"OBS {found.machine.version}, obs-websocket {found.machine.websocket}, at {place}")
    yield from scene_line(plan, show, found.seen)
    yield streaming_line(show, found.seen, target if show.broadcast else found.seen.target, now)
    if show.broadcast is not None:
        yield key_line(found.seen, target)
    yield from machine_lines(found.machine.disk_mb, found.machine.cpu_percent, found.machine.frames_a_second)


def _youtube_lines(
    plan: "Plan", show: "ShowPlan", config: "Config", found: "YouTubeFound", now: datetime
) -> "Iterator[Line]":
    from broadcaster.reports.board import broadcast_line, go, no_go, stream_line, warn

    where = "" if config.youtube.endpoint.startswith("https://youtube.googleapis.com") else config.youtube.endpoint
    if not found.channel:
        yield no_go("YouTube", "reachable", found.trouble or "YouTube does not answer")
    elif where:
        yield warn("YouTube", "reachable", f'channel "{found.channel}" at {where}, which is not YouTube itself')
    else:
        yield go("YouTube", "reachable", f'channel "{found.channel}"')
    yield _sign_in(plan, config, now)
    if not found.channel:
        return
    if found.trouble:
        yield no_go("YouTube", "answers", found.trouble)
        return
    yield broadcast_line(show, found.broadcast, now)
    is_expected = show.standby_at <= now < show.off_air
    yield stream_line(config.youtube.stream_title, found.stream, is_expected=is_expected)


def _panel_lines(plan: "Plan", show: "ShowPlan", config: "Config", found: "ServiceFound") -> "Iterator[Line]":
    from broadcaster.cli.probes import look_at_people
    from broadcaster.cli.service import is_here
    from broadcaster.reports.board import no_go
    from broadcaster.reports.board_panel import GROUP, Reach, lower_third_line, people_line, service_line
    from broadcaster.season.errors import PeopleError

    api = config.api
    reach = Reach(
        url=(api.public_url or api.url).rstrip("/"),
        is_elsewhere=bool(api.public_url) or not is_here(api.host),
        is_encrypted=api.tls_cert is not None or bool(api.trusted_proxies),
    )
    yield service_line(plan.season, found, reach)
    try:
        yield people_line(look_at_people(config.people), reach)
    except PeopleError as error:
        yield no_go(GROUP, "sign-in", str(error))
    if (line := lower_third_line(show, found, f"{reach.url}{LOWER_THIRD}")) is not None:
        yield line


def _sign_in(plan: "Plan", config: "Config", now: datetime) -> "Line":
    """The sign-in outlives the last show of the season."""
    from broadcaster.adapters.youtube.token_store import TokenStore
    from broadcaster.cli.wiring import sign_in_warning
    from broadcaster.reports.board import go, no_go, warn
    from broadcaster.season.errors import NeedsHuman

    token = config.youtube_secret().file
    if config.youtube.bearer is not None or token is None:
        return warn("YouTube", "sign-in", "a fixed token, of which nobody knows how long it is good")
    if problem := sign_in_warning(plan, config, now):
        return no_go("YouTube", "sign-in", problem)
    try:
        end = TokenStore(token).read().refresh_expires_at
    except NeedsHuman as error:
        return no_go("YouTube", "sign-in", str(error))
    if end is None:
        return go("YouTube", "sign-in", "good, and Google has named no end; it may still be withdrawn")
    return go("YouTube", "sign-in", f"good until {end:%Y-%m-%d %H:%M} UTC, after the last show")


def _quota(
    plan: "Plan", show: "ShowPlan", config: "Config", journal: "JournalFound", found: "YouTubeFound", now: datetime
) -> "Line":
    from broadcaster.reports.board import quota_line
    from broadcaster.show.outlook import outlook, price
    from broadcaster.show.quota import quota_day

    budget = config.youtube.quota.budget()
    day = next((each for each in price(plan, budget) if each.day == quota_day(show.go_live)), None)
    ahead = outlook(plan, journal.state, budget, now, unrecorded=found.units)
    return quota_line(day, ahead, show)


def _print(board: "Board", plan: "Plan", show: "ShowPlan") -> None:
    """The board for a terminal: every verdict in words and in colour, at most 80 columns."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from broadcaster.reports.board import Verdict

    styles: dict[str, str] = {
        Verdict.GO: "bold green",
        Verdict.WARN: "bold #ffb000",
        Verdict.NO_GO: "bold white on red",
    }
    console = Console(highlight=False)
    console.width = min(console.width, WIDTH)
    there = local(show.go_live, show.zone)
    console.print(Text(f"{shown(plan.title)}: {show.id}, {shown(show.title)}", style="bold"))
    console.print(Text(f"live on {there:%a %Y-%m-%d} at {there:%H:%M} {show.zone}"))
    group = ""
    for line in board.lines:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=VERDICT_WIDTH, no_wrap=True)
        table.add_column(width=NAME_WIDTH, overflow="fold")
        table.add_column(overflow="fold", ratio=1)
        if line.group != group:
            group = line.group
            console.print(Text(f"\n{group.upper()}", style="bold"))
        mark: Any = Text(f" {line.verdict} ", style=styles[line.verdict])
        table.add_row(mark, Text(line.name), Text(shown(line.evidence, 600)))
        console.print(table)
    verdict = Verdict.GO if board.is_go else Verdict.NO_GO
    told = ", ".join(
        f"{count} {word}" for word, count in ((each, board.count(each)) for each in reversed(Verdict)) if count
    )
    console.print()
    console.print(Text.assemble((f" {verdict} ", styles[verdict]), f"  {told}"))
