"""Predictions from before get confidence and data quality, in batches that go on where they stopped."""

import pytest
from sqlalchemy import text

from collector import prediction_fill
from core.db.engine import Database
from core.events.types import Prediction
from core.models import registry
from core.models.registry import ReferenceBins
from core.pipeline.prediction_quality import Judge
from tests import analytics_world as world
from tests.analytics_world import DAY, HOUR, NOW

BOTH = "SELECT transaction_id, confidence, data_quality_score FROM fraud_predictions ORDER BY 1"
FORGET = "UPDATE fraud_predictions SET confidence = NULL, data_quality_score = NULL RETURNING 1"


@pytest.fixture
def stored(db: Database) -> list[tuple[object, ...]]:
    """Predictions with features of a model, many of one moment, before and after the first policy; as new ones are."""
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO policy_versions (created_at, profile, fraud_threshold, review_from, block_from, actor)"
                " VALUES (to_timestamp(:at), 'normal', 0.6, 0.4, 0.7, 'ann')"
            ),
            {"at": NOW - 2 * DAY},
        )
    bins = [ReferenceBins("a", [0.5], [5, 5, 0]), ReferenceBins("b", [0.5], [8, 2, 0])]
    version = registry.save(
        db, algorithm="test", artefact=b"x", features=["a", "b"], reference=bins, metrics={}, fingerprint="f"
    )
    given = world.events(120, NOW - 3 * DAY, NOW)
    for place, one in enumerate(given):
        if isinstance(one, Prediction):
            one.timestamp = NOW - 6 * HOUR if place % 3 == 0 else one.timestamp
            one.model_version, one.feature_values = version, [None if place % 2 else 0.3, 0.7]
    world.store(db, given)
    world.settle(db, only=("confidence",))
    return world.ask(db, BOTH)


def test_old_rows_are_as_if_they_were_new(db: Database, stored: list[tuple[object, ...]]) -> None:
    world.ask(db, FORGET)
    steps = 0
    while prediction_fill._step(db, Judge(), NOW + 1, most=7):
        steps += 1
    assert steps > 5
    assert world.ask(db, BOTH) == stored
    assert {row[1] for row in stored} >= {"L", "H", None}
    assert {row[2] for row in stored} == {500, 1000}
    assert world.ask(db, "SELECT done FROM prediction_quality_fill") == [(True,)]
    assert prediction_fill.run(db, Judge(), NOW + 1) == 0


def test_it_goes_on_where_it_stopped_and_its_hours_are_summed_up_anew(
    db: Database, stored: list[tuple[object, ...]]
) -> None:
    world.ask(db, FORGET)
    prediction_fill._step(db, Judge(), NOW + 1, most=20)
    known = world.ask(db, "SELECT count(*) FROM fraud_predictions WHERE data_quality_score IS NOT NULL")
    assert 0 < int(known[0][0]) < len(stored)
    ((before,),) = world.ask(db, "SELECT filled_to FROM prediction_quality_fill")
    assert prediction_fill.run(db, Judge(), NOW + 2) > 0
    assert world.ask(db, BOTH) == stored
    assert world.ask(db, "SELECT filled_to < :at FROM prediction_quality_fill".replace(":at", f"'{before}'")) == [
        (True,)
    ]
    world.settle(db, NOW + 60, only=("confidence",))
    sums = world.ask(
        db, "SELECT confidence::text, sum(predictions)::bigint FROM analytics_confidence GROUP BY 1 ORDER BY 1"
    )
    raw = world.ask(db, "SELECT coalesce(confidence, '?')::text, count(*) FROM fraud_predictions GROUP BY 1 ORDER BY 1")
    assert sums == raw
