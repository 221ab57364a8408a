"""What was asked: which parts, filters and pages, and is the query one that YouTube takes?"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broadcaster.emulators.youtube.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One query parameter, as the discovery document declares it; `bounds` make it a number, `words` an enum."""

    is_required: bool = False
    is_repeated: bool = False
    is_flag: bool = False
    bounds: tuple[int, int, int] | None = None
    """Lowest, highest, default."""
    words: frozenset[str] = frozenset()
    reason: str = "missingRequiredParameter"
    """Why a request without it is refused."""


TEXT = Parameter()
NEEDED = Parameter(is_required=True)
TEXTS = Parameter(is_repeated=True)
FLAG = Parameter(is_flag=True)
PART = Parameter(is_required=True, is_repeated=True)
MAX_RESULTS = Parameter(bounds=(0, 50, 5))

GLOBAL = frozenset(
    {
        "alt",
        "access_token",
        "oauth_token",
        "key",
        "quotaUser",
        "prettyPrint",
        "uploadType",
        "upload_protocol",
        "$.xgafv",
    }
)
"""Parameters that every method takes and that are served, or change nothing that could be seen."""

GLOBAL_IGNORED = frozenset({"fields", "callback"})
"""Parameters that every method takes and that have no effect here: answers are always whole, and plain JSON."""

ALL_PARTS = frozenset(
    "id snippet contentDetails status statistics monetizationDetails cdn localizations player liveStreamingDetails "
    "recordingDetails topicDetails fileDetails processingDetails suggestions brandingSettings auditDetails "
    "contentOwnerDetails authorDetails paidProductPlacementDetails".split()
)


def read_query(
    pairs: Sequence[tuple[str, str]],
    parameters: Mapping[str, Parameter],
    *,
    ignored: frozenset[str],
    refused: frozenset[str],
) -> dict[str, Any]:
    """The values by name, lists split at commas and defaults filled in; raises Refusal."""
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        given.setdefault(name, []).append(text)
    for name in given:
        if name in refused:
            raise Refusal("notImplemented", f"The emulator does not serve the parameter {name}.", location=name)
        if name not in parameters and name not in GLOBAL | GLOBAL_IGNORED | ignored:
            raise Refusal("unexpectedParameter", f"Unexpected parameter: {name}", location=name)
    if given.get("alt", ["json"])[-1] != "json":
        raise Refusal("notImplemented", "The emulator answers alt=json only.", location="alt")
    values: dict[str, Any] = {}
    for name, parameter in parameters.items():
        texts = [text for text in given.get(name, []) if text]
        if parameter.is_required and not texts:
            raise Refusal(parameter.reason, f"Required parameter: {name}", location=name)
        values[name] = _read(name, texts, parameter)
    return values


def _read(name: str, texts: list[str], parameter: Parameter) -> Any:
    if parameter.is_repeated:
        return [word.strip() for text in texts for word in text.split(",") if word.strip()]
    text = texts[-1] if texts else ""
    if parameter.bounds is not None:
        lowest, highest, default = parameter.bounds
        if not text:
            return default
        if not re.fullmatch(r"-?\d{1,9}", text):
            raise Refusal("invalid", f"Invalid value at '{_snake(name)}' (TYPE_UINT32), \"{text}\"", status=400)
        if not lowest <= int(text) <= highest:
            message = f"Invalid value '{text}'. Values must be within the range: [{lowest}, {highest}]"
            raise Refusal("invalidParameter", message, location=name)
        return int(text)
    if parameter.is_flag:
        if text.lower() not in ("", "true", "false", "1", "0"):
            raise Refusal("invalid", f"Invalid value at '{_snake(name)}' (TYPE_BOOL), \"{text}\"", status=400)
        return text.lower() in ("true", "1")
    if parameter.words and text and text not in parameter.words:
        raise Refusal("invalid", f"Invalid value at '{_snake(name)}' (TYPE_ENUM), \"{text}\"", status=400)
    return text


def read_parts(names: Sequence[str], known: frozenset[str]) -> frozenset[str]:
    """The parts asked for; raises Refusal for one that the method does not have."""
    for name in names:
        if name not in known:
            reason = "unexpectedPart" if name in ALL_PARTS else "unknownPart"
            raise Refusal(reason, f"'{name}'", location="part")
    return frozenset(names)


def one_filter(values: Mapping[str, Any], names: Sequence[str]) -> str:
    """Which of the filters was given; raises Refusal for none and for more than one."""
    given = [name for name in names if values.get(name)]
    if not given:
        raise Refusal("missingRequiredParameter", f"No filter selected. Expected one of: {', '.join(names)}")
    if len(given) > 1:
        message = f"Incompatible parameters specified in the request: {', '.join(given)}"
        raise Refusal("incompatibleParameters", message, location="parameters.")
    return given[0]


def cut_page(items: Sequence[Any], token: str, size: int) -> tuple[Sequence[Any], dict[str, str]]:
    """One page of the items, and the tokens of its neighbours; raises Refusal for a token of nobody's."""
    begin = read_page_token(token)
    tokens: dict[str, str] = {}
    if size and begin + size < len(items):
        tokens["nextPageToken"] = page_token(begin + size)
    if size and begin:
        tokens["prevPageToken"] = page_token(max(0, begin - size))
    return items[begin : begin + size], tokens


def page_token(offset: int) -> str:
    """The token of the page that begins there."""
    return base64.urlsafe_b64encode(f"page:{offset:06}".encode()).decode().rstrip("=")


def read_page_token(token: str) -> int:
    """Where that page begins, 0 without a token; raises Refusal for a token of nobody's."""
    if not token:
        return 0
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    if not re.fullmatch(r"page:\d{6}", text):
        raise Refusal("invalidPageToken", "The request specifies an invalid page token.", location="pageToken")
    return int(text[5:])


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
