"""Which command does a crew need, and what does the shell get back?

Each command lives in a module of its own, imported only when it is called, so that `--help` and `check` stay quick.
"""

import sys
from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "check": ("broadcaster.cli.check", "Read a season back, with every problem and every time."),
    "plan": ("broadcaster.cli.plan", "List the cues of a season in order."),
    "calendar": ("broadcaster.cli.calendar", "Write the shows as an iCalendar file."),
    "announce": ("broadcaster.cli.announce", "Show every announcement as it would be: announce --preview."),
    "schema": ("broadcaster.cli.schema", "Print the JSON Schema that editors use."),
    "card": ("broadcaster.cli.card", "Draw the pictures that go with the announcements."),
    "preflight": ("broadcaster.cli.preflight", "Say GO or NO-GO for the next show, with evidence."),
    "rehearse": ("broadcaster.cli.rehearse", "Play a season on emulators, in fast time."),
    "run": ("broadcaster.cli.run", "Run a season: the service."),
    "status": ("broadcaster.cli.remote", "Ask the running service how it stands."),
    "go": ("broadcaster.cli.remote", "Start the manual segment that waits."),
    "hold": ("broadcaster.cli.remote", "Stop the automation of the rundown or of one lane."),
    "resume": ("broadcaster.cli.remote", "Start the automation again."),
    "take": ("broadcaster.cli.remote", "Put a scene on program by hand."),
    "panic": ("broadcaster.cli.panic", "Put the fallback scene on program at once, whatever is wrong."),
    "delay": ("broadcaster.cli.remote", "Delay the show, or what follows the segment on air."),
    "extend": ("broadcaster.cli.remote", "Keep the segment on air on for longer."),
    "skip": ("broadcaster.cli.remote", "Skip the next segment."),
    "reload": ("broadcaster.cli.remote", "Run the edited season file from now on."),
    "end": ("broadcaster.cli.remote", "End the show now: closing scene, complete, stop."),
    "posts": ("broadcaster.cli.posts", "List the posts of the running season, and how each stands."),
    "post": ("broadcaster.cli.post", "Hold, change, send, skip or settle one post."),
    "cancel": ("broadcaster.cli.cancel", "Cancel a show that is not live yet, and tell its audiences."),
    "auth": ("broadcaster.cli.auth", "Sign in to a platform: auth youtube."),
    "user": ("broadcaster.cli.user", "Say who may sign in, and as what."),
    "token": ("broadcaster.cli.token", "Let programs in: tokens for scripts and buttons."),
    "link": ("broadcaster.cli.token", "Let screens in: links that open pages without a password."),
    "report": ("broadcaster.cli.report", "Tell how shows really ran, beside what was planned."),
    "journal": ("broadcaster.cli.journal", "Check or show the record of what happened."),
    "emulate": ("broadcaster.cli.emulate", "Run one emulator alone."),
}
"""Name -> (module, one line). The module offers a click command under the command's own name."""

EXIT_UNEXPECTED = 1
EXIT_USAGE = 2
EXIT_INVALID_FILE = 3
EXIT_NO_GO = 4
EXIT_FAR_END = 5


class FrontDoor(click.Group):
    """The commands, looked up without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of a crew's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return the command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list for --help from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was perhaps meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else " See 'broadcaster --help'."
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=FrontDoor, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="broadcaster")
def front_door() -> None:
    """A season of live shows that runs itself."""


def main(argv: list[str] | None = None) -> Any:
    """Run the command line and exit with the contract's codes (0, 1, 2, 3, 4, 5)."""
    from broadcaster.season.errors import BroadcastError, FarEndError, SeasonError

    for stream in (sys.stdout, sys.stderr):  # Windows consoles default to a code page without Kazakh letters
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        front_door.main(args=argv, prog_name="broadcaster")
    except SeasonError as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_INVALID_FILE)
    except FarEndError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(EXIT_FAR_END)
    except BroadcastError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(EXIT_UNEXPECTED)
