"""Metric snapshots as Prometheus text, through prometheus-client's own families and writers.

Who accepts OpenMetrics gets it, with exemplars: for each bucket the correlation id of an observation in it. The older
text format has no place for them.
"""

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE_OPENMETRICS
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar

from core.web.metrics import FamilySnapshot

OPENMETRICS = "application/openmetrics-text"


class _Snapshot(Collector):
    def __init__(self, families: dict[str, FamilySnapshot]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        for name, family in sorted(self._families.items()):
            yield _metric(name, family)


def exposition(families: dict[str, FamilySnapshot], accept: str = "") -> tuple[bytes, str]:
    """The body of `/metrics` and its content type, for a request's `Accept` header."""
    if OPENMETRICS in accept:
        body: bytes = generate_openmetrics(_Snapshot(families))  # type: ignore[no-untyped-call]
        return body, CONTENT_TYPE_OPENMETRICS
    return generate_latest(_Snapshot(families)), CONTENT_TYPE_PLAIN_0_0_4


def _metric(name: str, family: FamilySnapshot) -> Metric:
    labels = family["labels"]
    if family["kind"] == "counter":
        counter = CounterMetricFamily(name.removesuffix("_total"), family["help"], labels=labels)
        for key, value in family["cells"]:
            counter.add_metric(key, value)
        return counter
    if family["kind"] == "gauge":
        gauge = GaugeMetricFamily(name, family["help"], labels=labels)
        for key, value in family["cells"]:
            gauge.add_metric(key, value)
        return gauge
    histogram = HistogramMetricFamily(name, family["help"], labels=labels)
    edges = [format(edge, ".6g") for edge in family["edges"]] + ["+Inf"]
    named = {(tuple(labels), bucket): found for labels, bucket, *found in family.get("exemplars", [])}
    for key, cell in family["cells"]:
        buckets = [
            _bucket(edge, count, named.get((tuple(key), index)))
            for index, (edge, count) in enumerate(zip(edges, accumulate(cell[:-1]), strict=True))
        ]
        histogram.add_metric(key, buckets, cell[-1])
    return histogram


def _bucket(edge: str, count: float, found: list[Any] | None) -> tuple[str, float] | tuple[str, float, Exemplar]:
    if found is None:
        return edge, count
    correlation, value, at = found
    return edge, count, Exemplar({"correlation_id": correlation}, value, at)
