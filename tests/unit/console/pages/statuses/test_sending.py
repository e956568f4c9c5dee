"""Test scenarios: usual minutes first, then the disturbance up to now, and only what the source has not."""

from collections import Counter

import numpy as np

from console.pages.statuses import sending
from core import clock, settings
from core.statuses import mix
from core.statuses.scenarios import SCENARIOS

AT = 30_000_000
USUAL = mix.load(settings.load({}))
WHOLE = sending.USUAL_MINUTES + sending.BAD_MINUTES


def minutes(name: str, newest: int | None = None, status: str = "") -> Counter[int]:
    """Transactions by minutes before the last."""
    found = Counter[int]()
    for row in sending.rows(SCENARIOS[name], USUAL, AT, newest, np.random.default_rng(1)):
        assert row["source"] == sending.SOURCE
        if status in ("", row["status"]):
            found[AT - int(clock.moment(row["timestamp"]).timestamp() / 60)] += row["count"]
    return found


def test_a_scenario_ends_now_after_what_is_usual() -> None:
    found = minutes("launch")
    assert set(found) == set(range(WHOLE))
    assert found[0] > 5 * found[20]


def test_the_disturbance_is_the_simulators() -> None:
    found = minutes("backend-reversals", status="backend_reversed")
    bad = sum(found[at] for at in range(sending.BAD_MINUTES)) / sending.BAD_MINUTES
    usual = sum(USUAL.per_minute["backend_reversed"].values())
    assert 4 * usual < bad < 12 * usual


def test_a_silent_feed_ends_before_the_disturbance() -> None:
    assert min(minutes("silent-feed")) == sending.BAD_MINUTES


def test_what_the_source_has_is_not_sent_again_but_for_the_disturbance() -> None:
    assert set(minutes("gateway-down", AT - 20)) == set(range(20))
    assert set(minutes("gateway-down", AT)) == set(range(sending.BAD_MINUTES))
