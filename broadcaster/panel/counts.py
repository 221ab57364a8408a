"""What has happened since this service began, in numbers that only grow? Counted from the records."""

from bisect import bisect_left
from collections import Counter, defaultdict

from broadcaster.season.plan import Lane
from broadcaster.show.orders import Word
from broadcaster.show.records import (
    CLOCK_STEPPED,
    COMMAND_GIVEN,
    CUE_SETTLED,
    LOOP_STALLED,
    OUTCOME,
    End,
    Record,
    Result,
    instant,
)
from broadcaster.show.turn import Verb

LATENESS_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds of the histogram's buckets; one more has no bound."""
WATCHED = (Verb.TAKE, Verb.START, Verb.STOP, Verb.LIVE, Verb.COMPLETE, Verb.POST)
"""Counted from zero, so that the first failure is an increase too."""
OTHER = "other"


class Counts:
    """Numbers by labels out of fixed lists, however wild the records are."""

    def __init__(self) -> None:
        self.acts: Counter[tuple[str, str]] = Counter({(verb, result): 0 for verb in WATCHED for result in Result})
        """(verb, result) -> acts that ended so."""
        self.cues: Counter[tuple[str, str]] = Counter({(lane, end): 0 for lane in Lane for end in End})
        """(lane, end) -> cues that ended so."""
        self.orders: Counter[str] = Counter(dict.fromkeys([*Word, "reload"], 0))
        """Word -> orders that were written down."""
        self.lateness: dict[str, list[int]] = defaultdict(lambda: [0] * (len(LATENESS_SECONDS) + 1))
        """Lane -> cues done in each bucket."""
        self.lateness_seconds: defaultdict[str, float] = defaultdict(float)
        """Lane -> the sum of it; what came early is not late."""
        self.clock_steps = 0
        self.stalls = 0
        self.stalled_seconds = 0.0

    def note(self, record: Record) -> None:
        """Take in what was written down."""
        data = record.data
        if record.kind == OUTCOME:
            self.acts[_one_of(Verb, data.get("verb")), _one_of(Result, data.get("result"))] += 1
        elif record.kind == CUE_SETTLED:
            lane = _one_of(Lane, record.ids.get("cue", "").partition("/")[2].partition("/")[0])
            self.cues[lane, _one_of(End, data.get("end"))] += 1
            if data.get("end") == End.DONE:
                late = (instant(data["at"]) - instant(data["planned"])).total_seconds()
                self.lateness[lane][bisect_left(LATENESS_SECONDS, late)] += 1
                self.lateness_seconds[lane] += max(0.0, late)
        elif record.kind == COMMAND_GIVEN:
            word = data.get("verb")
            self.orders[word if word == "reload" else _one_of(Word, word)] += 1
        elif record.kind == CLOCK_STEPPED:
            self.clock_steps += 1
        elif record.kind == LOOP_STALLED:
            self.stalls += 1
            self.stalled_seconds += abs(float(data.get("seconds", 0.0)))


def _one_of(known: type[Verb] | type[Result] | type[Lane] | type[End] | type[Word], said: object) -> str:
    return str(said) if said in list(known) else OTHER
