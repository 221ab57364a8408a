"""Does a request carry the fields it needs, and what is the code when it does not?

Checked in OBS's order: no data 301, no field 300, wrong type 401, out of range 402, empty 403.
"""

from collections.abc import Mapping
from typing import Any

from broadcaster.emulators.obs.codes import RequestRefused, Status


class Fields:
    """The `requestData` of one request. Every method raises RequestRefused with OBS's own code."""

    def __init__(self, data: Any) -> None:
        self.has_data = isinstance(data, dict)
        self.data: Mapping[str, Any] = data if isinstance(data, dict) else {}

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.data.get(name) is not None

    def one_of(self, *names: str) -> str:
        """The first of `names` that is there."""
        for name in names:
            if self.has(name):
                return name
        self.required(names[0])
        raise AssertionError("unreachable: a missing field is refused above")

    def required(self, name: str) -> Any:
        """The field, of any type."""
        if not self.has_data:
            raise RequestRefused(Status.MISSING_DATA, "Your request data is missing or invalid (non-object)")
        if not self.has(name):
            raise RequestRefused(Status.MISSING_FIELD, f"Your request is missing the `{name}` field.")
        return self.data[name]

    def text(self, name: str, *, may_be_empty: bool = False) -> str:
        """The field as a string."""
        value = self.required(name)
        if not isinstance(value, str):
            raise RequestRefused(Status.FIELD_TYPE, f"The field value of `{name}` must be a string.")
        if not value and not may_be_empty:
            raise RequestRefused(Status.FIELD_EMPTY, f"The field value of `{name}` must not be empty.")
        return value

    def number(self, name: str, low: float = float("-inf"), high: float = float("inf")) -> float:
        """The field as a number between `low` and `high`."""
        value = self.required(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise RequestRefused(Status.FIELD_TYPE, f"The field value of `{name}` must be a number.")
        if value < low:
            raise RequestRefused(Status.FIELD_RANGE, f"The field value of `{name}` is below the minimum of `{low:f}`")
        if value > high:
            raise RequestRefused(Status.FIELD_RANGE, f"The field value of `{name}` is above the maximum of `{high:f}`")
        return value

    def boolean(self, name: str) -> bool:
        """The field as a boolean."""
        value = self.required(name)
        if not isinstance(value, bool):
            raise RequestRefused(Status.FIELD_TYPE, f"The field value of `{name}` must be boolean.")
        return value

    def object(self, name: str, *, may_be_empty: bool = False) -> dict[str, Any]:
        """The field as an object."""
        value = self.required(name)
        if not isinstance(value, dict):
            raise RequestRefused(Status.FIELD_TYPE, f"The field value of `{name}` must be an object.")
        if not value and not may_be_empty:
            raise RequestRefused(Status.FIELD_EMPTY, f"The field value of `{name}` must not be empty.")
        return value
