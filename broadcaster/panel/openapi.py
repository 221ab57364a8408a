"""What can a program ask of the API, and what does it get? As OpenAPI 3.1, made from the same table as the handlers."""

from typing import Any

from broadcaster.panel.orders import FIELDS, MOST_LETTERS, PREVIEWED, SEASON_FIELDS, SHAPES, Shape
from broadcaster.season.plan import Lane
from broadcaster.show.commands import Word
from broadcaster.show.expected import Standing
from broadcaster.show.phases import Phase

VERSION = "1.0.0"
Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_INSTANT_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_COUNT_OR_NULL: Schema = {"type": ["integer", "null"], "minimum": 0}
_TRUTH: Schema = {"type": "boolean"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_SPAN: Schema = {"type": "string", "description": "As a clock shows it: 04:12, 1:04:12, -00:30."}
_SPAN_OR_NULL: Schema = {"type": ["string", "null"], "description": "As a clock shows it: 04:12, 1:04:12, -00:30."}
_PHASE: Schema = {"type": "string", "enum": list(Phase)}

_SHOW_LINE: dict[str, Schema] = {
    "id": _TEXT,
    "title": _TEXT,
    "phase": _PHASE,
    "planned_live": _INSTANT,
    "planned_live_local": _INSTANT,
    "actual_live": _INSTANT_OR_NULL,
}

STATE: dict[str, Schema] = {
    "season": _TEXT,
    "season_title": _TEXT,
    "now": _INSTANT,
    "revision": _COUNT | {"description": "What an order may name as seen."},
    "seq": _COUNT | {"description": "The number of the last record in the journal."},
    "shows": {
        "type": "array",
        "items": {"type": "object", "required": list(_SHOW_LINE), "properties": _SHOW_LINE},
    },
    "show": _TEXT | {"description": "The show on stage, else the next one; the rest tells of it."},
    "show_title": _TEXT,
    "show_now": _INSTANT | {"description": "Now, on the show's own clock."},
    "zone": _TEXT,
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
    "delayed_by": _TEXT | {"description": "How far go-live was moved: +12m, -3m, 0s."},
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
        "additionalProperties": _TEXT,
    },
    "lanes_until": {
        "type": "object",
        "description": "Lane -> until when it is manual, as a text: manual until the next cue, until 21:05:00, ...",
        "propertyNames": {"enum": list(Lane)},
        "additionalProperties": _TEXT,
    },
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
    "in_a_line": _TEXT,
    "about": {"type": "object", "description": "Of this run: version, rehearsal or not, machine."},
}

_REPLY: dict[str, Schema] = {
    "ok": {"const": True},
    "revision": _COUNT,
    "state": _TEXT | {"description": "`in_a_line` of the state after the order."},
    "show": _TEXT,
    "phase": _PHASE,
    "alerts": _TEXTS,
}
_MOVED: dict[str, Schema] = {
    "id": _TEXT,
    "title": _TEXT,
    "is_wall": _TRUTH,
    "standing": {"type": "string", "enum": list(Standing)},
    "start_before": _INSTANT,
    "end_before": _INSTANT,
    "start": _INSTANT,
    "end": _INSTANT,
    "start_local": _TEXT,
    "end_local": _TEXT,
    "moves_by": _TEXT | {"description": "+12m, -45s, 0s."},
    "must_end": _INSTANT_OR_NULL | {"description": "When the next wall, or the planned end, wants it to end."},
}
_RIPPLE: dict[str, Schema] = {
    "show": _TEXT,
    "in_a_line": _TEXT,
    "live_before": _INSTANT,
    "live": _INSTANT,
    "end_before": _INSTANT,
    "end": _INSTANT,
    "end_local": _TEXT,
    "planned_end": _INSTANT,
    "over_by": _TEXT,
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
    "show": _TEXT,
    "kind": {"type": "string", "enum": ["show", "segment", "cue"]},
    "id": _TEXT,
    "what": {"type": "string", "enum": ["added", "removed", "moved", "changed", "kept"]},
    "text": _TEXT,
}
_PROBLEM: dict[str, Schema] = {
    "line": _COUNT_OR_NULL,
    "column": _COUNT_OR_NULL,
    "severity": _TEXT,
    "message": _TEXT,
    "hint": _TEXT,
}
_READY: dict[str, Schema] = {"ok": _TRUTH, "reasons": _TEXTS, "last_turn": _INSTANT_OR_NULL}
_HEALTH: dict[str, Schema] = {"ok": {"const": True}, "now": _INSTANT}
_ERROR: dict[str, Schema] = {
    "error": _TEXT | {"description": "A sentence for the one who asked, with the remedy."},
    "revision": _COUNT | {"description": "Where the show is now, when the order was stale."},
    "file": _TEXT | {"description": "Whose problems these are."},
    "problems": {
        "type": "array",
        "items": {"type": "object", "properties": _PROBLEM},
        "description": "Of a season that cannot be used, every problem with its place.",
    },
}


