"""Test scenarios: usual minutes first, then the disturbance up to now, and only what the source has not."""

import random
from collections import Counter

import pytest

from console.pages.statuses import sending

AT = 30_000_000


def minutes(name: str, newest: int | None = None) -> Counter[int]:
    """Transactions by minutes before the last."""
    found = Counter[int]()
    for row in sending.rows(sending.SCENARIOS[name], AT, newest, random.Random(1)):
        at = sending.clock.moment(row["timestamp"]).timestamp() / 60
        found[AT - int(at)] += row["count"]
    return found


def test_a_scenario_ends_now_after_what_is_usual() -> None:
    found = minutes("launch")
    assert set(found) == set(range(sending.USUAL_MINUTES + sending.BAD_MINUTES))
    assert found[0] > 5 * found[20]


def test_a_silent_feed_ends_four_minutes_ago() -> None:
    assert min(minutes("silent-feed")) == sending.SILENT_MINUTES


def test_what_the_source_has_is_not_sent_again_but_for_the_disturbance() -> None:
    assert set(minutes("gateway-down", AT - 20)) == set(range(20))
    assert set(minutes("gateway-down", AT)) == set(range(sending.BAD_MINUTES))


@pytest.mark.parametrize("mean", [0.0, 0.3, 8.0, 600.0])
def test_numbers_have_their_mean(mean: float) -> None:
    draw = random.Random(2)
    numbers = [sending.poisson(draw, mean) for _ in range(2000)]
    assert sum(numbers) / 2000 == pytest.approx(mean, rel=0.1, abs=0.05)
