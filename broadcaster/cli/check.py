"""Is the season file right, and what time is each show for everybody?"""

import asyncio
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from broadcaster.cli.options import print_json, shared
from broadcaster.cli.seasons import known_channels, utc_text
from broadcaster.season.channels import Reach
from broadcaster.season.errors import Problem, SeasonError
from broadcaster.season.model import Season, Show
from broadcaster.season.plan import Plan, ShowPlan
from broadcaster.season.walltime import clock_changes, local, offset_text
from broadcaster.season.wording import counted, listed, shown, span_text
from broadcaster.show.outlook import DayPrice, price
from broadcaster.show.quota import Budget


@click.command()
@click.argument("season", type=click.Path(path_type=Path))
@shared
def check(season: Path, config_path: Path | None, as_json: bool) -> None:
    """Read SEASON and say every problem with its place, or every show's time in every zone.

    Channels are checked against the settings file, where there is one.
    """
    from broadcaster.adapters.clock import WallClock
    from broadcaster.adapters.files import read_season
    from broadcaster.cli.config import load_config
    from broadcaster.season.build import build_plan

    refused: list[SeasonError] = []
    channels = None
    try:
        channels = known_channels(config_path)
    except SeasonError as error:
        refused.append(error)
    try:
        found, warnings = read_season(season, channels=channels)
        warnings += picture_warnings(season, found, channels)
    except SeasonError as error:
        refused.append(error)
    if refused:
        _refuse(refused, as_json)
    plan = build_plan(found)
    now = WallClock().now()
    warnings += clock_warnings(found, plan, now)
    if channels is not None:
        warnings += _sign_in_warnings(plan, config_path, now)
    budget = load_config(config_path).youtube.quota.budget()
    days = price(plan, budget)
    warnings += quota_warnings(days, budget, now)
    warnings.sort(key=lambda each: each.severity != "warning")  # stable: each kind by its place in the file
    if as_json:
        document = _document(found, plan, warnings, now, are_channels_known=channels is not None)
        print_json(document | {"quota": [_price_document(day, budget) for day in days]})
        return
    _print_tables(found, plan, now)
    for day in days:
        click.echo(price_line(day, budget))
    if channels is None:
        click.echo("There is no config.toml here: the announcements' channels were not checked.")
    for warning in warnings:
        click.echo(warning.text(str(season)), err=True)
    click.echo(_summary(plan, warnings))


def picture_warnings(path: Path, season: Season, channels: Mapping[str, Reach] | None) -> list[Problem]:
    """What should be looked at in the pictures that the season names. Raises SeasonError for those it cannot use."""
    from broadcaster.adapters.cards.checking import names_pictures, picture_problems
    from broadcaster.adapters.files import season_text
    from broadcaster.adapters.files.translate import placed

    if not names_pictures(season):
        return []
    errors, warnings = asyncio.run(picture_problems(season, path.parent, channels))
    text = season_text(path)
    if errors:
        raise SeasonError(str(path), placed(errors, text))
    return placed(warnings, text)


def _sign_in_warnings(plan: Plan, config_path: Path | None, now: datetime) -> Iterator[Problem]:
    """A warning when the settings' sign-in is not there, or ends before the last show of the season."""
    from broadcaster.cli.config import load_config
    from broadcaster.cli.wiring import sign_in_warning

    if warning := sign_in_warning(plan, load_config(config_path), now):
        yield Problem(loc=(), message=warning, severity="warning")


def _refuse(refused: list[SeasonError], as_json: bool) -> None:
    """Say every file's problems; the last error leaves by the front door, which prints it and sets the exit code."""
    if as_json:
        problems = [{"file": error.file, **_told(problem)} for error in refused for problem in error.problems]
        print_json({"ok": False, "problems": problems})
    for error in refused[:-1]:
        click.echo(str(error), err=True)
    raise refused[-1]


def clock_warnings(season: Season, plan: Plan, now: datetime) -> Iterator[Problem]:
    """One warning for each zone whose clocks change between now and a show that is still to come."""
    coming = [show for show in plan.shows if show.off_air > now and not show.is_cancelled]
    if not coming:
        return
    for zone in sorted({show.zone for show in coming} | {each.timezone for each in season.audiences.values()}):
        changes = clock_changes(zone, now, coming[-1].go_live)
        if not changes:
            continue
        told = listed((f"{local(at, zone):%Y-%m-%d} to {offset_text(local(at, zone))}" for at in changes), last="and")
        by_offset: dict[str, list[str]] = {}
        for show in coming:
            by_offset.setdefault(offset_text(local(show.go_live, zone)), []).append(show.id)
        if len(by_offset) == 1:
            then = f"every show is at {next(iter(by_offset))}"
        else:
            then = "; ".join(
                f"{listed(ids, last='and')} {'is' if len(ids) == 1 else 'are'} at {offset}"
                for offset, ids in by_offset.items()
            )
        message = f"{zone} is at {offset_text(local(now, zone))} now; its clocks change on {told}; {then}"
        yield Problem(loc=(), message=message, severity="warning")


def price_line(day: DayPrice, budget: Budget) -> str:
    """What a quota day will cost, for people."""
    shows = listed(day.shows, last="and")
    return f"YouTube quota: about {day.units:,} units of {budget.units_a_day:,} on {day.day} (Pacific): {shows}"


