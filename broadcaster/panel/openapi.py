"""What can a program ask of the API, and what does it get? As OpenAPI 3.1, made from the same tables as the handlers.

Pages and their files are not in it: they are for people. See PAGES in roles.py.
"""

from typing import Any

from broadcaster.panel.openapi_schemas import SCHEMAS, TEXT, WRITABLE, Schema, field_schema, object_schema
from broadcaster.panel.openapi_schemas import STATE as STATE
from broadcaster.panel.orders import GET_WORDS, MOST_LETTERS, PREVIEW_FIELDS, PREVIEWED, SEASON_FIELDS, SHAPES, Shape
from broadcaster.panel.tiles import LARGEST_SIZE, SMALLEST_SIZE, TILES, USUAL_SIZE
from broadcaster.show.orders import Word

VERSION = "1.1.0"


def describe(*, has_get_orders: bool = False) -> dict[str, Any]:
    """The whole document; GET for orders is in it where this service takes it."""
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
                "responses": {"200": _json("The state.", "State")},
            }
        },
        "/api/v1/posts": {"get": _posts()},
        "/api/v1/live": {"get": _live()},
        "/api/v1/tile/{name}.png": {"get": _tile()},
        "/api/v1/picture/program.jpg": {"get": _picture("programPicture", "What is on program.")},
        "/api/v1/picture/next.jpg": {"get": _picture("nextPicture", "What comes next.")},
        "/api/v1/picture/scene.jpg": {"get": _picture("scenePicture", "What a scene shows.", has_scene=True)},
        "/api/v1/overlay": {"get": _overlay()},
        "/metrics": {"get": _metrics()},
    }
    paths |= {f"/api/v1/{word}": {"post": _ordering(word, shape)} for word, shape in SHAPES.items()}
    if has_get_orders:
        for word in GET_WORDS:
            paths[f"/api/v1/{word}"]["get"] = _ordering_by_get(word, SHAPES[word])
    paths["/api/v1/season"] = {"post": _season()}
    paths["/api/v1/preview"] = {"post": _preview()}
    for path in paths.values():
        for operation in path.values():
            operation["responses"]["421"] = _error("Asked under a name that is not this machine's, without users.")
            if "security" not in operation or operation["security"]:
                operation["responses"] |= {
                    "401": _error("Nobody is signed in, and there is no token, or a wrong one."),
                    "403": _error("The role or the token is not enough, or a web page of another site sent it."),
                }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Broadcaster",
            "version": VERSION,
            "description": "A running season of live shows: its state, and the orders of its operators.",
        },
        "paths": paths,
        "security": [{"token": []}, {"session": []}],
        "components": {
            "securitySchemes": _SECURITY,
            "schemas": SCHEMAS,
        },
    }


_SECURITY: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The service's own token, or one of `broadcaster token add`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "broadcaster_8787",
        "description": "A browser that is signed in; the name ends with the port. What changes something must come "
        "from the panel's own pages (Origin, Sec-Fetch-Site).",
    },
    "in_address": {
        "type": "apiKey",
        "in": "query",
        "name": "token",
        "description": "For orders by GET, where they are allowed: a token that is limited to their words.",
    },
}
_HEADERS: list[Schema] = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A new one for each order; sent again with the same key, it is carried out once.",
        "schema": {"type": "string", "minLength": 1, "maxLength": MOST_LETTERS, "pattern": WRITABLE},
    },
    {
        "name": "X-Broadcaster-Who",
        "in": "header",
        "description": "Who gives the order, for the record; 'api' if not said.",
        "schema": TEXT,
    },
]


def _live() -> dict[str, Any]:
    view = {"type": "string", "enum": ["desk", "stage"], "default": "desk"}
    return {
        "operationId": "live",
        "summary": "A WebSocket: the whole document, then what changes in it (JSON Merge Patch); docs/api.md.",
        "parameters": [{"name": "view", "in": "query", "schema": view}],
        "responses": {
            "101": {"description": "Connected."},
            "400": _error("There is no such view."),
            "426": _error("It is a WebSocket."),
            "429": _error("Too many screens of one address."),
            "503": _error("Too many screens."),
        },
    }


def _posts() -> dict[str, Any]:
    about = "Of this show alone."
    return {
        "operationId": "posts",
        "summary": "Every post of the season: when, where, to whom, how it stands, and what it says or would say now.",
        "parameters": [{"name": "show", "in": "query", "description": about, "schema": TEXT}],
        "responses": {
            "200": _json("The posts, in order of their instants.", "Posts"),
            "404": _error("The season has no such show."),
        },
    }


def _overlay() -> dict[str, Any]:
    return {
        "operationId": "overlay",
        "summary": "A WebSocket for pages that show lower thirds in OBS: what to show, and that it is shown.",
        "responses": {
            "101": {"description": "Connected."},
            "426": _error("It is a WebSocket."),
            "503": _error("Too many pages."),
        },
    }


