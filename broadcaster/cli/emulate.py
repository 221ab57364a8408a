"""How does a crew run one stand-in by itself, to try things by hand?"""

import asyncio
import contextlib
import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.channels import KINDS
from broadcaster.cli.options import shared

if TYPE_CHECKING:
    from broadcaster.emulators.control import Emulator

LOOPBACK = "127.0.0.1"
FAR_ENDS = ("obs", "youtube", "meta", *KINDS)
"""`meta` is both of its kinds of channels at once."""


def _scenes(ctx: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    names = tuple(name.strip() for name in value.split(","))
    if not all(names) or len(set(names)) != len(names):
        raise click.BadParameter("give each scene one name of its own, separated by commas")
    return names


@click.command()
@click.argument("far_end", metavar="|".join(FAR_ENDS), type=click.Choice(FAR_ENDS))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to listen.  [default: a free port]")
@click.option("--host", default=LOOPBACK, show_default=True, help="Other than loopback lets the whole network in.")
@click.option("--speed", type=click.FloatRange(0, min_open=True), default=1.0, help="Shortens its delays.")
@click.option("--password", help="obs: what clients must know.  [default: none needed]")
@click.option("--scenes", callback=_scenes, metavar="A,B,C", help="obs: its scenes, the first on program.")
@click.option("--fade", "fade_ms", type=click.IntRange(0, 20000), help="obs: fade for MS; 0 cuts.", metavar="MS")
@click.option("--ingest", metavar="RTMP", help="youtube: the address it gives to encoders.  [default: its own]")
@shared
def emulate(
    far_end: str,
    port: int,
    host: str,
    speed: float,
    password: str | None,
    scenes: tuple[str, ...] | None,
    fade_ms: int | None,
    ingest: str | None,
    as_json: bool,
    config_path: Path | None,
) -> None:
    """Run one emulator alone, with its control endpoint, until it is stopped.

    Prints `listening on HOST:PORT` once it answers. See docs/emulators.md for /control.
    """
    for option, value, owner in (
        ("--password", password, "obs"),
        ("--scenes", scenes, "obs"),
        ("--fade", fade_ms, "obs"),
        ("--ingest", ingest, "youtube"),
    ):
        if value is not None and far_end != owner:
            raise click.UsageError(f"{option} is for 'emulate {owner}' only.")
    from broadcaster.adapters.clock.adapter import WallClock

    clock = WallClock()

    def make() -> "Emulator":
        if far_end == "obs":
            from broadcaster.emulators.obs import EmulatedOBS

            return EmulatedOBS(
                clock,
                password=password or "",
                scenes=scenes or ("Scene",),
                speed=speed,
                transition_ms=fade_ms or 0,
            )
        if far_end == "youtube":
            from broadcaster.emulators.youtube import EmulatedYouTube

            return EmulatedYouTube(clock, speed=speed, ingest=ingest)
        return KINDS["facebook" if far_end == "meta" else far_end].emulator(clock, speed)

    # Windows has no signal handlers in the loop: there Ctrl+C arrives as KeyboardInterrupt, after the clean stop.
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(make(), host, port, as_json=as_json))


async def _serve(emulator: "Emulator", host: str, port: int, *, as_json: bool) -> None:
    """Answer until SIGTERM or SIGINT, then stop cleanly."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows, see above
            loop.add_signal_handler(number, stopped.set)
    try:
        await emulator.start(host, port)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    try:
        where = emulator.url.removeprefix("http://")
        click.echo(json.dumps({"listening": where}) if as_json else f"listening on {where}")  # flushes
        await stopped.wait()
    finally:
        await emulator.stop()
