"""Metric snapshots as Prometheus text, through prometheus-client's own families and writer."""

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from core.web.metrics import FamilySnapshot

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class _Snapshot(Collector):
    def __init__(self, families: dict[str, FamilySnapshot]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        for name, family in sorted(self._families.items()):
            yield _metric(name, family)


def text(families: dict[str, FamilySnapshot]) -> bytes:
    """The exposition of `/metrics`."""
    return generate_latest(_Snapshot(families))


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
    for key, cell in family["cells"]:
        histogram.add_metric(key, list(zip(edges, accumulate(cell[:-1]), strict=True)), cell[-1])
    return histogram
