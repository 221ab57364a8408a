"""Is everything that happened told in one plain sentence, whatever version wrote it down?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from broadcaster.show import records
from broadcaster.show.records import Record
from broadcaster.show.telling import _TELLERS, SILENT, tell

AT = datetime(2027, 10, 20, 14, 0, tzinfo=UTC)
KINDS = {value for name, value in vars(records).items() if name.isupper() and isinstance(value, str)}


def told(kind: str, ids: dict[str, str], **data: Any) -> tuple[str, str]:
    line = tell(Record(run="r", seq=7, at=AT, kind=kind, ids=ids, data=data))
    assert line is not None
    assert (line.seq, line.at) == (7, AT)
    return line.who, line.text


def test_every_kind_of_record_is_told_or_left_to_the_record_on_purpose() -> None:
    assert set(_TELLERS) | SILENT == KINDS
    assert not set(_TELLERS) & SILENT


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_record_of_another_version_never_stops_the_service(kind: str) -> None:
    line = tell(Record(run="r", seq=7, at=AT, kind=kind, ids={}, data={"result": "strange", "seconds": []}))
    assert line is None or line.text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"verb": "go", "segment": "talk"}, "GO: talk"),
        ({"verb": "take", "scene": "Runway"}, "take 'Runway'"),
        ({"verb": "hold", "lane": "program"}, "hold program"),
        ({"verb": "hold"}, "hold the rundown"),
        ({"verb": "delay", "moves": "live", "segment": "", "seconds": 300}, "delay the show by 5m"),
        ({"verb": "delay", "moves": "live", "segment": "", "seconds": -60}, "bring the show forward by 1m"),
        ({"verb": "extend", "segment": "talk", "seconds": 30}, "extend talk by 30s"),
    ],
)
def test_an_order_is_told_with_who_gave_it(data: dict[str, Any], text: str) -> None:
    assert told(records.COMMAND_GIVEN, {"show": "day-1"}, who="Aliya", **data) == ("Aliya", text)


def test_what_went_wrong_is_told_with_its_reason() -> None:
    ids = {"show": "day-1", "cue": "day-1/broadcast/live/main", "act": "1"}
    said = told(records.OUTCOME, ids, verb="live", result="refused", reason="the stream is inactive.")
    assert said == ("automatic", "could not go live: the stream is inactive")
    ids = {"show": "day-1", "lane": "program"}
    assert told(records.LANE_HELD, ids, by="a hand in OBS", why="Talk was put on air instead of Runway") == (
        "a hand in OBS",
        "program is in hand: Talk was put on air instead of Runway",
    )
