"""What happened, and can the record of it be trusted? `broadcaster journal verify` and `journal show`."""

import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from broadcaster.adapters.journal import Verdict, read_journal, verify
from broadcaster.cli import EXIT_UNEXPECTED
from broadcaster.cli.config import load_config
from broadcaster.cli.options import check_known, print_json, shared
from broadcaster.season.wording import shown
from broadcaster.show.records import Record

FAULTS_SHOWN = 20


@click.group()
def journal() -> None:
    """Check or show the record of what happened; also while a service writes it."""


def _journal_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("journal_file", metavar="[JOURNAL]", type=click.Path(path_type=Path), required=False)(
        function
    )


def _file(journal_file: Path | None, config_path: Path | None) -> Path:
    return journal_file or load_config(config_path).journal


@journal.command("verify")
@_journal_argument
@shared
def verify_command(journal_file: Path | None, config_path: Path | None, as_json: bool) -> None:
    """Check every record of JOURNAL (default: the settings' own) and the chain between them.

    Ends with 1 when a record was changed, moved or lost. Note the printed head elsewhere: it alone tells a journal
    from an older copy of itself.
    """
    path = _file(journal_file, config_path)
    verdict = verify(path)
    if as_json:
        print_json(
            {
                "journal": str(path),
                "good": verdict.is_good,
                "records": verdict.count,
                "head": verdict.head,
                "faults": [{"seq": fault.seq, "message": fault.message} for fault in verdict.faults],
            }
        )
    elif verdict.is_good:
        click.echo(f"{path}: good. {_counted(verdict.count)}, none changed, none missing. Head {verdict.head or '-'}")
    else:
        _tell(path, verdict)
    if not verdict.is_good:
        sys.exit(EXIT_UNEXPECTED)


def _tell(path: Path, verdict: Verdict) -> None:
    first = min((fault.seq for fault in verdict.faults if fault.seq), default=0)
    begins = f"the chain breaks at record {first}" if first else "the file is damaged"
    click.echo(f"{path}: NOT good, {begins} ({_counted(verdict.count)} found).")
    for fault in verdict.faults[:FAULTS_SHOWN]:
        click.echo(f"  {shown(fault.message, 200)}")
    if len(verdict.faults) > FAULTS_SHOWN:
        click.echo(f"  and {len(verdict.faults) - FAULTS_SHOWN} more")
    click.echo("Keep the file as it is, trust only what stands before the break, and go on with a new journal.")


def _counted(count: int) -> str:
    return f"{count} record{'' if count == 1 else 's'}"


@journal.command("show")
@_journal_argument
@click.option("--show", "show_id", metavar="ID", help="Only the records of this show.")
@click.option("--kind", metavar="KIND", help="Only records of this kind, such as 'intent' or 'intent/1'.")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only the last N of them.")
@shared
def show_command(
    journal_file: Path | None,
    show_id: str | None,
    kind: str | None,
    last: int | None,
    config_path: Path | None,
    as_json: bool,
) -> None:
    """Print the records of JOURNAL (default: the settings' own), times in UTC."""
    path = _file(journal_file, config_path)
    everything = read_journal(path)
    # a filter that can find nothing is a slip of the pen
    shows = {record.ids.get("show", "") for record in everything} - {""}
    check_known("show", show_id, shows, lack="the journal has no")
    kinds = {record.kind for record in everything}
    check_known("kind", kind, kinds | {each.partition("/")[0] for each in kinds}, lack="the journal has no")
    wanted = [
        record
        for record in everything
        if (show_id is None or record.ids.get("show") == show_id)
        and (kind is None or kind in (record.kind, record.kind.partition("/")[0]))
    ]
    wanted = wanted[-last:] if last else wanted
    if as_json:
        print_json({"journal": str(path), "records": [_document(record) for record in wanted]})
    elif wanted:
        _table(wanted)
    else:
        click.echo(f"{path}: no records.")


def _time(record: Record) -> str:
    return record.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _document(record: Record) -> dict[str, object]:
    return {
        "seq": record.seq,
        "at": record.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "run": record.run,
        "epoch": record.epoch,
        "kind": record.kind,
        "ids": dict(record.ids),
        "data": dict(record.data),
        "previous": record.previous,
        "hash": record.hash,
    }


def _table(records: Sequence[Record]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # Into a file or a pipe every record stays on one line, so that grep finds it; eyes get what it is about below it.
    is_terminal = sys.stdout.isatty()
    console = Console() if is_terminal else Console(width=4000, file=sys.stdout)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("seq", justify="right", no_wrap=True)
    for heading in ("UTC", "show"):
        table.add_column(heading, no_wrap=True)
    table.add_column("kind, about" if is_terminal else "kind", no_wrap=not is_terminal, overflow="fold")
    if not is_terminal:
        table.add_column("about", overflow="fold")
    for record in records:
        ids = {name: value for name, value in record.ids.items() if name not in ("season", "show")}
        about = " ".join(f"{name}={value}" for name, value in ids.items())
        data = json.dumps(record.data, ensure_ascii=False) if record.data else ""
        kind, told = Text(shown(record.kind)), Text(shown(f"{about} {data}".strip(), 2000))
        what = (Text("\n").join([kind, told]),) if is_terminal else (kind, told)
        table.add_row(str(record.seq), _time(record), Text(shown(record.ids.get("show", ""))), *what)
    console.print(table)
