"""What do the API's answers hold? JSON Schemas, put together to one document by openapi.py."""

from typing import Any

from broadcaster.panel.orders import FIELDS
from broadcaster.season.plan import Lane, Trigger
from broadcaster.show.expected import Standing
from broadcaster.show.phases import Phase
from broadcaster.show.post_standing import PostStanding

Schema = dict[str, Any]

WRITABLE = r"^[^\u0000-\u001f]*[^\s\u0000-\u001f][^\u0000-\u001f]*$"
"""Something to read, and nothing that steers."""
WRITABLE_LINES = r"^[^\u0000-\u0008\u000b-\u001f]*[^\s\u0000-\u001f][^\u0000-\u0008\u000b-\u001f]*$"
"""The same, on as many lines as it takes."""
TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_INSTANT_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_COUNT_OR_NULL: Schema = {"type": ["integer", "null"], "minimum": 0}
_TRUTH: Schema = {"type": "boolean"}
_TEXTS: Schema = {"type": "array", "items": TEXT}
_SPAN: Schema = {"type": "string", "description": "As a clock shows it: 04:12, 1:04:12, -00:30."}
_SPAN_OR_NULL: Schema = {"type": ["string", "null"], "description": "As a clock shows it: 04:12, 1:04:12, -00:30."}
_PHASE: Schema = {"type": "string", "enum": list(Phase)}

_SHOW_LINE: dict[str, Schema] = {
    "id": TEXT,
    "title": TEXT,
    "phase": _PHASE,
    "planned_live": _INSTANT,
    "planned_live_local": _INSTANT,
    "actual_live": _INSTANT_OR_NULL,
}

