"""The host's means, and none without samples."""

from types import SimpleNamespace

import pytest

from alerts.evaluate.rules import host
from alerts.evaluate.rules.host import Parameters, read


@pytest.mark.parametrize(("metric", "value"), [("cpu", 91.25), ("memory", 40.0), ("disk", 70.0), ("load", 120.0)])
def test_a_metric_is_a_mean_in_percent(metric: str, value: float) -> None:
    row = SimpleNamespace(n=6, cpu=91.25, memory=40.0, disk=70.0, load=120.0)
    reading = read(row, metric)
    assert (reading.value, reading.n) == (value, 6)


def test_limits_and_missing_samples() -> None:
    limits = Parameters(metric="cpu", above=80, recovered_below=70)
    row = SimpleNamespace(n=6, cpu=81.0, memory=0.0, disk=0.0, load=0.0)
    assert host.judge(read(row, "cpu"), limits).state == "bad"
    empty = SimpleNamespace(n=0, cpu=None, memory=None, disk=None, load=None)
    assert host.judge(read(empty, "cpu"), limits).state == "no_data"
