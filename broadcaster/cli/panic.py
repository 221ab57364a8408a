"""How does the fallback scene get on air at once, whatever is wrong: the plan, the service, or its disk?"""

import asyncio
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from broadcaster.cli.options import print_json
from broadcaster.cli.remote import remote, service_of
from broadcaster.cli.service import SENTENCE
from broadcaster.season.errors import BroadcastError, FarEndError, SeasonError, Unavailable
from broadcaster.season.wording import shown

PATIENCE = 3.0
"""Seconds that the service, and then OBS, have to answer: somebody is watching the wrong picture."""


@click.command()
@click.argument("season", type=click.Path(path_type=Path), required=False)
@click.option("--scene", help="This scene.  [default: the season's fallback scene]")
@click.option("--direct", is_flag=True, help="Ask no service: straight to OBS.")
@remote
def panic(
    season: Path | None,
    scene: str | None,
    direct: bool,
    show: str | None,
    url: str | None,
    config_path: Path | None,
    as_json: bool,
) -> None:
    """Put the fallback scene on program at once; it stays until `resume` or `take`.

    When no service answers it goes straight to OBS, with --scene or the scene that the SEASON file names.
    """
    if not direct:
        said = {name: value for name, value in (("scene", scene), ("show", show)) if value is not None}
        try:
            reply = replace(service_of(url, config_path), patience=PATIENCE).order("panic", said, key=str(uuid.uuid4()))
        except SeasonError:
            raise
        except BroadcastError as error:
            name = scene or (_fallback_of(season) if season is not None else "")
            if not name:
                hint = "`broadcaster panic --direct --scene NAME` goes straight to OBS"
                raise type(error)(f"{error}; {hint}") from error
            click.echo(f"warning: {error}; straight to OBS", err=True)
            scene = name
        else:
            _say(reply, f"panic: accepted (revision {reply['revision']})\n{shown(reply['state'], SENTENCE)}", as_json)
            return
    if not (scene := scene or (_fallback_of(season) if season is not None else "")):
        raise click.UsageError("name the scene with --scene, or the season file that names it")
    asyncio.run(_cut(scene, config_path))
    _say({"ok": True, "scene": scene, "direct": True}, f"on air: {shown(scene)} (straight to OBS)", as_json)


def _fallback_of(season: Path) -> str:
    """The fallback scene that the file names, whatever else is wrong in it. Raises BroadcastError."""
    import tomllib

    try:
        scene = tomllib.loads(season.read_text("utf-8-sig"))["scenes"]["fallback"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BroadcastError(f"{season} does not say the fallback scene ({error}): name it with --scene") from error
    if not isinstance(scene, str) or not scene:
        raise BroadcastError(f"{season} does not say the fallback scene: name it with --scene")
    return scene


async def _cut(scene: str, config_path: Path | None) -> None:
    """Take the scene in the OBS of the settings. Raises FarEndError."""
    from broadcaster.adapters.clock import WallClock
    from broadcaster.adapters.obs import OBSStudio
    from broadcaster.cli.config import load_config
    from broadcaster.ports import Secret

    obs = load_config(config_path).obs
    password = obs.password.reveal() if obs.password else Secret("")
    studio = OBSStudio(name="main", host=obs.host, port=obs.port, password=password, clock=WallClock())
    changed = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(studio.run(changed.set), name="studio")
        try:
            async with asyncio.timeout(PATIENCE):
                while studio.seen is None:
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            failure: FarEndError | None = Unavailable(studio.trouble or f"OBS at {obs.host}:{obs.port} does not answer")
        else:
            failure = None
            try:
                await studio.take(scene)
            except FarEndError as error:
                failure = error
        running.cancel()
    if failure is not None:
        raise failure


def _say(reply: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        print_json(reply)
    else:
        click.echo(text)
