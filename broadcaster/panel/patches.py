"""What is different between two documents, as a JSON Merge Patch (RFC 7396)? null removes; arrays come whole."""

from collections.abc import Mapping
from typing import Any


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The patch that makes `after` of `before`; empty when they are equal. Neither may hold null."""
    patch: dict[str, Any] = {name: None for name in before if name not in after}
    for name, value in after.items():
        if name not in before:
            patch[name] = value
            continue
        old = before[name]
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            if inner := diff(old, value):
                patch[name] = inner
        elif old != value or type(old) is not type(value):
            patch[name] = value
    return patch


def apply(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The document after the patch."""
    after = dict(document)
    for name, value in patch.items():
        if value is None:
            after.pop(name, None)
        elif isinstance(value, Mapping):
            old = after.get(name)
            after[name] = apply(old if isinstance(old, Mapping) else {}, value)
        else:
            after[name] = value
    return after
