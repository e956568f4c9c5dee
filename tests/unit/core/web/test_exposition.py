"""What `/metrics` says: the older text by default, OpenMetrics with exemplars to whoever accepts it."""

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from core.web.exposition import exposition
from core.web.metric_files import add
from core.web.metrics import Metrics

PROMETHEUS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"


def metrics() -> Metrics:
    found = Metrics()
    found.counter("served_total", "Served.", ("kind",)).inc("a", by=3)
    found.gauge("busy", "Busy.").set(2)
    took = found.histogram("took_seconds", "Took.", ("kind",), edges=(0.1, 1.0))
    took.observe(0.05, "a", exemplar="first")
    took.observe(0.06, "a", exemplar="second")
    took.observe(0.5, "a")
    took.observe(30.0, "a", exemplar="slow")
    return found


def test_plain_text_has_no_exemplars() -> None:
    body, content_type = exposition(metrics().snapshot(), "text/plain")
    assert content_type.startswith("text/plain; version=0.0.4")
    assert b"correlation_id" not in body
    assert {family.name: family.type for family in parse_text(body.decode())} == {
        "busy": "gauge",
        "served": "counter",
        "took_seconds": "histogram",
    }


def test_openmetrics_names_the_newest_observation_of_each_bucket() -> None:
    body, content_type = exposition(metrics().snapshot(), PROMETHEUS)
    assert content_type.startswith("application/openmetrics-text")
    families = {family.name: family for family in parse_openmetrics(body.decode())}
    named = {
        sample.labels["le"]: (sample.value, sample.exemplar and (sample.exemplar.labels, sample.exemplar.value))
        for sample in families["took_seconds"].samples
        if sample.name == "took_seconds_bucket"
    }
    assert named == {
        "0.1": (2, ({"correlation_id": "second"}, 0.06)),
        "1": (3, None),
        "+Inf": (4, ({"correlation_id": "slow"}, 30.0)),
    }


def test_the_longest_correlation_id_fits() -> None:
    found = Metrics()
    found.histogram("took_seconds", "Took.").observe(0.1, exemplar="x" * 64)
    body, _ = exposition(found.snapshot(), PROMETHEUS)
    assert b"x" * 64 in body


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_workers_the_newer_exemplar_stays(order: tuple[int, int]) -> None:
    snapshots = []
    for at, name in ((10.0, "older"), (20.0, "newer")):
        made = Metrics()
        took = made.histogram("took_seconds", "Took.", edges=(1.0,))
        took.observe(0.5)
        took.remember({((), 0): (name, 0.5, at)})
        snapshots.append(made.snapshot())
    total: dict = {}
    for index in order:
        add(total, snapshots[index])
    assert total["took_seconds"]["cells"] == [([], [2, 0, 1.0])]
    assert [one[2] for one in total["took_seconds"]["exemplars"]] == ["newer"]


def test_a_replaced_gauge_forgets_what_is_not_known_any_more() -> None:
    found = Metrics()
    gauge = found.gauge("up", "Up.", ("service",))
    gauge.replace({("a",): 1.0, ("b",): 0.0})
    gauge.replace({("a",): None, ("c",): 0.5})
    assert found.snapshot()["up"]["cells"] == [(["c"], 0.5)]
