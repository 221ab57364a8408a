"""What would an operator want to be woken for? The state in numbers, for Prometheus: GET /metrics.

Labels are out of fixed lists; no title, scene, name or sentence ever becomes one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aiohttp import web

from broadcaster.panel.counts import LATENESS_SECONDS, Counts
from broadcaster.panel.glance import Glance
from broadcaster.season.plan import Lane
from broadcaster.show.observed import Health, Lifecycle
from broadcaster.show.phases import Phase
from broadcaster.show.records import instant

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

ENDS = ("obs", "youtube", "posts", "graphics", "show")
"""What alerts are counted by, far ends and the rundown itself; the rest is the service's own."""

Labels = Mapping[str, str]
Said = tuple[str, str, Sequence[tuple[Labels, float]]]
"""Name, help, and the values with their labels; no values: it does not apply now."""


class Metrics:
    """The part that answers /metrics. `encoder` gives its own numbers, `sockets` how many pages are connected."""

    def __init__(
        self,
        glance: Glance,
        counts: Counts,
        *,
        encoder: Callable[[], Mapping[str, Any]],
        sockets: Callable[[], int],
    ) -> None:
        self._glance = glance
        self._counts = counts
        self._encoder = encoder
        self._sockets = sockets

    def routes(self) -> list[web.RouteDef]:
        """What it answers."""
        return [web.get("/metrics", self._metrics)]

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        from prometheus_client.exposition import choose_encoder

        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self._registry), headers={"Content-Type": kind})

    @cached_property
    def _registry(self) -> "CollectorRegistry":
        from prometheus_client import CollectorRegistry, ProcessCollector

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        ProcessCollector(registry=registry)
        return registry

    def describe(self) -> "Iterable[Metric]":
        """Nothing ahead: what is shown depends on the season."""
        return ()

    def collect(self) -> "Iterator[Metric]":
        """Every number, as of now."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        state = self._glance.document()
        gauges = [
            *_of_the_run(state),
            *_of_the_show(state),
            *_of_the_ends(state, self._encoder()),
            ("panel_sockets", "Screens that are connected to the live socket.", _one(self._sockets())),
        ]
        for name, about, values in gauges:
            labels = list(values[0][0]) if values else []
            gauge = GaugeMetricFamily(f"broadcaster_{name}", about, labels=labels)
            for of, value in values:
                gauge.add_metric([of[label] for label in labels], value)
            yield gauge
        for name, about, values in _counted(self._counts, state):
            labels = list(values[0][0]) if values else []
            counter = CounterMetricFamily(f"broadcaster_{name}", about, labels=labels)
            for of, value in values:
                counter.add_metric([of[label] for label in labels], value)
            yield counter
        late = HistogramMetricFamily(
            "broadcaster_cue_lateness_seconds",
            "How long after its planned instant a cue was done, as its far end reports it; early is 0. "
            "In seconds of the show, which in a rehearsal may pass faster than real ones.",
            labels=["lane"],
        )
        for lane, buckets in sorted(self._counts.lateness.items()):
            bounds = [*map(str, LATENESS_SECONDS), "+Inf"]
            sums = [sum(buckets[: place + 1]) for place in range(len(buckets))]
            late.add_metric([lane], list(zip(bounds, sums, strict=True)), self._counts.lateness_seconds[lane])
        yield late


def encoder_of(screen: Mapping[str, Any]) -> Mapping[str, Any]:
    """What OBS says of its encoder in the screen document; empty while it does not stream."""
    found: Mapping[str, Any] = (screen.get("ends") or {}).get("obs") or {}
    return found


def _of_the_run(state: Mapping[str, Any]) -> Iterator[Said]:
    about = state["about"] or {}
    build = {"version": str(about.get("broadcaster", "")), "tzdata": str(about.get("tzdata", ""))}
    yield "build_info", "Always 1; what runs.", [(build, 1)]
    yield "rehearsal", "1 for a rehearsal, which touches no real account.", _one(about.get("rehearsal"))
    trouble = state["journal_trouble"] is not None
    yield "journal_trouble", "1 while nothing can be written down, and so nothing is begun.", _one(trouble)
    sentences, by_end = len(state["alerts"] or ()), state["alerts_by_end"] or {}
    alerts = {end: by_end.get(end, 0) for end in ENDS}
    alerts["service"] = max(0, sentences - sum(alerts.values()))
    yield "alerts", "Sentences that the panel shows as alerts, by what they are about.", _by("end", alerts)
    for name in ("spent", "left", "kept"):
        about_units = {
            "spent": "Units of YouTube's quota used today, as far as is known.",
            "left": "Units of YouTube's quota left today.",
            "kept": "Of the units left, what today's shows still need, and the reserve.",
        }[name]
        yield f"quota_{name}_units", about_units, _maybe(state[f"quota_{name}"])
    phases = [each.get("phase") for each in state["shows"] or ()]
    yield "shows", "Shows of the season by phase.", _by("phase", {phase: phases.count(phase) for phase in Phase})


def _of_the_show(state: Mapping[str, Any]) -> Iterator[Said]:
    which = {"season": str(state["season"]), "show": str(state["show"])}
    yield "show_info", "Always 1; the show on stage, else the next one, which the other numbers are of.", [(which, 1)]
    yield "show_phase", "1 for the phase of the show.", _state_of("phase", list(Phase), state["phase"])
    yield "live", "1 while the show is live, by the far end's word.", _one(state["is_live"])
    yield "go_live_timestamp_seconds", "When the show goes live, in seconds since 1970.", _at(state["go_live"])
    yield (
        "go_live_in_seconds",
        "Seconds to go-live on the show's clock; below zero after it.",
        _between(state["now"], state["go_live"]),
    )
    yield (
        "next_segment_in_seconds",
        "Seconds to the next segment, when it has a time.",
        _between(state["now"], state["next_at"]),
    )
    over = _between(state["planned_end"], state["expected_end"])
    yield "over_seconds", "How much later than planned the show will end; below zero: earlier.", over
    yield "waits_for_go", "1 while the next segment waits for somebody's GO.", _one(state["go_waited"] is not None)
    yield "asks", "1 while a take that came too late waits for a decision.", _one(state["asks"] is not None)
    yield "rundown_held", "1 while the whole rundown is on hold.", _one(state["is_held"])
    held = state["lanes_held"] or {}
    yield "lane_held", "1 while somebody's hand is on the lane.", _by("lane", {lane: lane in held for lane in Lane})
    yield "panic", "1 while the fallback scene stays on air.", _one(state["is_panic"])
    yield "posts_planned", "Announcements of the show.", _maybe(state["posts_planned"])
    yield "posts_sent", "Announcements of the show that are out.", _maybe(state["posts_sent"])


def _of_the_ends(state: Mapping[str, Any], vitals: Mapping[str, Any]) -> Iterator[Said]:
    ends = {"obs": state["obs"] == "connected"}
    if state["youtube"] not in (None, "none"):
        ends["youtube"] = state["youtube"] == "connected"
    yield "end_connected", "1 while the far end answers.", _by("end", ends)
    yield "obs_streaming", "1 while OBS sends video.", _one(state["is_streaming"])
    yield (
        "obs_reconnecting",
        "1 while OBS tries to reach the platform again.",
        _one(state["is_reconnecting"]),
    )
    congestion, dropped, kbps = (vitals.get(name) for name in ("congestion", "dropped_percent", "kbps"))
    yield (
        "obs_congestion_ratio",
        "How clogged OBS says that its way out is, 0 to 1.",
        _maybe(congestion),
    )
    share = None if dropped is None else dropped / 100
    yield "obs_dropped_frames_ratio", "Share of the latest frames that OBS dropped, 0 to 1.", _maybe(share)
    rate = None if kbps is None else kbps * 125
    yield "obs_stream_bytes_per_second", "What OBS sends.", _maybe(rate)
    yield "receiving", "1 while video arrives at YouTube.", _one(state["is_receiving"])
    health = _state_of("health", list(Health), state["health"])
    yield "stream_health", "1 for the health of the video, in YouTube's words.", health if state["health"] else []
    cycle = _state_of("lifecycle", list(Lifecycle), state["lifecycle"])
    yield "broadcast_lifecycle", "1 for the broadcast's state, in YouTube's words.", cycle if state["lifecycle"] else []


def _counted(counts: Counts, state: Mapping[str, Any]) -> Iterator[Said]:
    acts: list[tuple[Labels, float]] = [
        ({"verb": verb, "result": result}, number) for (verb, result), number in sorted(counts.acts.items())
    ]
    yield "acts", "Acts on far ends (takes, posts, ...) by how they ended, since the service began.", acts
    cues: list[tuple[Labels, float]] = [
        ({"lane": lane, "end": end}, number) for (lane, end), number in sorted(counts.cues.items())
    ]
    yield "cues", "Cues by how they ended, since the service began.", cues
    yield "orders", "Orders that were carried out, since the service began.", _by("word", counts.orders)
    yield "journal_records", "Records in the journal, those of earlier runs too.", _maybe(state["seq"])
    yield "clock_steps", "How often the machine's clock was stepped, since the service began.", _one(counts.clock_steps)
    yield "event_loop_stalls", "How often nothing ran for a while, since the service began.", _one(counts.stalls)
    stalled = _one(counts.stalled_seconds)
    yield "event_loop_stall_seconds", "For how long in all nothing ran, since the service began.", stalled


def _one(value: Any) -> list[tuple[Labels, float]]:
    return [({}, float(value or 0))]


def _maybe(value: Any) -> list[tuple[Labels, float]]:
    return [] if value is None else [({}, float(value))]


def _by(label: str, values: Mapping[str, Any]) -> list[tuple[Labels, float]]:
    return [({label: str(name)}, float(value)) for name, value in values.items()]


def _state_of(label: str, known: Sequence[str], now: str | None) -> list[tuple[Labels, float]]:
    return _by(label, {each: each == now for each in known})


def _at(text: str | None) -> list[tuple[Labels, float]]:
    return [] if text is None else [({}, instant(text).timestamp())]


def _between(start: str | None, end: str | None) -> list[tuple[Labels, float]]:
    if start is None or end is None:
        return []
    return [({}, (instant(end) - instant(start)).total_seconds())]
