"""Confidence and data quality are stored with each prediction, by the policy and the model of its row."""

import random

import pytest
from sqlalchemy import text

from core.db.engine import Database
from core.events import types as events
from core.events.types import Prediction
from core.models import baselines, registry
from core.models.drift.baseline import Baseline, fit
from core.models.registry import ReferenceBins
from core.policy import Policy
from tests import analytics_world as world
from tests.analytics_world import DAY, NOW

REFERENCE = (
    "SELECT p.transaction_id, CASE WHEN d.distance <= 0.1 THEN 'L' WHEN d.distance <= 0.2 THEN 'M'"
    " WHEN d.distance > 0.2 THEN 'H' END FROM fraud_predictions p"
    " LEFT JOIN LATERAL (SELECT * FROM policy_versions v WHERE v.created_at <= p.timestamp"
    " ORDER BY version DESC LIMIT 1) v ON true"
    " LEFT JOIN LATERAL (SELECT round(least(abs(p.fraud_score - v.review_from), abs(p.fraud_score - v.block_from),"
    " abs(p.fraud_score - v.fraud_threshold))::numeric, 6) AS distance WHERE v.version IS NOT NULL) d ON true"
    " ORDER BY 1"
)


@pytest.fixture
def policies(db: Database) -> None:
    """Version 1 from five days ago on, version 2 from one day ago on."""
    with db.transaction() as connection:
        for days, review in ((5, 0.4), (1, 0.3)):
            connection.execute(
                text(
                    "INSERT INTO policy_versions (created_at, profile, fraud_threshold, review_from, block_from, actor)"
                    " VALUES (to_timestamp(:at), 'normal', 0.6, :review, 0.7, 'ann')"
                ),
                {"at": NOW - days * DAY, "review": review},
            )


def model(db: Database, kept: Baseline | None = None) -> int:
    """A registered model of two features, trained on amounts from 1 to 100."""
    bins = [ReferenceBins("amount", [50.0], [5, 5, 0]), ReferenceBins("new_device", [0.5], [8, 2, 0])]
    described = [{"name": "amount", "type": "number"}, {"name": "new_device", "type": "flag"}]
    version = registry.save(
        db, algorithm="test", artefact=b"x", features=["amount", "new_device"], reference=bins,
        metrics={"features": described}, fingerprint="f",
    )  # fmt: skip
    kept = kept or fit({"amount": [float(n) for n in range(1, 101)], "new_device": [0.0, 1.0] * 50})
    baselines.put(db, version, kept, None)
    return version


def stored(db: Database) -> dict[str, tuple[str | None, int | None]]:
    found = world.ask(db, "SELECT transaction_id, confidence, data_quality_score FROM fraud_predictions")
    return {name: (letter, score) for name, letter, score in found}


@pytest.mark.usefixtures("policies")
def test_confidence_follows_the_policy_in_force_at_the_row(db: Database) -> None:
    world.store(db, world.events(600, NOW - 6 * DAY, NOW))
    known = [(name, letter) for name, (letter, _) in sorted(stored(db).items())]
    assert known == world.ask(db, REFERENCE)
    assert {letter for _, letter in known} == {"L", "M", "H", None}, "before the first policy nothing is known"


@pytest.mark.usefixtures("policies")
def test_the_policy_that_decided_counts_where_it_is_known(db: Database) -> None:
    at = {"timestamp": NOW - 60, "score": 0.19, "decision": "APPROVED", "threshold": 0.6}
    world.store(db, [
        Prediction(id="old", transaction_id="old", policy_version=1, **at),
        Prediction(id="new", transaction_id="new", policy_version=2, **at),
        Prediction(id="gone", transaction_id="gone", policy_version=9, **at),
    ])  # fmt: skip
    assert {name: letter for name, (letter, _) in stored(db).items()} == {"old": "H", "new": "M", "gone": "M"}


def test_data_quality_follows_the_model(db: Database) -> None:
    version, named = model(db), {"amount": 500.0, "new_device": True}
    at = {"timestamp": NOW - 60, "score": 0.1, "decision": "APPROVED", "threshold": 0.6}
    world.store(db, [
        Prediction(id="a", transaction_id="a", model_version=version, feature_values=[50.0, 1.0], **at),
        Prediction(id="b", transaction_id="b", model_version=version, features=named, **at),
        Prediction(id="c", transaction_id="c", model_version=version, feature_values=[None, 0.5], **at),
        Prediction(id="d", transaction_id="d", model_version=version + 1, feature_values=[50.0, 1.0], **at),
        Prediction(id="e", transaction_id="e", model_version=version, **at),
    ])  # fmt: skip
    scores = {name: score for name, (_, score) in stored(db).items()}
    assert scores == {"a": 1000, "b": 500, "c": 0, "d": None, "e": None}