def quota_warnings(days: Iterable[DayPrice], budget: Budget, now: datetime) -> Iterator[Problem]:
    """One warning for each coming quota day whose shows cost more than the project may spend."""
    for day in days:
        if day.ends <= now or max(day.units + budget.reserve, day.least) <= budget.units_a_day:
            continue
        cost = (
            f"{listed(day.shows, last='and')} cost about {day.units:,} units of YouTube's quota on {day.day} (Pacific)"
        )
        if day.least > budget.units_a_day:
            least = f"and at least {day.least:,} with the reserve, of {budget.units_a_day:,}"
            message = f"{cost}, {least}: they cannot all be brought live and to their ends"
            hint = "ask Google for more quota in time, or spread the shows over more than one Google project"
        else:
            message = f"{cost}, of {budget.units_a_day:,} less {budget.reserve:,} in reserve: looks will be made rarer"
            hint = "ask Google for more quota, so that trouble on YouTube is seen as soon as usual"
        yield Problem(loc=(), message=message, hint=hint, severity="warning")


def _price_document(day: DayPrice, budget: Budget) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "begins": utc_text(day.begins),
        "ends": utc_text(day.ends),
        "units": day.units,
        "least": day.least,
        "of": budget.units_a_day,
        "shows": dict(day.shows),
    }


def _told(problem: Problem) -> dict[str, object]:
    return {
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
    }


def _moment(instant: datetime, zone: str) -> dict[str, str]:
    there = local(instant, zone)
    written = there.isoformat()
    return {"utc": utc_text(instant), "local": written, "offset": f"UTC{written[-6:]}", "zone": zone}


def _document(
    season: Season, plan: Plan, warnings: list[Problem], now: datetime, *, are_channels_known: bool
) -> dict[str, Any]:
    by_id = {show.id: show for show in season.shows}
    return {
        "ok": True,
        "season": plan.season,
        "title": plan.title,
        "tzdata": plan.tzdata,
        "now": utc_text(now),
        "channels_checked": are_channels_known,
        "problems": [],
        "warnings": [_told(warning) for warning in warnings],
        "shows": [_show_document(season, by_id[show.id], show, now) for show in plan.shows],
    }


def _show_document(season: Season, written: Show, show: ShowPlan, now: datetime) -> dict[str, Any]:
    return {
        "id": show.id,
        "title": show.title,
        "past": show.off_air <= now,
        "cancelled": show.is_cancelled,
        "standby": _moment(show.standby_at, show.zone),
        "go_live": _moment(show.go_live, show.zone),
        "end": _moment(show.end, show.zone),
        "off_air": _moment(show.off_air, show.zone),
        "length_s": (show.end - show.go_live).total_seconds(),
        "segments": len(show.segments),
        "cues": len(show.cues),
        "destinations": [
            {"name": name, "kind": season.destinations[name].kind, "privacy": season.destinations[name].privacy}
            for name in written.destinations
        ],
        "audiences": [
            {
                "name": name,
                "city": season.audience_city(name),
                "language": audience.language,
                "go_live": _moment(show.go_live, audience.timezone),
                "end": _moment(show.end, audience.timezone),
            }
            for name, audience in season.audiences.items()
        ],
    }


def _print_tables(season: Season, plan: Plan, now: datetime) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    by_id = {show.id: show for show in season.shows}
    for show in plan.shows:
        past = " (cancelled)" if show.is_cancelled else " (past)" if show.off_air <= now else ""
        when = local(show.go_live, show.zone)
        table = Table(
            title=Text(f"{show.id} · {shown(show.title, 80)} · {when:%a %Y-%m-%d}{past}", style="bold"),
            title_justify="left",
            caption=Text(_caption(season, by_id[show.id], show)),
            caption_justify="left",
        )
        for heading in ("clock", "zone", "date", "go live", "end", "offset"):
            table.add_column(heading)
        table.add_row(*_row("show", show.zone, show), style="bold")
        table.add_row(*_row("UTC", "UTC", show))
        for name, audience in season.audiences.items():
            city = season.audience_city(name)
            table.add_row(*(Text(cell) for cell in _row(f"{shown(city)} ({name})", audience.timezone, show)))
        console.print(table)
        console.print()


def _summary(plan: Plan, warnings: Sequence[Problem]) -> str:
    """What the season is, and how much is to be looked at: the last line, under all that was said."""
    serious = sum(each.severity == "warning" for each in warnings)
    both = ((serious, "warning"), (len(warnings) - serious, "note"))
    found = [counted(number, what) for number, what in both if number]
    trouble = f"no errors, {listed(found, last='and')}" if found else "no problems"
    cues = sum(len(show.cues) for show in plan.shows)
    shows = counted(len(plan.shows), "show")
    return f"{shown(plan.title)}: {trouble}; {shows}, {counted(cues, 'cue')}; tzdata {plan.tzdata}"


def _row(clock: str, zone: str, show: ShowPlan) -> tuple[str, ...]:
    begin, end = local(show.go_live, zone), local(show.end, zone)
    next_day = "" if end.date() == begin.date() else " +1"
    return clock, zone, f"{begin:%a %Y-%m-%d}", f"{begin:%H:%M}", f"{end:%H:%M}{next_day}", offset_text(begin)


def _caption(season: Season, written: Show, show: ShowPlan) -> str:
    places = []
    for name in written.destinations:
        destination = season.destinations[name]
        privacy = f", {destination.privacy}" if destination.kind == "youtube" else ", by hand"
        places.append(f"{name} ({destination.kind}{privacy})")
    rundown = f"{counted(len(show.segments), 'segment')}, {span_text(show.end - show.go_live)}"
    return f"{rundown}; standby from {local(show.standby_at, show.zone):%H:%M}; to {listed(places, last='and')}"