def _picture(operation: str, summary: str, *, has_scene: bool = False) -> dict[str, Any]:
    after = {"type": "integer", "minimum": 0, "maximum": 10**15 - 1}
    about = "The number of the last picture, from X-Picture: answers when there is a newer one, within 10 s."
    parameters: list[Schema] = [{"name": "after", "in": "query", "description": about, "schema": after}]
    if has_scene:
        parameters.append({"name": "scene", "in": "query", "required": True, "schema": TEXT})
    headers = {"X-Picture": {"schema": TEXT}, "X-Taken-At": {"schema": {"type": "string", "format": "date-time"}}}
    picture = {"image/jpeg": {"schema": {"type": "string", "contentMediaType": "image/jpeg"}}}
    return {
        "operationId": operation,
        "summary": f"{summary} A JPEG, taken while somebody asks, at most one a second.",
        "parameters": parameters,
        "responses": {
            "200": {"description": "The picture.", "headers": headers, "content": picture},
            "304": {"description": "There is none that is newer."},
            "400": _error("The request is written wrongly."),
            "404": _error("There is no such scene, or nothing comes next."),
            "503": _error("OBS is away or gives no picture."),
        },
    }


def _tile() -> dict[str, Any]:
    size = {"type": "integer", "minimum": SMALLEST_SIZE, "maximum": LARGEST_SIZE, "default": USUAL_SIZE}
    tag = {"ETag": {"schema": TEXT, "description": "Of what it shows; ask again with If-None-Match."}}
    picture = {"image/png": {"schema": {"type": "string", "contentMediaType": "image/png"}}}
    return {
        "operationId": "tile",
        "summary": "The picture of a button: a word, a text, and red on air, green next, amber warning, grey off.",
        "parameters": [
            {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "enum": list(TILES)}},
            {"name": "size", "in": "query", "description": "Pixels, wide and high.", "schema": size},
            {"name": "If-None-Match", "in": "header", "schema": TEXT},
        ],
        "responses": {
            "200": {"description": "The picture.", "headers": tag, "content": picture},
            "304": {"description": "It shows the same as before.", "headers": tag},
            "400": _error("The size is no such number."),
            "404": _error("There is no such tile."),
        },
    }


def _metrics() -> dict[str, Any]:
    kinds = ("text/plain", "application/openmetrics-text")
    return {
        "operationId": "metrics",
        "summary": "The state in numbers, for Prometheus.",
        "responses": {
            "200": {"description": "The numbers.", "content": {kind: {"schema": TEXT} for kind in kinds}},
        },
    }


def _season() -> dict[str, Any]:
    body = object_schema({name: field_schema(name, is_needed=False) for name in SEASON_FIELDS}, required=[])
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
            "409": _error("It cannot be applied to what runs, or the show has moved on (with its revision)."),
            "413": _error("The body is larger than 4 MiB."),
            "503": _error("The service is just starting, or the journal cannot be written; nothing was done."),
        },
    }


def _preview() -> dict[str, Any]:
    body = object_schema(
        {name: field_schema(name, is_needed=True) for name in PREVIEW_FIELDS}, required=list(PREVIEW_FIELDS)
    )
    return {
        "operationId": "previewScene",
        "summary": "Put a scene on OBS's preview, where only the crew sees it; in studio mode.",
        "description": "Nothing is written down. The answer means that OBS shows it there.",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body | {"additionalProperties": False}}},
        },
        "responses": {
            "200": _json("It is on preview.", "ScenePreviewed"),
            "400": _error("The request is written wrongly."),
            "404": _error("OBS has no such scene."),
            "409": _error("OBS is not in studio mode."),
            "413": _error("The body is larger than 64 KiB."),
            "503": _error("OBS is away, or did not say that it shows it."),
        },
    }


def _accepted(word: Word) -> Schema:
    said = _json("Written down, now or at an earlier time with the same key.", "Reply")
    if word in PREVIEWED:
        schemas = [
            {"$ref": f"#/components/schemas/{name}"}
            for name in ("Reply", *(("Weighed", "LeavingOut") if word is Word.POST else ("Previewed",)))
        ]
        said["content"] = {"application/json": {"schema": {"oneOf": schemas}}}
    return said


def _ordering(word: Word, shape: Shape) -> dict[str, Any]:
    properties = {name: field_schema(name, is_needed=name in shape.required) for name in shape.known}
    body = object_schema(properties, required=list(shape.required)) | {"additionalProperties": False}
    return {
        "operationId": str(word),
        "summary": shape.about,
        "description": "The answer means that the order is written down; the state tells when the far end followed.",
        "parameters": _HEADERS,
        "requestBody": {"required": bool(shape.required), "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": _accepted(word),
            "400": _error("The request is written wrongly."),
            "404": _error("The season has no such show, or no such post."),
            "409": _error("Not now: it makes no sense at this moment, or the show has moved on (with its revision)."),
            "413": _error("The body is larger than 64 KiB."),
            "422": _error("The key was used for another order."),
            "503": _error("The service is just starting, or the journal cannot be written; nothing was done."),
        },
    }


def _open(summary: str, operation: str, responses: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": operation, "summary": summary, "security": [], "responses": responses}


def _json(description: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def _ordering_by_get(word: Word, shape: Shape) -> dict[str, Any]:
    said = _ordering(word, shape)
    fields = [name for name in shape.known if name != "preview"]
    parameters = [
        {"name": name, "in": "query", "required": True, "schema": field_schema(name, is_needed=True)}
        if name in shape.required
        else {"name": name, "in": "query", "schema": field_schema(name, is_needed=True)}
        for name in fields
    ]
    del said["requestBody"], said["responses"]["413"]
    said["responses"]["200"] = _json("Written down, now or at an earlier time with the same key.", "Reply")
    return said | {
        "operationId": f"{word}ByGet",
        "parameters": parameters,
        "security": [{"in_address": []}, {"token": []}],
    }


def _error(description: str) -> dict[str, Any]:
    return _json(description, "Error")