def test_data_quality_equals_its_reference_query(db: Database) -> None:
    version, dice = model(db), random.Random(3)
    values = (None, -5.0, 0.0, 0.5, 1.0, 7.5, 100.0, 101.0)
    world.store(db, [
        Prediction(
            id=f"{n}", transaction_id=f"{n}", timestamp=NOW - n, score=0.1, decision="APPROVED", threshold=0.6,
            model_version=version, feature_values=[dice.choice(values), dice.choice(values)],
        )
        for n in range(200)
    ])  # fmt: skip
    reference = (
        "SELECT p.data_quality_score, (SELECT round(1000 * avg((value_problem(v, (e.kind = 'flag')::int::smallint,"
        " coalesce(e.low, '-Infinity'), coalesce(e.high, 'Infinity'), -1, e.words) = 0)::int))"
        " FROM unnest(p.features) WITH ORDINALITY AS x (v, place) JOIN feature_expectations e"
        " ON e.model_version = p.model_version AND e.place = x.place)::int FROM fraud_predictions p"
    )
    rows = world.ask(db, reference)
    assert all(stored == wanted for stored, wanted in rows)
    assert {stored for stored, _ in rows} == {0, 500, 1000}


def test_nobody_outside_says_which_policy_decided() -> None:
    policy = Policy(7, "normal", 0.6, 0.4, 0.7)
    body = b'[{"kind":"prediction","transaction_id":"x","score":0.5,"policy_version":3,"replayed":true},'
    body += b'{"kind":"prediction","transaction_id":"y","score":0.5,"decision":"BLOCKED","policy_version":3}]'
    (own, told), bad = events.parse(body, NOW, policy, sender="shop")
    assert bad == []
    assert isinstance(own, Prediction)
    assert isinstance(told, Prediction)
    assert (own.policy_version, told.policy_version, own.replayed) == (7, None, True)


def test_a_replayed_prediction_is_marked(db: Database) -> None:
    at = {"timestamp": NOW - 60, "score": 0.1, "decision": "APPROVED", "threshold": 0.6}
    world.store(db, [
        Prediction(id="a", transaction_id="a", replayed=True, holdout=0.1, sender="shop", **at),
        Prediction(id="b", transaction_id="b", **at),
    ])  # fmt: skip
    extra = dict(world.ask(db, "SELECT transaction_id, extra FROM fraud_predictions"))
    assert extra == {"a": {"holdout": 0.1, "replayed": True, "reported_by": "shop"}, "b": None}


def test_live_kpis_count_no_replayed_prediction(db: Database) -> None:
    """Neither as it comes, nor when our own prediction takes the place of a reported one that was replayed."""
    counts = "SELECT sum(predictions)::int, sum(approved)::int FROM rollups WHERE width = 60"
    at = {"timestamp": NOW - 60, "score": 0.1, "decision": "APPROVED", "threshold": 0.6}
    told = Prediction(id="a", transaction_id="a", replayed=True, sender="shop", **at)
    world.store(db, [told, Prediction(id="b", transaction_id="b", sender="shop", **at)])
    assert world.ask(db, counts) == [(1, 1)]
    world.store(db, [Prediction(id=name, transaction_id=name, **at) for name in ("a", "b")])
    assert world.ask(db, "SELECT count(*) FROM fraud_predictions") == [(2,)]
    assert world.ask(db, counts) == [(2, 2)]


def test_a_row_stays_small(db: Database) -> None:
    """190 bytes a row of 16 features is the budget of the table; both columns together cost 8 at most."""
    version = model(db)
    names = [f"transaction-{n:08d}" for n in range(400)]
    world.store(db, [
        Prediction(
            id=name, transaction_id=name, timestamp=NOW - 60, score=0.1, decision="APPROVED", threshold=0.6,
            model_version=version, feature_values=[50.0, 1.0], latency_ms=1.5, amount=20.5,
        )
        for name in names
    ])  # fmt: skip
    ((whole,),) = world.ask(db, "SELECT avg(pg_column_size(p.*))::float8 FROM fraud_predictions p")
    world.ask(db, "UPDATE fraud_predictions SET confidence = NULL, data_quality_score = NULL RETURNING 1")
    ((bare,),) = world.ask(db, "SELECT avg(pg_column_size(p.*))::float8 FROM fraud_predictions p")
    assert whole - bare <= 8