def describe() -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, Any] = {
        "/healthz": {"get": _open("Whether the service answers.", "isHealthy", {"200": _json("It does.", "Health")})},
        "/readyz": {
            "get": _open(
                "Whether the service takes orders.",
                "isReady",
                {"200": _json("It does.", "Ready"), "503": _json("Not yet, with the reasons.", "Ready")},
            )
        },
        "/api/openapi.json": {
            "get": _open(
                "This document.",
                "describe",
                {"200": {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {}}}}},
            )
        },
        "/api/v1/state": {
            "get": {
                "operationId": "state",
                "summary": "The state of the season around its current show, flat; cheap, also at 4 Hz.",
                "responses": {"200": _json("The state.", "State"), "401": _error("No token, or a wrong one.")},
            }
        },
    }
    paths |= {f"/api/v1/{word}": {"post": _ordering(word, shape)} for word, shape in SHAPES.items()}
    paths["/api/v1/season"] = {"post": _season()}
    for path in paths.values():
        for operation in path.values():
            operation["responses"] |= {
                "403": _error("A web page of another site sent it."),
                "421": _error("Asked under a name that is not this machine's."),
            }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Broadcaster",
            "version": VERSION,
            "description": "A running season of live shows: its state, and the orders of its operators.",
        },
        "paths": paths,
        "security": [{"token": []}],
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "State": _object(STATE),
                "Reply": _object(_REPLY),
                "Previewed": _object(_REPLY | {"preview": {"const": True}, "ripple": _object(_RIPPLE)}),
                "Edited": _object(
                    _REPLY | {"preview": _TRUTH, "changes": {"type": "array", "items": _object(_CHANGE)}}
                ),
                "Ready": _object(_READY),
                "Health": _object(_HEALTH),
                "Error": _object(_ERROR, required=["error"]),
            },
        },
    }


_HEADERS: list[Schema] = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A new one for each order; sent again with the same key, it is carried out once.",
        "schema": {"type": "string", "minLength": 1, "maxLength": MOST_LETTERS},
    },
    {
        "name": "X-Broadcaster-Who",
        "in": "header",
        "description": "Who gives the order, for the record; 'api' if not said.",
        "schema": _TEXT,
    },
]


def _season() -> dict[str, Any]:
    body = _object({name: _field(name, is_needed=False) for name in SEASON_FIELDS}, required=[])
    return {
        "operationId": "season",
        "summary": "Check a new version of the season, compare it with what runs, and run it from now on.",
        "description": "All of it is applied, or nothing. What is past stays, and so does the segment on air.",
        "parameters": _HEADERS,
        "requestBody": {
            "required": False,
            "content": {"application/json": {"schema": body | {"additionalProperties": False}}},
        },
        "responses": {
            "200": _json("What changes, or would.", "Edited"),
            "400": _error("The season has problems, or the request is written wrongly."),
            "401": _error("No token, or a wrong one."),
            "409": _error("It cannot be applied to what runs, or the show has moved on (with its revision)."),
            "413": _error("The body is larger than 4 MiB."),
            "503": _error("The service is just starting, or the journal cannot be written; nothing was done."),
        },
    }


def _accepted(word: Word) -> Schema:
    said = _json("Written down, now or at an earlier time with the same key.", "Reply")
    if word in PREVIEWED:
        schemas = [{"$ref": f"#/components/schemas/{name}"} for name in ("Reply", "Previewed")]
        said["content"] = {"application/json": {"schema": {"oneOf": schemas}}}
    return said


def _ordering(word: Word, shape: Shape) -> dict[str, Any]:
    properties = {name: _field(name, is_needed=name in shape.required) for name in shape.known}
    body = _object(properties, required=list(shape.required)) | {"additionalProperties": False}
    return {
        "operationId": str(word),
        "summary": shape.about,
        "description": "The answer means that the order is written down; the state tells when the far end followed.",
        "parameters": _HEADERS,
        "requestBody": {"required": bool(shape.required), "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": _accepted(word),
            "400": _error("The request is written wrongly."),
            "401": _error("No token, or a wrong one."),
            "404": _error("The season has no such show."),
            "409": _error("Not now: it makes no sense at this moment, or the show has moved on (with its revision)."),
            "413": _error("The body is larger than 64 KiB."),
            "422": _error("The key was used for another order."),
            "503": _error("The service is just starting, or the journal cannot be written; nothing was done."),
        },
    }


def _field(name: str, *, is_needed: bool) -> Schema:
    field = FIELDS[name]
    kind: Schema = {"type": "integer", "minimum": 0} if field.is_number else dict(_TEXT)
    if field.is_truth:
        kind = {"type": "boolean"}
    if field.choices:
        kind["enum"] = list(field.choices)
    elif not (field.is_number or field.is_truth or field.is_long):
        kind |= {"minLength": 1, "maxLength": MOST_LETTERS}
    if not is_needed:
        kind = {"anyOf": [kind, {"type": "null"}]}
    return kind | {"description": field.about}


def _open(summary: str, operation: str, responses: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": operation, "summary": summary, "security": [], "responses": responses}


def _object(properties: dict[str, Schema], *, required: list[str] | None = None) -> Schema:
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties} | ({"required": names} if names else {})


def _json(description: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def _error(description: str) -> dict[str, Any]:
    return _json(description, "Error")
