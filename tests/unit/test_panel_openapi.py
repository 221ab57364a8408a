"""Is the OpenAPI document true to the handlers?"""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from broadcaster.adapters.clock import ManualClock
from broadcaster.panel import Panel
from broadcaster.panel.openapi import STATE, describe
from broadcaster.panel.orders import FIELDS, SHAPES, BadOrder, Giver, read_order
from broadcaster.season.plan import Plan, ShowPlan
from broadcaster.show.orders import Word
from broadcaster.show.state import SeasonState
from broadcaster.show.view import view
from tests.unit.test_panel_api import BEARER, NOW, TOKEN, FakeDesk

Client = TestClient[web.Request, web.Application]
GOOD: dict[str, Any] = {"show": "day-1", "scene": "Runway", "lane": "posts", "revision": 7, "key": "k"}
GOOD |= {"post": "soon/news/en", "act": "edit", "text": "First line\nsecond", "title": "Tonight"}
GOOD |= {"by": "5m", "until": "never", "segment": "talk", "preview": True, "toml": "x", "cut": True}
PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics")
"""What is for programs; the pages and their files are not described."""
TYPES = {str: "string", int: "integer", bool: "boolean", list: "array", dict: "object", type(None): "null"}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    desk = FakeDesk()
    panel = Panel(desk, token=TOKEN, clock=ManualClock(NOW))
    desk.turn()
    async with TestClient(TestServer(panel.application())) as client:
        yield client


def test_every_route_is_described_and_every_description_has_its_route() -> None:
    app = Panel(FakeDesk(), token=TOKEN, clock=ManualClock(datetime(2027, 1, 1, tzinfo=UTC))).application()
    routes = {
        (route.resource.canonical, route.method.lower())
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD" and route.resource.canonical.startswith(PROGRAMS)
    }
    described = {(path, method) for path, item in describe()["paths"].items() for method in item}
    assert described == routes


async def test_it_is_served_to_all_and_says_what_needs_the_token(client: Client) -> None:
    async with client.get("/api/openapi.json") as response:
        assert response.status == 200
        document = await response.json()
    assert document == json.loads(json.dumps(describe()))
    assert document["openapi"] == "3.1.0"
    for path, item in document["paths"].items():
        for method, operation in item.items():
            async with client.request(method, path) as response:
                is_open = operation.get("security") == []
                assert (response.status != 401) is is_open, path
                assert str(response.status) in operation["responses"], path
            async with client.request(method, path, headers=BEARER) as response:
                assert str(response.status) in operation["responses"], path


def test_operations_have_names_of_their_own_and_every_reference_leads_somewhere() -> None:
    document = describe()
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))
    for reference in references(document):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found["type"] == "object"


@pytest.mark.parametrize("word", list(Word))
def test_the_bodies_described_are_the_bodies_taken(word: Word) -> None:
    operation = describe()["paths"][f"/api/v1/{word}"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    for name in FIELDS:
        body = {name: GOOD[name] for name in SHAPES[word].required}
        body |= {name: GOOD[name]}
        try:
            order = read_order(word, json.dumps(body).encode(), key=None, giver=Giver(who="", kind="", source=""))
        except BadOrder:
            assert name not in schema["properties"]
        else:
            assert name in schema["properties"]
            assert getattr(order, name) == GOOD[name]
    assert schema["additionalProperties"] is False
    assert tuple(schema.get("required", ())) == SHAPES[word].required
    assert operation["requestBody"]["required"] is bool(SHAPES[word].required)


async def test_the_answers_have_the_fields_described(client: Client) -> None:
    schemas = describe()["components"]["schemas"]
    for method, path, name in (
        ("POST", "/api/v1/go", "Reply"),
        ("GET", "/readyz", "Ready"),
        ("GET", "/healthz", "Health"),
    ):
        async with client.request(method, path, headers=BEARER) as response:
            assert set(await response.json()) == set(schemas[name]["properties"]), path


@pytest.mark.parametrize("minutes", [-60, 0, 5, 600])
def test_the_state_described_is_the_state_shown(minutes: int) -> None:
    show = ShowPlan(
        id="day-1",
        title="Opening night",
        zone="Asia/Almaty",
        prepare_at=NOW - timedelta(hours=1),
        standby_at=NOW - timedelta(minutes=10),
        go_live=NOW,
        end=NOW + timedelta(hours=1),
        off_air=NOW + timedelta(hours=1, minutes=1),
        encoder="main",
        standby_scene="Countdown",
        fallback_scene="Please stand by",
        closing_scene="Thank you",
        broadcast=None,
        segments=(),
        cues=(),
    )
    plan = Plan(season="x", title="Season X", zone="Asia/Almaty", tzdata="2026.1", shows=(show,))
    shown = view(plan, SeasonState(), {}, NOW + timedelta(minutes=minutes)) | {"about": {}}
    assert set(shown) == set(STATE)
    for name, value in json.loads(json.dumps(shown)).items():
        kinds = STATE[name].get("type")
        assert TYPES[type(value)] in ([kinds] if isinstance(kinds, str) else kinds), name
        assert value in STATE[name].get("enum", [value]), name


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)
