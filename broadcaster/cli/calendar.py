"""How do the shows get into people's calendars by a file? The feeds of the running service say the same; see docs."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadcaster.cli.options import check_known, print_json, shared
from broadcaster.cli.seasons import season_and_channels, utc_text
from broadcaster.season.errors import BroadcastError

if TYPE_CHECKING:
    from broadcaster.season.plan import AudiencePlan, Plan
    from broadcaster.show.calendar import CalendarEvent, ShowCalendar
    from broadcaster.show.state import SeasonState


@click.command()
@click.argument("season", type=click.Path(path_type=Path))
@click.option("--audience", "audience_id", metavar="A", help="On the clock of this audience.  [default: the season's]")
@click.option("--language", metavar="L", help="kk, ru or en.  [default: the audience's, or the season's first]")
@click.option(
    "--journal",
    "journal_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Follow the delays and cancellations in this journal.  [default: the settings' own, where there is one]",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to FILE.  [default: stdout]"
)
@shared
def calendar(
    season: Path,
    audience_id: str | None,
    language: str | None,
    journal_file: Path | None,
    output: Path | None,
    config_path: Path | None,
    as_json: bool,
) -> None:
    """Write the shows of SEASON as an iCalendar file, for calendar programs to import."""
    from broadcaster.reports.calendar import calendar_text
    from broadcaster.season.build import build_plan
    from broadcaster.show.calendar import show_calendar

    plan = build_plan(season_and_channels(season, config_path))
    audience = _audience(plan, audience_id)
    language = _language(plan, audience, language)
    read_at = datetime.fromtimestamp(int(season.stat().st_mtime), tz=UTC)
    state = _state(plan, journal_file or _own_journal(config_path), read_at)
    made = show_calendar(plan, state, audience=audience, language=language, read_at=read_at)
    text = calendar_text(made)
    if output is not None:
        try:
            output.write_bytes(text)
        except OSError as error:
            raise BroadcastError(f"{output} cannot be written: {error.strerror}") from error
    if as_json:
        print_json(_document(made, plan, text, output))
    elif output is None:
        sys.stdout.buffer.write(text)
    else:
        click.echo(f"{output}: {len(made.events)} shows", err=True)


def _audience(plan: "Plan", asked: str | None) -> "AudiencePlan | None":
    known = {audience.id: audience for audience in plan.audiences}
    check_known("audience", asked, known)
    return known[asked] if asked is not None else None


def _language(plan: "Plan", audience: "AudiencePlan | None", asked: str | None) -> str:
    from broadcaster.reports.calendar_words import LANGUAGES

    check_known("language", asked, {*LANGUAGES, *plan.languages})
    return asked or (audience.language if audience else "") or next(iter(plan.languages), "en")


def _own_journal(config_path: Path | None) -> Path | None:
    """The journal of the settings, where there are settings, and it was begun."""
    from broadcaster.cli.config import DEFAULT_FILE, load_config

    if config_path is None and not DEFAULT_FILE.exists():
        return None
    journal = load_config(config_path).journal
    return journal if journal.exists() else None


def _state(plan: "Plan", journal: Path | None, read_at: datetime) -> "SeasonState":
    """What the record tells; a file that was edited since counts as one change more, as it will once it runs."""
    from dataclasses import replace

    from broadcaster.adapters.journal import read_journal
    from broadcaster.show.dated import facts, read
    from broadcaster.show.fold import fold
    from broadcaster.show.state import SeasonState

    records = read_journal(journal) if journal is not None else []
    state = fold(SeasonState(), records)
    changed_at = max(read_at, records[-1].at) if records else read_at
    return replace(state, dated=read(state.dated, plan.season, facts(plan), changed_at))


def _document(made: "ShowCalendar", plan: "Plan", text: bytes, output: Path | None) -> dict[str, Any]:
    return {
        "season": made.season,
        "language": made.language,
        "zone": made.zone,
        "tzdata": plan.tzdata,
        "file": str(output) if output is not None else None,
        "events": [_event(event, made) for event in made.events],
        "ics": text.decode(),
    }


def _event(event: "CalendarEvent", made: "ShowCalendar") -> dict[str, Any]:
    from broadcaster.reports.calendar import description_of, title_of
    from broadcaster.season.walltime import local

    return {
        "uid": event.uid,
        "show": event.show,
        "title": title_of(event, made),
        "description": description_of(event, made),
        "start": utc_text(event.start),
        "end": utc_text(event.end) if event.end is not None else None,
        "local": local(event.start, event.zone).isoformat(),
        "zone": event.zone,
        "status": "cancelled" if event.is_cancelled else "confirmed",
        "sequence": event.sequence,
        "modified": utc_text(event.modified_at),
        "link": event.link or None,
    }
