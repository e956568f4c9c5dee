"""Grown history looks like what it was drawn from, counts once, and is rolled up as if it had come over HTTP."""

import pytest

from core import clock
from core.errors import BadInput
from core.events import Prediction
from core.store.writer import Writer
from simulator.growth import batches, grow, patterns

BLOCK_FROM = 0.7


def execute(db, statement):
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def seed(writer):
    now = clock.now()
    made = [
        Prediction(
            id=f"p{n}", transaction_id=f"p{n}", timestamp=now - n, score=n / 10, threshold=0.6, amount=float(n),
            decision="BLOCKED" if n > 6 else "APPROVED", feature_values=[float(n), None], model_version=None,
        )
        for n in range(10)
    ]  # fmt: skip
    writer.store(made, now)


def test_it_is_spread_over_the_days_and_counted_once(db):
    writer = Writer(db, BLOCK_FROM)
    seed(writer)
    assert grow(db, writer, 3000, 5.0, 1, print) == 3000
    assert grow(db, writer, 3000, 5.0, 1, print) == 0
    [(count, scores, days)] = execute(
        db,
        "SELECT count(*), count(DISTINCT fraud_score), count(DISTINCT timestamp::date) FROM fraud_predictions"
        " WHERE transaction_id LIKE 'grown-%'",
    )
    assert count == 3000
    assert scores == 10
    assert 5 <= days <= 6
    assert execute(db, "SELECT sum(predictions) FROM rollups WHERE width = 60") == [(3010,)]


def test_the_same_seed_gives_the_same(db):
    writer = Writer(db, BLOCK_FROM)
    seed(writer)
    known = patterns(db)
    assert list(batches(known, 50, 0.0, 100.0, 3)) == list(batches(known, 50, 0.0, 100.0, 3))
    times = [one.timestamp for batch in batches(known, 50, 0.0, 100.0, 3) for one in batch]
    assert times == sorted(times)


def test_there_must_be_something_to_draw_from(db):
    with pytest.raises(BadInput, match="no stored prediction"):
        grow(db, Writer(db, BLOCK_FROM), 10, 1.0, 1, print)
