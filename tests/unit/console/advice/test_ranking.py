"""What to do: each state leads to its advice, with a reason and a place to go; nothing to do is said once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from console.advice.advisers.labels import labels_wanted
from console.advice.ranking import ORDER, advice
from console.advice.situation import Run, Shadow, Situation
from core.models.performance.interval import wilson

DUE = datetime(2026, 1, 4, 2, tzinfo=UTC)
CALM: dict[str, Any] = {
    "version": 3,
    "next_retraining": DUE,
    "labelled": 900,
    "total": 1000,
    "precision": 0.7,
    "interval": (0.67, 0.73),
    "flagged": 900,
    "drift": "healthy",
    "report_days": 1.0,
    "held_out": True,
}


def found(**changed: Any) -> dict[str, Any]:
    return {one.key: one for one in advice(Situation(**(CALM | changed)))}


def test_a_calm_model_leaves_nothing_to_do() -> None:
    (only,) = advice(Situation(**CALM))
    assert (only.key, only.title) == ("nothing", "Nothing to do")
    assert only.reason == "The next retraining is due Sunday 04 Jan 02:00 UTC."


def test_without_a_model_there_is_one_thing_to_do() -> None:
    (only,) = advice(Situation(None, waiting=40, drift="drifted"))
    assert (only.key, only.address) == ("no-model", "model/training")


BETTER = Shadow(4, 9000, 60, 20, 0.03, (0.01, 0.05), "better")


@pytest.mark.parametrize(
    ("changed", "key", "level", "says", "address"),
    [
        (
            {"incidents": (("A3-1", "Feature drift"),)},
            "incident",
            "act",
            "Feature drift is firing.",
            "alerts/incidents/A3-1",
        ),
        (
            {"drift": "drifted", "drift_feature": "amount", "drift_kl": 0.2},
            "retrain",
            "act",
            "amount has drifted (KL 0.20)",
            "",
        ),
        (
            {"shadow": BETTER},
            "challenger-4",
            "act",
            "+0.030 average precision, 95 % +0.010 to +0.050",
            "model/versions",
        ),
        (
            {"shadow": Shadow(4, 9000, 7, 20)},
            "challenger-4",
            "idea",
            "9,000 transactions scored by both models, 7 are",
            "#shadow",
        ),
        (
            {"shadow": Shadow(4, 9000, 60, 20, -0.03, (-0.05, -0.01), "worse")},
            "challenger-4",
            "soon",
            "−0.030 average precision",
            "model/versions",
        ),
        (
            {"shadow": Shadow(4, 9000, 60, 20, 0.0, (-0.1, 0.1), "no different")},
            "challenger-4",
            "idea",
            "no significant difference",
            "#shadow",
        ),
        (
            {"undecided": Run(8, "scheduled", "done", "model 5 is better", version=5)},
            "decide-8",
            "act",
            "Training run 8 waits for a decision to promote or refuse it: model 5 is better.",
            "model/training/runs/8",
        ),
        (
            {"drift": "drifted", "drift_feature": "amount", "drift_kl": 0.2, "tried": Run(6, "emergency", "refused")},
            "label-new",
            "act",
            "training run 6 found no better model",
            "transactions/queue",
        ),
        (
            {"drift_day": ("Sat 21", "amount", 0.77)},
            "begins",
            "soon",
            "amount differed from the training data on Sat 21 (KL 0.77)",
            "model/drift",
        ),
        ({"parted": 3, "mature_days": 5}, "concept", "act", "On 3 of 5 mature days", "model/training"),
        (
            {"failed_run": Run(9, "scheduled", "failed", "too few frauds.")},
            "failed-9",
            "soon",
            "too few frauds.",
            "model/training/runs/9",
        ),
        (
            {"precision": 0.6, "interval": wilson(60, 100), "flagged": 100, "waiting": 400, "labelled": 380},
            "label",
            "soon",
            "38 % of the window has a label. Precision is known to ±0.09; 269 more",
            "transactions/queue",
        ),
        (
            {"precision": None, "interval": None, "flagged": 0, "waiting": 400},
            "label",
            "soon",
            "precision is unknown",
            "transactions/queue",
        ),
        (
            {"warning": "Precision 0.6 is 10 % below", "threshold": 0.6},
            "precision",
            "soon",
            "The next retraining is due Sunday",
            "transactions?span=7d&label=legit&score_from=0.6",
        ),
        (
            {"serves_ensemble": "Switched by A3"},
            "ensemble",
            "soon",
            "Switched by A3. The champion returns",
            "model/versions",
        ),
        (
            {"open_run": Run(5, "manual", "running", "training", 0.4)},
            "running",
            "calm",
            "Training: 40 %.",
            "model/training/runs/5",
        ),
        (
            {"open_run": Run(5, "emergency", "queued")},
            "running",
            "calm",
            "as soon as a training worker",
            "model/training/runs/5",
        ),
        ({"report_days": None}, "report", "idea", "no report on this model yet", "model/drift"),
        ({"report_days": 12.0}, "report", "idea", "12 days old", "model/drift"),
        ({"held_out": False, "blocked_unlabelled": 55}, "hold-out", "idea", "55 blocked transactions", ""),
    ],
)
def test_each_state_leads_to_its_advice(changed: dict[str, Any], key: str, level: str, says: str, address: str) -> None:
    one = found(**changed)[key]
    assert (one.level, one.address) == (level, address)
    assert says in one.reason
    assert bool(one.address) == bool(one.words) or one.retrain


def test_what_is_urgent_comes_first_and_then_nothing_to_do_is_not_said() -> None:
    levels = [one.level for one in advice(Situation(**(CALM | {"report_days": None, "shadow": BETTER, "waiting": 9})))]
    assert levels == sorted(levels, key=ORDER.index)
    assert "nothing" not in found(shadow=BETTER)
    assert "nothing" in found(report_days=None)


@pytest.mark.parametrize("run", [Run(5, "emergency", "queued"), Run(5, "manual", "running")])
def test_a_retraining_that_is_under_way_is_not_asked_for_again(run: Run) -> None:
    assert "retrain" not in found(drift="drifted", open_run=run)


def test_a_day_adds_nothing_to_a_week_that_drifted() -> None:
    assert "begins" not in found(drift="drifted", drift_day=("Sat 21", "amount", 0.77))


def test_the_queue_is_not_asked_for_more_than_it_holds() -> None:
    changed = {"precision": 0.6, "interval": wilson(60, 100), "flagged": 100}
    assert found(**changed, waiting=12)["label"].title == "Label 12 of the review queue"
    assert "label" not in found(**changed, waiting=0)


@pytest.mark.parametrize("precision", [0.2, 0.5, 0.8])
def test_so_many_labels_do_make_it_that_sure(precision: float) -> None:
    more = labels_wanted(precision, 50)
    bounds = wilson(precision * (50 + more), 50 + more)
    assert bounds
    assert (bounds[1] - bounds[0]) / 2 == pytest.approx(0.05, abs=0.002)
