"""Labels to come are as many as the delays of those that are there say."""

import numpy as np
import pytest

from console.analytics.fraud_cost import late
from console.analytics.fraud_cost.cells import BLOCKED, FRAUD
from tests.unit.console.analytics.fraud_cost.made import cells

RANDOM = np.random.default_rng(1)


def history(delays: dict[int, int], days: int = 40, exposed: int = 2000) -> list[dict[str, int]]:
    """So many frauds a day by their delay; those that are not known yet are among the exposed."""
    rows: list[dict[str, int]] = []
    for age in range(days):
        known = {delay: n for delay, n in delays.items() if delay < age}
        rows += [
            {"age": age, "label": FRAUD, "delay": delay, "n": n, "bank": 1, "cents": 5000 * n}
            for delay, n in known.items()
        ]
        rows.append({"age": age, "n": exposed - sum(known.values()), "cents": 5000 * exposed, "week": age // 7})
    return rows


def test_without_a_known_fraud_nothing_can_be_said() -> None:
    assert late.delays(cells({"n": 100}), 10, RANDOM).frauds == 0


def test_young_days_do_not_shorten_the_delays() -> None:
    curve = late.delays(cells(*history({2: 10, 20: 10})), 500, RANDOM)
    assert curve.horizon == 21
    assert curve.known[3:20] == pytest.approx(0.5), "half of those that ever come, whatever young days show"
    assert (curve.known[0], curve.known[21]) == (0.0, 1.0)
    assert curve.draws[:, 10].std() == pytest.approx(np.sqrt(0.25 / 380), rel=0.3)


def test_what_is_missing_of_each_day_is_drawn() -> None:
    given = cells(*history({2: 10, 20: 10}))
    curve = late.delays(given, 1000, RANDOM)
    found = late.estimate(late.learn(given, curve), given, RANDOM)
    by_age = {age: found.fraud[:, found.age == age].sum(axis=1).mean() for age in range(21)}
    assert by_age[0] == pytest.approx(20, rel=0.15)
    assert by_age[10] == pytest.approx(10, rel=0.15)
    assert found.age.max() < 21, "what is older is complete"
    assert found.cents.sum() / found.fraud.sum() == pytest.approx(5000, rel=0.02)


def test_what_was_blocked_is_no_loss() -> None:
    rows = history({2: 10})
    given = cells(*rows, {"decision": BLOCKED, "n": 10**6, "age": 1})
    curve = late.delays(given, 200, RANDOM)
    found = late.estimate(late.learn(given, curve), given, RANDOM)
    assert found.fraud.sum(axis=1).mean() == pytest.approx(10 * 2.5, rel=0.3)
