"""What does an OBS remember: scenes, inputs, transitions, outputs?"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from broadcaster.emulators.obs.codes import RequestRefused, Status
from broadcaster.emulators.obs.fields import Fields

TRANSITIONS = {"Cut": "cut_transition", "Fade": "fade_transition"}


@dataclass
class Source:
    """Anything that has a name of its own: a scene or an input."""

    name: str
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Item:
    """One appearance of an input in a scene."""

    id: int
    source: "Input"
    enabled: bool = True


@dataclass
class Scene(Source):
    """A scene and what is in it, bottom first."""

    items: list[Item] = field(default_factory=list)
    items_made: int = 0

    def add(self, source: "Input", *, enabled: bool = True) -> Item:
        """Put an input on top; ids are never used twice."""
        self.items_made += 1
        item = Item(self.items_made, source, enabled)
        self.items.append(item)
        return item


@dataclass
class Input(Source):
    """A source with settings and sound."""

    kind: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    muted: bool = False
    volume_db: float = 0.0


@dataclass
class Take:
    """A scene that went on program."""

    at: datetime
    scene: str
    changed: datetime | None = None


class ObsState:
    """Everything but the outputs."""

    def __init__(self, scenes: tuple[str, ...], *, fade_ms: int) -> None:
        if not scenes or any(not name for name in scenes) or len(set(scenes)) != len(scenes):
            raise ValueError("an OBS needs at least one scene, each with a name of its own")
        self.scenes = [Scene(name) for name in scenes]
        self.inputs: list[Input] = []
        self.program = self.scenes[0]
        self.saved = self.scenes[0]
        self.preview: Scene | None = None
        self.transition = "Fade" if fade_ms else "Cut"
        self.fade_ms = fade_ms or 300
        self.service_type = "rtmp_common"
        self.service: dict[str, Any] = {"service": "Twitch", "server": "auto"}
        self.takes: list[Take] = []

    def scene(self, fields: Fields, prefix: str = "scene") -> Scene:
        """The scene that a request names."""
        found = self.source(fields, prefix)
        if not isinstance(found, Scene):
            raise RequestRefused(Status.RESOURCE_TYPE, "The specified source is not a scene.")
        return found

    def input(self, fields: Fields) -> Input:
        """The input that a request names."""
        found = self.source(fields, "input")
        if not isinstance(found, Input):
            raise RequestRefused(Status.RESOURCE_TYPE, "The specified source is not an input.")
        return found

    def item(self, fields: Fields) -> tuple[Scene, Item]:
        """The scene and the item in it that a request names."""
        scene = self.scene(fields)
        wanted = int(fields.number("sceneItemId", 0))
        for item in scene.items:
            if item.id == wanted:
                return scene, item
        raise RequestRefused(
            Status.NOT_FOUND, f"No scene items were found in scene `{scene.name}` with the ID `{wanted}`."
        )

    def source(self, fields: Fields, prefix: str) -> Scene | Input:
        """The scene or input that `<prefix>Uuid` or `<prefix>Name` names."""
        key = fields.one_of(f"{prefix}Name", f"{prefix}Uuid")
        value = fields.text(key)
        known: list[Scene | Input] = [*self.scenes, *self.inputs]
        for source in known:
            if value == (source.name if key.endswith("Name") else source.uuid):
                return source
        by = "name" if key.endswith("Name") else "UUID"
        raise RequestRefused(Status.NOT_FOUND, f"No source was found by the {by} of `{value}`.")

    def refuse_taken(self, name: str, comment: str) -> None:
        """Raise when a source of that name exists."""
        if any(source.name == name for source in (*self.scenes, *self.inputs)):
            raise RequestRefused(Status.EXISTS, comment)
