"""What does the shipped discovery document of YouTube declare, and what of an answer strays from it?"""

import functools
import json
import re
from importlib import resources
from typing import Any


@functools.cache
def _document_text() -> str:
    path = resources.files("googleapiclient") / "discovery_cache" / "documents" / "youtube.v3.json"
    return path.read_text("utf-8")


def discovery_document() -> dict[str, Any]:
    """The description of the API that the client ships; a new copy, since building a client changes it."""
    return json.loads(_document_text())


@functools.cache
def declared_schemas() -> dict[str, Any]:
    return discovery_document()["schemas"]


@functools.cache
def declared_methods() -> dict[str, dict[str, Any]]:
    """Every method of every resource, by "resource.method"."""
    return {
        f"{resource}.{name}": method
        for resource, content in discovery_document()["resources"].items()
        for name, method in content.get("methods", {}).items()
    }


def declared_answer(method_id: str) -> dict[str, Any] | None:
    """The schema of that method's answer; None where it has none."""
    return declared_methods()[method_id.removeprefix("youtube.")].get("response")


def strays(value: Any, schema: dict[str, Any] | None, path: str = "answer") -> list[str]:
    """Where the value is not what the schema declares: unknown fields, wrong types, unknown words."""
    if schema is None:
        return [] if value in ("", b"", None) else [f"{path}: nothing is declared"]
    if "$ref" in schema:
        schema = declared_schemas()[schema["$ref"]]
    kind = schema["type"]
    if kind == "object":
        return _strays_of_object(value, schema, path)
    if kind == "array":
        if not isinstance(value, list):
            return [f"{path}: no array"]
        return [each for n, item in enumerate(value) for each in strays(item, schema["items"], f"{path}[{n}]")]
    if kind == "string":
        return [] if isinstance(value, str) and _fits(value, schema) else [f"{path}: {value!r} is not as declared"]
    types = {"boolean": bool, "integer": int, "number": (int, float)}
    is_mixed_up = isinstance(value, bool) != (kind == "boolean")
    return [f"{path}: {value!r} is no {kind}"] if is_mixed_up or not isinstance(value, types[kind]) else []


def _strays_of_object(value: Any, schema: dict[str, Any], path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: no object"]
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    found = []
    for name, each in value.items():
        declared = properties.get(name, others)
        found += [f"{path}.{name}: not declared"] if declared is None else strays(each, declared, f"{path}.{name}")
    return found


def _fits(value: str, schema: dict[str, Any]) -> bool:
    if "enum" in schema:
        return value in schema["enum"]
    patterns = {"date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "int64": r"-?\d+", "uint64": r"\d+"}
    return re.fullmatch(patterns.get(schema.get("format", ""), ".*"), value, re.DOTALL) is not None
