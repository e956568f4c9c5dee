"""The verdict in words: never more than the labels carry."""

from typing import Any

import pytest

from console.advice.verdict import DayPrecision, Facts, parted, recall_bounds, verdict
from core.models.performance.interval import wilson


def facts(**changed: Any) -> Facts:
    """A day whose precision lies under its baseline by chance, its labels half there."""
    usual: dict[str, Any] = {
        "window": "the last 24 hours",
        "version": 3,
        "total": 24_000,
        "labelled": 9_120,
        "flagged": 200,
        "frauds": 130,
        "precision": 0.61,
        "precision_interval": (0.54, 0.68),
        "recall": 0.94,
        "recall_interval": (0.88, 0.97),
        "baseline": 0.67,
        "warns": True,
        "frauds_known": None,
        "mature_from": 0.95,
    }
    return Facts(**(usual | changed))


def test_a_fall_that_may_be_chance_is_watched_and_said_to_be_one() -> None:
    found = verdict(facts())
    assert found.level == "watch"
    assert found.sentence == (
        "Precision 0.61 (0.54–0.68), 9.0 % under its baseline 0.67, which 200 labels cannot distinguish from chance; "
        "labels are 38 % mature, so recall is not known yet."
    )


def test_a_fall_that_is_no_chance_is_bad() -> None:
    found = verdict(facts(precision_interval=wilson(1220, 2000), flagged=2000))
    assert found.level == "bad"
    assert "a significant difference" in found.sentence


def test_the_reference_matrix_is_watched() -> None:
    """M1: TP 142, FN 18, FP 89, TN 11,751."""
    found = verdict(
        facts(
            precision=142 / 231,
            precision_interval=wilson(142, 231),
            recall=142 / 160,
            recall_interval=wilson(142, 160),
            labelled=12_000,
            total=12_000,
            flagged=231,
            frauds=160,
            frauds_known=1.0,
        )
    )
    assert found.level == "watch"
    assert "Precision 0.61 (0.55–0.68), 8.3 % under its baseline 0.67" in found.sentence
    assert "recall 0.89 (0.83–0.93)" in found.sentence


@pytest.mark.parametrize(
    ("known", "says"),
    [
        (None, "so recall is not known yet"),
        (0.3, "about 30 % of its frauds known, so recall is not known yet"),
        (0.8, "recall ends between 0.75 and 0.95"),
        (0.96, "96 % of its frauds known: recall 0.94 (0.88–0.97)"),
    ],
)
def test_recall_is_said_as_far_as_the_frauds_are_known(known: float | None, says: str) -> None:
    assert says in verdict(facts(frauds_known=known)).sentence


def test_the_bounds_of_recall_hold_whatever_the_missing_labels_show() -> None:
    caught, known, all_frauds = 94, 100, 125
    low, high = recall_bounds(caught / known, known / all_frauds)
    assert low == pytest.approx(caught / all_frauds)
    assert high == pytest.approx((caught + 25) / all_frauds)


@pytest.mark.parametrize(
    ("changed", "level", "says"),
    [
        ({"version": None}, "unknown", "No model is in service"),
        (
            {"total": 0, "labelled": 0, "precision": None, "precision_interval": None},
            "unknown",
            "No transactions were scored in",
        ),
        (
            {
                "labelled": 0,
                "precision": None,
                "precision_interval": None,
                "estimated": 0.7,
                "estimated_interval": (0.6, 0.8),
            },
            "unknown",
            "None of the 24,000 predictions in the last 24 hours has a label yet; the scores alone suggest "
            "precision 0.70 (0.60–0.80).",
        ),
        ({"precision": None, "precision_interval": None}, "unknown", "Labels are 38 % mature; none of the labelled"),
        ({"precision_interval": (0.4, 0.8), "flagged": 22}, "unknown", "22 labels cannot distinguish from chance"),
        ({"precision": 0.7, "precision_interval": (0.65, 0.75), "warns": False}, "good", "4.5 % over its baseline"),
        ({"precision": 0.671, "precision_interval": (0.65, 0.7), "warns": False}, "good", "at its baseline"),
        ({"recall": None}, "watch", "and no fraud is known"),
        (
            {"warns": False, "precision": 0.7, "estimated": 0.42, "estimated_interval": (0.35, 0.52)},
            "watch",
            "suggest precision 0.42 (0.35–0.52), under the baseline, once all labels have arrived",
        ),
        ({"labelled": 12}, "watch", "labels are 0.05 % mature"),
    ],
)
def test_each_state_has_its_words(changed: dict[str, Any], level: str, says: str) -> None:
    found = verdict(facts(**changed))
    assert found.level == level
    assert says in found.sentence
    assert "nan" not in found.sentence.lower()


def test_only_mature_days_on_which_both_are_known_can_part() -> None:
    days = [
        DayPrecision((0.2, 0.3), (0.6, 0.8), 0.99),
        DayPrecision((0.5, 0.7), (0.6, 0.8), 0.97),
        DayPrecision((0.2, 0.3), (0.6, 0.8), 0.5),
        DayPrecision((0.2, 0.3), None, 0.99),
        DayPrecision(None, (0.6, 0.8), 0.99),
    ]
    assert parted(days, 0.95) == (1, 2)
    assert parted([day._replace(frauds_known=None) for day in days], 0.95) == (0, 0)


def test_a_baseline_of_another_threshold_is_said_and_judges_nothing() -> None:
    found = verdict(
        facts(threshold=0.6, baseline_threshold=0.5, warns=False, estimated=0.5, estimated_interval=(0.4, 0.6))
    )
    assert (found.level, found.word) == ("unknown", "Not yet known")
    assert found.sentence == (
        "Precision 0.61 (0.54–0.68) at threshold 0.6; its baseline 0.67 was measured at 0.5, so they cannot be "
        "compared; labels are 38 % mature, so recall is not known yet; the scores alone suggest precision 0.50 "
        "(0.40–0.60)."
    )
