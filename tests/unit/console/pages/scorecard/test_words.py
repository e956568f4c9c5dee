"""What the figures of Scorecard say: one sentence each, of what is known."""

import pytest

from console.analytics.scorecard.overrides import Overrides
from console.analytics.scorecard.reliability import Group, Reliability
from console.analytics.scorecard.stability import Stability
from console.analytics.scorecard.vintages import Vintage
from console.pages.scorecard import words


def stability(state: str, psi: float = 0.02, name: str = "score") -> Stability:
    return Stability(name, psi, 0.01, 0.001, 500, 20_000, 10, False, state)  # type: ignore[arg-type]  # one of them


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("few", "Too few rows"), ("stable", "expected by chance"), ("small", "by little"), ("shifted", "over 0.1"),
        ("large", "a lot (over 0.25)"),
    ],
)  # fmt: skip
def test_a_stability_is_one_sentence(state: str, said: str) -> None:
    assert said in words.stability(stability(state))


def test_features_say_what_chance_alone_would_give() -> None:
    said = words.features([stability("stable", 0.0, "a"), stability("shifted", 0.2, "b")], {"b"})
    assert said.startswith("1 of 2 features are above their critical value, 0.1 would be by chance alone")
    assert words.features([], set()) == "Too few rows to compare the features."


@pytest.mark.parametrize(
    ("slope", "intercept", "said"),
    [(0.7, 0.0, "too extreme"), (1.4, 0.0, "too cautious"), (1.0, 0.4, "too low"), (1.0, -0.4, "too high")],
)
def test_a_calibration_says_which_way_it_is_off(slope: float, intercept: float, said: str) -> None:
    groups = [Group(0, 1, 1000, 100, 0.3, 0.1, 0.08, 0.12)]
    bounds = (slope, slope - 0.1, slope + 0.1, intercept, intercept - 0.1, intercept + 0.1)
    assert said in words.calibration(Reliability(groups, 1000, 100, 0.2, 0.02, *bounds))
    assert "agree" in words.calibration(Reliability(groups, 1000, 100, 0.01, 0.02, *bounds))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.6, 0.9, "the analysts were mostly right"), (0.1, 0.4, "the score was mostly right"), (0.4, 0.6, "neither")],
)
def test_overrides_say_who_was_right(low: float, high: float, said: str) -> None:
    assert said in words.overridden(Overrides(True, 100, 40, 0.4, 0.3, 0.5, 30, 15, 0.5, low, high))


def test_too_few_judged_overrides_say_so() -> None:
    assert "Too few" in words.overridden(Overrides(False, 10, 4, None, None, None, 3, 3, None, None, None))


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Vintage(1, 63, 0.8, 79.0, 4.0, 72, 89), "About 16 more frauds"),
        (Vintage(5, 63, 1.0, 63.0, 0.0, 63, 63), "complete"),
        (Vintage(1, 3, 0.8, None, None, None, None), "Fewer than 5 frauds"),
        (Vintage(1, 3, None, None, None, None, None), "do not tell"),
    ],
)
def test_a_vintage_says_what_is_still_to_come(one: Vintage, said: str) -> None:
    assert said in words.vintage(one)
