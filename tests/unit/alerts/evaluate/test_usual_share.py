"""Limits of a share follow what is usual on the platform; the shipped rules are quiet at rest and in bursts."""

import tomllib

import msgspec
import numpy as np
import pytest

from alerts.evaluate.rule import Reading
from alerts.evaluate.rules import anomaly
from alerts.evaluate.rules.anomaly import Parameters, banded
from alerts.evaluate.usual_share import limited
from core.settings import ROOT

NONE = np.array([])
RULES = {one["id"]: one for one in tomllib.loads((ROOT / "config" / "rules.toml").read_text())["rule"]}
LOW = msgspec.convert(RULES["approval-rate"]["parameters"], Parameters)
HIGH = msgspec.convert(RULES["approval-rate-high"]["parameters"], Parameters)


def verdict(value: float, n: int, trailing: np.ndarray, days: np.ndarray, parameters: Parameters) -> str:
    return anomaly.judge(banded(Reading("", value, n), trailing, days, parameters), parameters).state


def bursts(usual: float, n: int, hours: int, seed: int) -> np.ndarray:
    """Percent approved of every minute's last hour: of what is held, up to 2 % of all comes in bursts, as fraud."""
    rng = np.random.default_rng(seed)
    minutes = hours * 60 + 60
    count = np.full(minutes, n / 60)
    burst = min(0.5 * (1 - usual), 0.02)
    held, size = rng.poisson(count * (1 - usual - burst)), n / 100  # of a burst, within ten minutes
    for at in np.flatnonzero(rng.random(minutes) < n / 60 * burst / size):
        held[at : at + 10] += rng.poisson(size / 10, len(held[at : at + 10]))
    kernel = np.ones(60)
    return 100.0 * (1 - np.clip(np.convolve(held, kernel, "valid") / np.convolve(count, kernel, "valid"), 0, 1))


@pytest.mark.parametrize("usual", [0.45, 0.90, 0.975])
@pytest.mark.parametrize("n", [300, 1100, 20_000])
def test_bursts_at_rest_are_quiet(usual: float, n: int) -> None:
    found = bursts(usual, n, 48, seed=n)
    states = [
        verdict(found[at], n, found[at - 420 : at - 60], NONE, parameters)
        for at in range(480, len(found), 7)
        for parameters in (LOW, HIGH)
    ]
    assert "bad" not in states


@pytest.mark.parametrize(("usual", "n"), [(0.45, 300), (0.90, 1100), (0.97, 1100), (0.995, 20_000)])
def test_when_nothing_is_held_any_more_it_fires(usual: float, n: int) -> None:
    assert verdict(100.0, n, bursts(usual, n, 6, seed=1), NONE, HIGH) == "bad"


def test_a_platform_that_approves_little_is_judged_by_its_own_measure() -> None:
    strict, usual = bursts(0.45, 1100, 6, seed=2), bursts(0.97, 1100, 6, seed=3)
    assert verdict(44.0, 200, strict, NONE, LOW) == "good", "a fixed limit of 50 % would always fire here"
    assert verdict(20.0, 200, strict, NONE, LOW) == "bad"
    assert verdict(44.0, 200, usual, NONE, LOW) == "bad"


def test_what_has_lasted_for_hours_does_not_become_usual() -> None:
    days, now = bursts(0.97, 1100, 8, seed=4), bursts(0.30, 1100, 6, seed=5)
    assert verdict(30.0, 200, now, days, LOW) == "bad"


def test_without_history_nothing_is_said() -> None:
    assert verdict(10.0, 200, NONE, NONE, LOW) == "no_data"
    assert limited(None, (NONE, NONE), 0.5, 0.95, 200) is None
    assert limited((1.0, 2.0), (NONE, NONE), None, None, 200) == (1.0, 2.0)


def test_where_few_are_held_their_absence_says_nothing() -> None:
    assert verdict(100.0, 300, np.full(300, 97.0), NONE, HIGH) != "bad", "nine are due: an hour without is chance"
    assert verdict(100.0, 500, np.full(300, 97.0), NONE, HIGH) == "bad"


def test_only_shares_have_parts() -> None:
    with pytest.raises(ValueError, match="limits of shares"):
        Parameters(metric="transactions_per_hour", below_usual=0.5)
