"""Estimated rates are the expected ones by definition, and the labels that come later fall into their intervals."""

import numpy as np
import pytest

from api.performance.estimate import NAMES, estimate
from core.models.performance.calibration import Calibration, fit
from tests.unit.core.models.performance.making import scored


def test_a_small_case_by_hand() -> None:
    plain = Calibration([0.0, 1.0], [0.0, 1.0], [0.0], [10], [5], needed=False)
    found = estimate(plain, [0.9, 0.8, 0.2, 0.1], [True, True, False, False])
    assert (found.rows, found.flagged) == (4, 2)
    assert (found.tp, found.fn, found.fp, found.tn) == pytest.approx((1.7, 0.3, 0.3, 1.7))
    assert [found.rates[name] for name in ("precision", "recall", "f1", "fraud_rate")] == pytest.approx(
        [0.85, 0.85, 0.85, 0.5]
    )
    # Pairs of (fraud, honest) expected by probability, the fraud above the honest one or, being the same row, half.
    p = np.array([0.9, 0.8, 0.2, 0.1])
    above = sum(p[i] * (1 - p[j]) * (1.0 if i < j else 0.5 if i == j else 0.0) for i in range(4) for j in range(4))
    assert found.rates["auc_roc"] == pytest.approx(above / (2.0 * 2.0))


def test_counts_stand_for_repeated_scores() -> None:
    calibration = fit(*scored(4000, 0.0, [1]))
    scores = np.round(scored(3000, 0.2, [2])[1], 2)
    values, counts = np.unique(scores, return_counts=True)
    one, other = estimate(calibration, scores, scores >= 0.6), estimate(calibration, values, values >= 0.6, counts)
    assert one.rates == pytest.approx(other.rates)
    for name in NAMES:
        assert one.intervals[name] == pytest.approx(other.intervals[name], abs=1e-12)  # sums in another order


@pytest.mark.parametrize(("shift", "rows"), [(0.0, 4000), (0.3, 4000), (0.6, 20_000)])
def test_held_out_drifted_data_falls_within_the_interval_at_the_stated_rate(shift: float, rows: int) -> None:
    runs, inside = 60, dict.fromkeys(NAMES, 0)
    for run in range(runs):
        calibration = fit(*scored(10_000, 0.0, [3, run]))
        labels, scores = scored(rows, shift, [4, run])
        found = estimate(calibration, scores, scores >= 0.6)
        for name, value in realised(labels, scores).items():
            bounds = found.intervals[name]
            assert bounds is not None
            inside[name] += bounds[0] <= value <= bounds[1]
    # 0.95 less three standard errors of 60 runs.
    assert min(inside.values()) / runs >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs), inside
    assert sum(inside.values()) / runs / len(NAMES) >= 0.93


def test_no_rows_and_nothing_flagged() -> None:
    calibration = fit(*scored(500, 0.0, [5]))
    nothing = estimate(calibration, [], [])
    assert (nothing.rows, set(nothing.rates.values()), set(nothing.intervals.values())) == (0, {None}, {None})
    quiet = estimate(calibration, [0.1, 0.2], [False, False])
    assert (quiet.rates["precision"], quiet.intervals["precision"]) == (None, None)


def test_the_same_input_gives_the_same_interval() -> None:
    calibration = fit(*scored(2000, 0.0, [6]))
    scores = scored(2000, 0.1, [7])[1]
    first = estimate(calibration, scores, scores >= 0.6)
    assert first == estimate(calibration, scores, scores >= 0.6)


def realised(labels: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """The rates that the labels show."""
    flagged = scores >= 0.6
    tp, fn, fp = (labels * flagged).sum(), (labels * ~flagged).sum(), ((1 - labels) * flagged).sum()
    bad, good = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    below, upto = np.searchsorted(good, bad), np.searchsorted(good, bad, side="right")
    return {
        "precision": tp / (tp + fp),
        "recall": tp / (tp + fn),
        "f1": 2 * tp / (2 * tp + fp + fn),
        "fraud_rate": labels.mean(),
        "auc_roc": float((below + upto).sum() / 2 / len(bad) / len(good)),
    }