STATE: dict[str, Schema] = {
    "season": TEXT,
    "season_title": TEXT,
    "now": _INSTANT,
    "revision": _COUNT | {"description": "What an order may name as seen."},
    "seq": _COUNT | {"description": "The number of the last record in the journal."},
    "shows": {
        "type": "array",
        "items": {"type": "object", "required": list(_SHOW_LINE), "properties": _SHOW_LINE},
    },
    "show": TEXT | {"description": "The show on stage, else the next one; the rest tells of it."},
    "show_title": TEXT,
    "show_now": _INSTANT | {"description": "Now, on the show's own clock."},
    "zone": TEXT,
    "phase": _PHASE,
    "go_live": _INSTANT,
    "go_live_in": _SPAN,
    "is_live": _TRUTH,
    "program": _TEXT_OR_NULL | {"description": "The scene that OBS reports on program; null while OBS is away."},
    "segment": _TEXT_OR_NULL,
    "segment_title": _TEXT_OR_NULL,
    "segment_since": _INSTANT_OR_NULL,
    "segment_left": _SPAN_OR_NULL,
    "next": _TEXT_OR_NULL,
    "next_title": _TEXT_OR_NULL,
    "next_at": _INSTANT_OR_NULL,
    "next_in": _SPAN_OR_NULL,
    "next_waits": _TEXT_OR_NULL | {"description": "What the next segment waits for, when it has no time."},
    "over_by": _SPAN | {"description": "How late the show will end; negative when early."},
    "expected_end": _INSTANT,
    "planned_live": _INSTANT,
    "expected_live": _INSTANT | {"description": "When it went live, else when it is expected to."},
    "delayed_by": TEXT | {"description": "How far go-live was moved: +12m, -3m, 0s."},
    "planned_end": _INSTANT,
    "wall": _TEXT_OR_NULL | {"description": "The next segment whose start does not move."},
    "wall_at": _INSTANT_OR_NULL,
    "wall_in": _SPAN_OR_NULL,
    "wall_over_by": _SPAN_OR_NULL | {"description": "By how much the wall is overrun; negative: time to spare."},
    "segment_must_end": _INSTANT_OR_NULL
    | {"description": "When the segment on air has to end for the next wall, or the planned end, to be kept."},
    "segment_must_end_in": _SPAN_OR_NULL,
    "conflicts": _TEXTS | {"description": "What a wall cuts, drops, shortens or pushes, and by how much."},
    "go_waited": _SPAN_OR_NULL | {"description": "How long the next segment has waited for GO."},
    "go_rule": _TEXT_OR_NULL | {"description": "What is done without GO: fire, skip, ask or fallback."},
    "go_rule_in": _SPAN_OR_NULL | {"description": "How long until that."},
    "asks": _TEXT_OR_NULL | {"description": "The segment whose take came too late and waits for `go` or `take`."},
    "asks_scene": _TEXT_OR_NULL,
    "asks_until": _INSTANT_OR_NULL | {"description": "When the next cue comes in any case."},
    "asks_in": _SPAN_OR_NULL,
    "is_held": _TRUTH,
    "lanes_held": {
        "type": "object",
        "description": "Lane -> by whom and why.",
        "propertyNames": {"enum": list(Lane)},
        "additionalProperties": TEXT,
    },
    "lanes_until": {
        "type": "object",
        "description": "Lane -> until when it is manual, as a text: manual until the next cue, until 21:05:00, ...",
        "propertyNames": {"enum": list(Lane)},
        "additionalProperties": TEXT,
    },
    "graphics": _TEXT_OR_NULL | {"description": "The title of the lower third over the picture."},
    "graphics_subtitle": _TEXT_OR_NULL,
    "graphics_pages": _COUNT_OR_NULL
    | {"description": "How many lower-third pages are open; null: nothing here can show any."},
    "override": _TEXT_OR_NULL | {"description": "The scene that an operator took."},
    "is_panic": _TRUTH | {"description": "The override stays until `resume` or `take`."},
    "obs": {"type": "string", "enum": ["connected", "away"]},
    "is_streaming": _TRUTH,
    "is_reconnecting": _TRUTH,
    "youtube": {"type": "string", "enum": ["connected", "away", "none"]},
    "broadcast": _TEXT_OR_NULL,
    "link": _TEXT_OR_NULL,
    "lifecycle": _TEXT_OR_NULL | {"description": "The broadcast's state, in YouTube's words."},
    "is_receiving": _TRUTH,
    "health": _TEXT_OR_NULL | {"description": "The video's health, in YouTube's words."},
    "posts_sent": _COUNT,
    "posts_planned": _COUNT,
    "quota_spent": _COUNT_OR_NULL | {"description": "Units of YouTube's quota used today, as far as we know."},
    "quota_left": _COUNT_OR_NULL,
    "quota_kept": _COUNT_OR_NULL | {"description": "Of those left, what today's shows need, and the reserve."},
    "quota_resets_at": _INSTANT_OR_NULL | {"description": "When the next quota day begins: midnight Pacific."},
    "quota_resets_local": _INSTANT_OR_NULL,
    "journal_trouble": _TEXT_OR_NULL | {"description": "Why nothing can be written down now, and so nothing is begun."},
    "alerts": _TEXTS | {"description": "What is wrong or waits for somebody, each with its remedy."},
    "alerts_by_end": {
        "type": "object",
        "description": "How many of them are about which far end; `show`: about the rundown and its lanes.",
        "additionalProperties": _COUNT,
    },
    "in_a_line": TEXT,
    "about": {"type": "object", "description": "Of this run: version, rehearsal or not, machine."},
}

