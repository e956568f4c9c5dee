"""The story from what was gathered: what changed in words, and each of the four questions answered or left open."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from console.model_page.data import Gathered, Resources, StoredModel
from console.model_page.narrative import story
from core.alerting.incident import Incident
from core.clock import to_datetime
from core.models.roles import Holder, RoleChange
from core.models.training_runs import Run
from core.monitoring.drift import DayDivergence, Drift, FeatureDivergence
from core.monitoring.model import LabelMaturity, Model, QualityWarning, RateIntervals
from tests.browser.fake_api import World

NOW = 1_800_000_000.0
AT = to_datetime(NOW - 3600)
MODEL: Model = replace(
    World().resource("model", NOW - 3600, NOW),
    version=3,
    precision=142 / 231,
    recall=142 / 160,
    f1=0.726,
    intervals=RateIntervals(precision=(0.55, 0.68), recall=(0.83, 0.93), f1=(0.6, 0.8)),
    warning=QualityWarning(text="Precision 0.615 is 8.3 % below", action="", next_retraining=int(1000 * (NOW + 86400))),
    maturity=LabelMaturity(labelled=12_000, total=24_000, percent=50.0, flagged_unlabelled=5, blocked_unlabelled=4),
)
DRIFT = Drift(
    status="watch", n=900, minimum=100, threshold=0.15, watch=0.1, largest=0.12, days=[], version=3,
    features=[
        FeatureDivergence(name="amount", kl=0.12, status="watch"),
        FeatureDivergence(name="age", kl=0.01, status="healthy"),
    ],
)  # fmt: skip


def gathered(stored: StoredModel | None = None, away: tuple[str, ...] = (), **known: Any) -> Gathered:
    resources = Resources(**{"model": MODEL, "drift": DRIFT, **known})
    return Gathered(
        NOW, "24h", resources, stored or StoredModel(holders={"champion": Holder("champion", 3, AT)}), list(away)
    )


def change(kind: str, after: int = 4, correlation: str | None = None) -> RoleChange:
    return RoleChange(1, AT, "champion", kind, 3, after, "ann", "because", correlation)


def run(state: Any, kind: Any = "manual", **more: Any) -> Run:
    empty = dict.fromkeys(Run.__struct_fields__)
    known = {"id": 7, "key": "k", "kind": kind, "requested_by": "ann", "requested_at": AT, "due_at": AT, "state": state}
    usual: dict[str, Any] = {
        **empty,
        **known,
        "reason": "",
        "message": "",
        "progress": 0.0,
        "options": {},
        "stages": [],
    }
    return Run(**(usual | more))


def test_the_four_questions_are_answered() -> None:
    told = story(gathered())
    assert [one.question for one in told.answers] == ["Quality", "Drift", "Changes", "Recommendations"]
    good, drift, changed, todo = told.answers
    assert (good.level, drift.level, changed.word) == ("watch", "watch", "Nothing")
    assert drift.text == "Largest of 2: amount, KL 0.12; drifted is above 0.15."
    assert "8.3 % under its baseline" in good.text
    assert todo.text.startswith("Precision 0.615 is 8.3 % below")
    assert told.advice[0].address.startswith("transactions?")


def test_a_day_of_drift_is_said_before_the_week_has_drifted() -> None:
    days = [
        DayDivergence(day=int(NOW * 1000), kl=0.8, feature="age", n=900),
        DayDivergence(day=0, kl=None, feature=None, n=0),
    ]
    told = story(gathered(drift=replace(DRIFT, days=days)))
    assert told.answers[1].word == "Early signs"
    assert "age reached KL 0.80; the week's largest, amount, is 0.12, below 0.15" in told.answers[1].text
    assert "begins" in [one.key for one in told.advice]


def test_changes_are_told_newest_first_and_lead_somewhere() -> None:
    stored = StoredModel(
        holders={"champion": Holder("champion", 4, AT)},
        roles=[change("promote"), change("roll-back", 3), change("ensemble", 9, "A3-1"), change("revert", 3)],
        runs=[run("done", started_at=AT - timedelta(hours=2)), run("queued", "scheduled")],
        policies=[{"created_at": AT, "profile": "strict", "fraud_threshold": 0.5, "actor": "A1", "version": 2}],
    )
    told = story(gathered(stored))
    texts = [one.text for one in told.changes]
    assert "Model 4 became champion: because" in texts
    assert "Rolled back to model 3: because" in texts
    assert "Switched to the ensemble, model 9: because" in texts
    assert "Switched back from the ensemble to model 3: because" in texts
    assert "Policy strict, fraud from 0.50" in texts
    assert len(texts) == 6, "a run that waits for its day changed nothing"
    assert texts[-1].startswith("Training run 7")
    assert told.answers[2].word == "6 changes"


def test_the_next_retraining_is_the_scheduled_run_that_waits() -> None:
    due = to_datetime(NOW + 7200)
    calm = replace(MODEL, warning=None)
    told = story(
        gathered(
            StoredModel(holders={"champion": Holder("champion", 3, AT)}, runs=[run("queued", "scheduled", due_at=due)]),
            model=calm,
        )
    )
    assert told.advice[0].key == "nothing"
    assert f"{due:%A %d %b %H:%M} UTC" in told.advice[0].reason


def test_a_model_that_waits_for_a_decision_is_advised_about() -> None:
    held = {"champion": Holder("champion", 3, AT)}
    waiting = run("done", version=5, decision="waiting", message="model 5 is better")
    (first, *_) = story(gathered(StoredModel(holders=held, runs=[waiting]))).advice
    assert (first.title, first.address) == ("Decide on model 5", "model/training/runs/7")


def test_the_ensemble_in_service_is_advised_about() -> None:
    stored = StoredModel(holders={"champion": Holder("champion", 9, AT)}, roles=[change("ensemble", 9)])
    assert "ensemble" in [one.key for one in story(gathered(stored)).advice]


def test_what_is_away_is_not_taken_for_nothing() -> None:
    no_api = Gathered(
        NOW, "24h", Resources(), StoredModel(holders={"champion": Holder("champion", 3, AT)}), ["the monitoring API"]
    )
    told = story(no_api)
    assert [one.word for one in told.answers] == ["Unavailable", "Unavailable", "Nothing", "Unavailable"]
    no_base = Gathered(NOW, "24h", Resources(), StoredModel(), ["PostgreSQL"])
    assert "No model" not in story(no_base).verdict.sentence
    assert story(no_base).advice == []
    nobody = story(Gathered(NOW, "24h", Resources(drift=replace(DRIFT, status="unknown", features=[])), StoredModel()))
    assert nobody.verdict.sentence == "No model is in service, so no transactions are scored."
    assert [one.key for one in nobody.advice] == ["no-model"]


def test_a_part_that_failed_says_why() -> None:
    found = gathered()
    found.resources.drift = None
    found.errors["drift"] = "drift cannot be computed: the reference is gone"
    assert story(found).answers[1].text == "Drift cannot be computed: the reference is gone."


def test_a_retraining_that_made_nothing_better_is_not_advised_again() -> None:
    known = dict.fromkeys(Incident._fields)
    one = Incident(
        **{
            **known,
            "id": "A3-1",
            "rule": "A3",
            "series": "",
            "title": "Feature drift",
            "status": "open",
            "opened_at": AT,
        }
    )
    first = FeatureDivergence(name="age", kl=0.8, status="drifted")
    drifted = replace(DRIFT, status="drifted", features=[first])
    held = {"champion": Holder("champion", 3, AT)}
    later, before = AT + timedelta(minutes=9), AT - timedelta(minutes=9)
    for finished, key in ((later, "label-new"), (before, "retrain")):
        stored = StoredModel(holders=held, incidents=[one], runs=[run("refused", "emergency", finished_at=finished)])
        keys = [one.key for one in story(gathered(stored, drift=drifted)).advice]
        assert ("label-new" in keys, "retrain" in keys) == (key == "label-new", key == "retrain")
        assert keys[0] == "incident"
