"""Every number the system shows of itself, by name; no label ever tells a case or a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from shared.privacy.masking import find_personal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
WITHHELD = "withheld"
_CASE = re.compile(r"(?:PT|DD|XS|TZ|FC|AL|SC)\d{9,}", re.IGNORECASE)
_LONGEST_LABEL = 100
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metric(StrEnum):
    """All metric names; counters end in `_total`, times are seconds."""

    CONSUMED = "bancheng_consumed_total"  # records a service read and finished with
    PUBLISHED = "bancheng_published_total"  # events the broker confirmed
    DEADLETTERED = "bancheng_deadlettered_total"  # records that broke the contract, kept with their origin
    RETRIED = "bancheng_retried_total"  # attempts after the first at the same record
    REFUSED = "bancheng_refused_total"  # what the scheme or a channel's signature said no to, by rule
    NOTICES = "bancheng_notices_total"  # messages by channel and what became of them
    PARKED = "bancheng_parked_cases"  # cases held back in order until a person looks
    OUTBOX_PENDING = "bancheng_outbox_pending"  # events stored and not yet published
    RECONNECTED = "bancheng_reconnected_total"  # consumers found alive and idle while records waited, and restarted
    REJECTED = "bancheng_rejected_total"  # requests answered 503 at once because too much was under way
    LAG = "bancheng_lag_records"  # records of a partition not yet finished with
    SWEEP_SECONDS = "bancheng_sweep_seconds"  # how long one run of a job took
    SWEPT = "bancheng_swept_total"  # what jobs found and did
    JOB_FAILED = "bancheng_job_failed_total"  # runs of a job that raised
    HTTP_SECONDS = "bancheng_http_seconds"  # how long a request took; `route` is the pattern, never the path


@dataclass(frozen=True)
class _Shape:
    kind: type[Counter] | type[Gauge] | type[Histogram]
    labels: tuple[str, ...]
    help: str


_SHAPES = {
    Metric.CONSUMED: _Shape(Counter, ("service", "topic", "type"), "records finished with"),
    Metric.PUBLISHED: _Shape(Counter, ("service", "topic", "type"), "events the broker confirmed"),
    Metric.DEADLETTERED: _Shape(Counter, ("service", "topic", "reason"), "records that broke the contract"),
    Metric.RETRIED: _Shape(Counter, ("service", "topic"), "attempts after the first"),
    Metric.REFUSED: _Shape(Counter, ("service", "rule"), "steps refused by rule"),
    Metric.NOTICES: _Shape(Counter, ("channel", "status"), "messages by outcome"),
    Metric.PARKED: _Shape(Gauge, ("service",), "cases held back in order"),
    Metric.OUTBOX_PENDING: _Shape(Gauge, ("service",), "events stored and not yet published"),
    Metric.RECONNECTED: _Shape(Counter, ("service",), "stuck consumers restarted"),
    Metric.REJECTED: _Shape(Counter, ("why",), "requests turned away at once"),
    Metric.LAG: _Shape(Gauge, ("service", "topic", "partition"), "records not yet finished with"),
    Metric.SWEEP_SECONDS: _Shape(Histogram, ("job",), "seconds one run of a job took"),
    Metric.SWEPT: _Shape(Counter, ("job",), "what jobs found and did"),
    Metric.JOB_FAILED: _Shape(Counter, ("job",), "runs of a job that raised"),
    Metric.HTTP_SECONDS: _Shape(Histogram, ("service", "method", "route", "status"), "seconds a request took"),
}


class Metrics:
    """The numbers of one process, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._counters: dict[Metric, Counter] = {}
        self._gauges: dict[Metric, Gauge] = {}
        self._histograms: dict[Metric, Histogram] = {}
        for metric, shape in _SHAPES.items():
            self._register(metric, shape)

    def _register(self, metric: Metric, shape: _Shape) -> None:
        if shape.kind is Counter:
            self._counters[metric] = Counter(metric, shape.help, shape.labels, registry=self._registry)
        elif shape.kind is Gauge:
            self._gauges[metric] = Gauge(metric, shape.help, shape.labels, registry=self._registry)
        else:
            self._histograms[metric] = Histogram(metric, shape.help, shape.labels, registry=self._registry, buckets=_SECONDS)

    def count(self, metric: Metric, amount: float = 1, /, **labels: str) -> None:
        """Adds `amount`; raises KeyError for another kind of metric, ValueError for wrong labels."""
        self._counters[metric].labels(**_harmless(labels)).inc(amount)

    def gauge(self, metric: Metric, value: float, /, **labels: str) -> None:
        """Sets what is there now; raises as `count`."""
        self._gauges[metric].labels(**_harmless(labels)).set(value)

    def observe(self, metric: Metric, seconds: float, /, **labels: str) -> None:
        """Records one duration in seconds; raises as `count`."""
        self._histograms[metric].labels(**_harmless(labels)).observe(seconds)

    def value(self, metric: Metric, /, **labels: str) -> float:
        """What a counter or gauge stands at, the number of durations of a histogram; 0 when never touched."""
        name = f"{metric}_count" if metric in self._histograms else str(metric)
        return self._registry.get_sample_value(name, _harmless(labels)) or 0.0

    def render(self) -> bytes:
        """All of them in the Prometheus text format, to be sent as CONTENT_TYPE."""
        return generate_latest(self._registry)


def _harmless(labels: dict[str, str]) -> dict[str, str]:
    """A value that names a case or a person, or is too long to be one of few, becomes "withheld"."""
    return {
        name: WITHHELD if len(value) > _LONGEST_LABEL or _CASE.search(value) or find_personal(value) else value
        for name, value in labels.items()
    }


_OF_THIS_PROCESS = Metrics()
count = _OF_THIS_PROCESS.count
gauge = _OF_THIS_PROCESS.gauge
observe = _OF_THIS_PROCESS.observe
value = _OF_THIS_PROCESS.value
render = _OF_THIS_PROCESS.render