_REPLY: dict[str, Schema] = {
    "ok": {"const": True},
    "revision": _COUNT,
    "state": TEXT | {"description": "`in_a_line` of the state after the order."},
    "show": TEXT,
    "phase": _PHASE,
    "alerts": _TEXTS,
}
_MOVED: dict[str, Schema] = {
    "id": TEXT,
    "title": TEXT,
    "is_wall": _TRUTH,
    "standing": {"type": "string", "enum": list(Standing)},
    "start_before": _INSTANT,
    "end_before": _INSTANT,
    "start": _INSTANT,
    "end": _INSTANT,
    "start_local": TEXT,
    "end_local": TEXT,
    "moves_by": TEXT | {"description": "+12m, -45s, 0s."},
    "must_end": _INSTANT_OR_NULL | {"description": "When the next wall, or the planned end, wants it to end."},
}
SAID: Schema = {
    "type": "object",
    "description": "A sentence for other languages: its English, its template, and the values in it.",
    "properties": {"text": TEXT, "said": TEXT, "with": {"type": "object"}},
    "required": ["text", "said"],
}
_RIPPLE: dict[str, Schema] = {
    "said": {"type": "object", "description": "The lists of sentences below, each sentence as it was said; see Said."},
    "show": TEXT,
    "in_a_line": TEXT,
    "live_before": _INSTANT,
    "live": _INSTANT,
    "end_before": _INSTANT,
    "end": _INSTANT,
    "end_local": TEXT,
    "planned_end": _INSTANT,
    "over_by": TEXT,
    "segments": {
        "type": "array",
        "items": {"type": "object", "required": list(_MOVED), "properties": _MOVED},
    },
    "moving": _TEXTS | {"description": "The segments that begin at another time."},
    "walls": _TEXTS | {"description": "The walls that stay."},
    "conflicts": _TEXTS | {"description": "What a wall cuts, drops, shortens or pushes, and by how much."},
    "youtube": _TEXTS | {"description": "What changes on YouTube."},
    "posts": _TEXTS | {"description": "Posts not sent yet that move, or that will tell the new time."},
    "corrections": _TEXTS | {"description": "Posts that are out with the old time."},
    "tell": _TEXTS | {"description": "Whom to tell: guests, and who drives a destination by hand."},
}
_CHANGE: dict[str, Schema] = {
    "show": TEXT,
    "kind": {"type": "string", "enum": ["show", "segment", "cue"]},
    "id": TEXT,
    "what": {"type": "string", "enum": ["added", "removed", "moved", "changed", "kept"]},
    "text": TEXT,
}
_PROBLEM: dict[str, Schema] = {
    "line": _COUNT_OR_NULL,
    "column": _COUNT_OR_NULL,
    "severity": TEXT,
    "message": TEXT,
    "hint": TEXT,
}
_CORRECTION: dict[str, Schema] = {
    "at": _INSTANT,
    "how": {
        "type": "string",
        "enum": ["edit", "follow"],
        "description": "`follow`: another post, where none is edited.",
    },
    "text": TEXT,
    "before": TEXT,
}
POST: dict[str, Schema] = {
    "id": TEXT | {"description": "What an order names."},
    "name": TEXT | {"description": "The id within its show: announcement/channel/audience."},
    "show": TEXT,
    "announcement": TEXT,
    "channel": TEXT,
    "audience": TEXT | {"description": "Empty: the readers of the language."},
    "city": TEXT,
    "language": TEXT,
    "segment": TEXT | {"description": "The one whose start it tells of."},
    "trigger": {"type": "string", "enum": list(Trigger), "description": "What makes it due, at `at` or after."},
    "standing": {
        "type": "string",
        "enum": list(PostStanding),
        "description": "`only_if`: it goes out if its show is delayed or cancelled, see `trigger`; `will_skip`: it is "
        "known by now that it will not go out, see `why`.",
    },
    "asks": {
        "type": "string",
        "enum": ["", "lost", "late"],
        "description": "What waits for somebody: `lost`, whether it is out (`sent` or `again`); `late`, whether it is "
        "still to go out (`send` or `skip`).",
    },
    "at": _INSTANT | {"description": "As it is expected now."},
    "local": _INSTANT | {"description": "The same on its audience's clock."},
    "zone": TEXT,
    "wanted_at": _INSTANT_OR_NULL | {"description": "Its instant but for quiet hours, where these move it."},
    "picture": TEXT | {"description": "`card`, one that is made for it, or a file; empty: none."},
    "text": TEXT | {"description": "As it was said, or would be now."},
    "title": TEXT,
    "example_delay": TEXT | {"description": "Such as `1h25m`: `text` tells of a delay, and is an example of so long."},
    "is_edited": _TRUTH | {"description": "Somebody wrote other words than the season's."},
    "held_by": TEXT,
    "sent_by": TEXT,
    "skipped_by": TEXT,
    "resolved_by": TEXT | {"description": "Who said what became of it after its answer was lost."},
    "post": TEXT | {"description": "The channel's own id of it."},
    "posted_at": _INSTANT_OR_NULL | {"description": "Null as long as one that its channel was handed is to come out."},
    "ended_at": _INSTANT_OR_NULL | {"description": "When it went out, was left out or failed; `send` opens it again."},
    "why": TEXT | {"description": "Why it was left out, will be, or failed."},
    "said": {"description": "`why` for other languages, see Said; plain text where it is somebody's own words."},
    "corrections": {
        "type": "array",
        "items": {"type": "object", "properties": _CORRECTION},
        "description": "What was said later, and before that; `edit`, or `follow`: by another post that follows.",
    },
    "length": _COUNT | {"description": "Of the text, as the channel counts."},
    "most": _COUNT | {"description": "What the channel takes; 0: not known."},
    "has_title": _TRUTH,
    "edits": _TRUTH | {"description": "The channel can change what is out."},
}
_READY: dict[str, Schema] = {"ok": _TRUTH, "reasons": _TEXTS, "last_turn": _INSTANT_OR_NULL}
_HEALTH: dict[str, Schema] = {"ok": {"const": True}, "now": _INSTANT}
_ERROR: dict[str, Schema] = {
    "error": TEXT | {"description": "A sentence for the one who asked, with the remedy."},
    "said": SAID,
    "revision": _COUNT | {"description": "Where the show is now, when the order was stale."},
    "file": TEXT | {"description": "Whose problems these are."},
    "problems": {
        "type": "array",
        "items": {"type": "object", "properties": _PROBLEM},
        "description": "Of a season that cannot be used, every problem with its place.",
    },
}


