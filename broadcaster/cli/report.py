"""How did the shows really run? The as-run, from the journal alone, also while a service writes it."""

from pathlib import Path

import click

from broadcaster.cli.config import load_config
from broadcaster.cli.options import check_known, print_json, shared


@click.command()
@click.argument("journal_file", metavar="[JOURNAL]", type=click.Path(path_type=Path), required=False)
@click.option("--show", "show_id", metavar="ID", help="Only this show.  [default: every show that has begun]")
@shared
def report(journal_file: Path | None, show_id: str | None, config_path: Path | None, as_json: bool) -> None:
    """Tell from JOURNAL (default: the settings' own) how shows really ran, beside what was planned."""
    from broadcaster.adapters.journal import read_journal
    from broadcaster.cli.summary import print_summary
    from broadcaster.reports.as_run import as_run

    path = journal_file or load_config(config_path).journal
    runs = as_run(read_journal(path))
    check_known("show", show_id, [run.id for run in runs], lack="the journal has no")
    wanted = [run for run in runs if (run.id == show_id if show_id is not None else run.cues)]
    if as_json:
        print_json({"shows": [run.document() for run in wanted], "journal": str(path)})
    elif wanted:
        print_summary(wanted, path)
    else:
        click.echo(f"{path}: no show has begun.")
