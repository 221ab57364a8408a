"""How do I cancel a show of the running season?"""

import sys
import uuid
from pathlib import Path

import click

from broadcaster.cli.options import print_json
from broadcaster.cli.remote import print_accepted, print_ripple, remote, service_of
from broadcaster.season.wording import shown


@click.command()
@click.option("--preview", is_flag=True, help="Only say what it would change.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask, as in scripts.")
@remote
def cancel(
    preview: bool, is_sure: bool, show: str | None, url: str | None, config_path: Path | None, as_json: bool
) -> None:
    """Cancel a show that is not live yet: nothing of it goes on air, and its audiences are told.

    Says what that changes, and asks. It cannot be taken back.
    """
    is_asked = not (preview or is_sure)
    if is_asked and (as_json or not sys.stdin.isatty()):
        raise click.UsageError("nobody is there to confirm it: say --yes, or look with --preview")
    service, said = service_of(url, config_path), {"show": show} if show is not None else {}
    if preview or is_asked:
        looked = service.order("cancel", said | {"preview": True}, key=str(uuid.uuid4()))
        if as_json:
            print_json(looked)
        else:
            print_ripple("cancel", looked["ripple"], looked["revision"] if preview else None)
        if preview:
            return
        click.confirm(f"Cancel {shown(looked['show'])}? It cannot be taken back", abort=True)
        said = {"show": looked["show"], "revision": looked["revision"]}
    reply = service.order("cancel", said, key=str(uuid.uuid4()))
    if as_json:
        print_json(reply)
    else:
        print_accepted("cancel", reply)
