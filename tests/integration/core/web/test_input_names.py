"""What one process counts of misnamed inputs: while Redis is away it waits, and it never grows without bound."""

import pytest

from core import clock
from core.db.redis_client import Live
from core.input_names import Unknown
from core.web import input_counts
from core.web.input_names import KEPT_MINUTES, InputNames
from core.web.metrics import Metrics


def test_what_redis_does_not_take_waits_for_it(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_790_000_000.0]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    counts = InputNames(Metrics(), Live("redis://127.0.0.1:1"))
    for _ in range(KEPT_MINUTES + 5):
        counts.unknown("shop", "feature", [Unknown("$.features.Amount", "Amount", "amount")])
        counts.tick()
        now[0] += 60
    counts._live = live
    counts.tick()
    found = input_counts.read(live, 60 * (1_790_000_000 // 60), KEPT_MINUTES + 6)
    assert len(found) == KEPT_MINUTES, "the oldest went"
    assert {cell.name for cells in found.values() for cell in cells} == {"Amount"}


def test_more_names_than_are_told_count_too(live: Live) -> None:
    metrics = Metrics()
    counts = InputNames(metrics, live)
    counts.unknown("shop", "field", [Unknown("$.x", "x")], count=7)
    counts.tick()
    (cell,) = metrics.snapshot()["gatehouse_unknown_names_total"]["cells"]
    assert cell == (["shop", "field"], 7)