def field_schema(name: str, *, is_needed: bool) -> Schema:
    """What an order's field may hold; null too, where it may be left out."""
    field = FIELDS[name]
    kind: Schema = {"type": "integer", "minimum": 0} if field.is_number else dict(TEXT)
    if field.is_truth:
        kind = {"type": "boolean"}
    if field.choices:
        kind["enum"] = list(field.choices)
    elif not (field.is_number or field.is_truth or field.is_long):
        pattern = WRITABLE_LINES if field.has_lines else WRITABLE
        kind |= {"minLength": 1, "maxLength": field.most, "pattern": pattern}
    if not is_needed:
        kind = {"anyOf": [kind, {"type": "null"}]}
    return kind | {"description": field.about}


def object_schema(properties: dict[str, Schema], *, required: list[str] | None = None) -> Schema:
    """An object that has these properties, all of them unless `required` names fewer."""
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties} | ({"required": names} if names else {})


SCHEMAS: dict[str, Schema] = {
    "State": object_schema(STATE),
    "Reply": object_schema(_REPLY),
    "Previewed": object_schema(_REPLY | {"preview": {"const": True}, "ripple": object_schema(_RIPPLE)}),
    "Weighed": object_schema(
        {"ok": {"const": True}, "preview": {"const": True}, "revision": _COUNT}
        | {name: POST[name] for name in ("length", "most")}
        | {"excess": TEXT | {"description": "Why the channel would not take it; empty: it does."}}
        | {"said": {"description": "`excess` for other languages, see Said."}}
    ),
    "LeavingOut": object_schema(
        {"ok": {"const": True}, "preview": {"const": True}, "revision": _COUNT}
        | {"posts": _TEXTS | {"description": "The ids of those that `cancel` would leave out."}}
    ),
    "ScenePreviewed": object_schema({"ok": {"const": True}, "scene": TEXT}),
    "Edited": object_schema(
        _REPLY | {"preview": _TRUTH, "changes": {"type": "array", "items": object_schema(_CHANGE)}}
    ),
    "Posts": object_schema(
        {"revision": _COUNT, "now": _INSTANT, "posts": {"type": "array", "items": object_schema(POST)}}
    ),
    "Ready": object_schema(_READY),
    "Health": object_schema(_HEALTH),
    "Error": object_schema(_ERROR, required=["error"]),
}
