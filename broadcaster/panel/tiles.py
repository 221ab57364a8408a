"""What does a button show that has a picture on it (Stream Deck, Companion)? One PNG for each thing to know."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from broadcaster.panel.glance import Glance
from broadcaster.panel.guard import answer
from broadcaster.panel.tile_drawing import Look, Tile, draw, printable
from broadcaster.season.plan import Lane
from broadcaster.season.wording import near_or_listed, quoted

USUAL_SIZE, SMALLEST_SIZE, LARGEST_SIZE = 72, 24, 512
TILES_KEPT = 256
State = Mapping[str, Any]


def _program(state: State) -> Tile:
    if state["obs"] != "connected":
        return Tile(look=Look.AMBER, word="OBS", text="away")
    if state["is_live"]:
        return Tile(look=Look.RED, word="ON AIR", text=state["program"] or "")
    return Tile(look=Look.GREY, word="OFF AIR", text=state["program"] or "")


def _next(state: State) -> Tile:
    if state["next"] is None:
        return Tile(look=Look.GREY, word="NEXT", text="nothing")
    return Tile(look=Look.GREEN, word="NEXT", text=state["next_title"] or state["next"], small=state["next_in"] or "")


def _countdown(state: State) -> Tile:
    if state["next_in"]:
        is_late = state["next_in"].startswith("-")
        return Tile(
            look=Look.AMBER if is_late else Look.GREEN, word="LATE" if is_late else "NEXT", text=state["next_in"]
        )
    if state["next"] is not None:
        return Tile(look=Look.AMBER, word="WAITS", text=state["go_waited"] or "GO", small=state["next_title"] or "")
    if state["segment_left"]:
        return Tile(look=Look.PLAIN, word="ENDS", text=state["segment_left"])
    return Tile(look=Look.GREY, word="NEXT", text="–")


def _over(state: State) -> Tile:
    over = state["over_by"] or "00:00"
    if over.startswith("-"):
        return Tile(look=Look.PLAIN, word="UNDER", text=over)
    if over == "00:00":
        return Tile(look=Look.PLAIN, word="ON TIME", text=over)
    return Tile(look=Look.AMBER, word="OVER", text=f"+{over}")


def _live(state: State) -> Tile:
    if state["is_live"]:
        return Tile(
            look=Look.RED, word="LIVE", text=state["segment_left"] or "on air", small=state["segment_title"] or ""
        )
    if state["phase"] in ("done", "missed", "cancelled"):
        return Tile(look=Look.GREY, word="OFF AIR", text=state["phase"])
    if state["phase"] == "closing":
        return Tile(look=Look.GREY, word="OFF AIR", text="closing")
    return Tile(look=Look.GREY, word="OFF AIR", text=state["go_live_in"] or "", small="to live")


def _hold(state: State) -> Tile:
    if state["is_held"]:
        return Tile(look=Look.AMBER, word="HELD", text="all", small=f"over {state['over_by']}")
    if held := state["lanes_held"]:
        return Tile(look=Look.AMBER, word="HELD", text=" ".join(held))
    return Tile(look=Look.PLAIN, word="AUTO", text="all")


def _go(state: State) -> Tile:
    if state["asks"]:
        return Tile(look=Look.AMBER, word="LATE: GO?", text=state["asks_scene"] or "", small=state["asks_in"] or "")
    if state["next"] is None or state["phase"] not in ("standby", "live"):
        return Tile(look=Look.GREY, word="GO", text="–")
    if state["go_waited"]:
        return Tile(look=Look.AMBER, word="GO?", text=state["next_title"] or "", small=state["go_rule_in"] or "")
    return Tile(look=Look.GREEN, word="GO", text=state["next_title"] or "")


def _clock(state: State) -> Tile:
    if not state["show_now"]:
        return Tile(look=Look.GREY, word="CLOCK", text="–")
    city = (state["zone"] or "").rpartition("/")[2].replace("_", " ")
    return Tile(look=Look.PLAIN, word=city, text=f"{datetime.fromisoformat(state['show_now']):%H:%M:%S}")


def _lane(lane: Lane) -> Callable[[State], Tile]:
    def tile(state: State) -> Tile:
        if lane in (state["lanes_held"] or {}):
            until = (state["lanes_until"] or {}).get(lane, "").removeprefix("manual ")
            return Tile(look=Look.AMBER, word="HELD", text=lane, small=until)
        return Tile(look=Look.PLAIN, word="AUTO", text=lane)

    return tile


TILES: Mapping[str, Callable[[State], Tile]] = {
    "program": _program,
    "next": _next,
    "countdown": _countdown,
    "over": _over,
    "live": _live,
    "hold": _hold,
    "go": _go,
    "clock": _clock,
} | {f"lane-{lane}": _lane(lane) for lane in Lane}
"""Id -> what it shows of the flat state."""


class Tiles:
    """Draws tiles in a thread, each content once."""

    def __init__(self, glance: Glance) -> None:
        self._glance = glance
        self._drawn: OrderedDict[str, bytes] = OrderedDict()
        self._pen = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [web.get("/api/v1/tile/{name}.png", self._tile)]

    async def _tile(self, request: web.Request) -> web.StreamResponse:
        name, typed = request.match_info["name"], request.query.get("size", str(USUAL_SIZE))
        if name not in TILES:
            hint = near_or_listed(name, TILES, what="tiles")
            return answer({"error": f"there is no tile {quoted(name)}" + (f"; {hint}" if hint else "")}, status=404)
        is_number = typed.isascii() and typed.isdecimal() and len(typed) <= 4
        if not is_number or not SMALLEST_SIZE <= int(typed) <= LARGEST_SIZE:
            said = f"'size' is a whole number of pixels, {SMALLEST_SIZE} to {LARGEST_SIZE}, not {quoted(typed)}"
            return answer({"error": said}, status=400)
        tile = shown(name, self._glance.document())
        tag = hashlib.sha256(f"{tile!r} {int(typed)}".encode(errors="replace")).hexdigest()[:24]
        headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
        asked = request.if_none_match or ()
        if any(each.value in (tag, "*") for each in asked):
            return web.Response(status=304, headers=headers)
        return web.Response(body=await self._png(tag, tile, int(typed)), content_type="image/png", headers=headers)

    async def _png(self, tag: str, tile: Tile, size: int) -> bytes:
        async with self._pen:  # one at a time: a wall of buttons leaves the other core to the show
            if (drawn := self._drawn.get(tag)) is None:
                drawn = await asyncio.to_thread(draw, tile, size)
                self._drawn[tag] = drawn
                if len(self._drawn) > TILES_KEPT:
                    self._drawn.popitem(last=False)
            else:
                self._drawn.move_to_end(tag)
        return drawn


def shown(name: str, state: State) -> Tile:
    """The tile of that id, its texts short and printable; `state` is the desk's view."""
    tile = TILES[name](state)
    is_rehearsal = bool((state["about"] or {}).get("rehearsal"))
    return Tile(
        look=tile.look,
        word=printable(tile.word),
        text=printable(tile.text),
        small=printable(tile.small),
        is_rehearsal=is_rehearsal,
    )
