"""Grown history looks like what it was drawn from, counts once, and is rolled up as if it had come over HTTP."""

import random

import numpy as np
import pytest

from core import clock
from core.db.engine import Database
from core.errors import BadInput
from core.events.types import Label, Prediction, Transaction
from core.models import registry
from core.models.registry import ReferenceBins
from core.pipeline.writer import Writer
from simulator import growth
from simulator.bulk_insert import Bulk, Draw
from simulator.growth import drawn, grow, labels_of, patterns

BLOCK_FROM = 0.7
TABLES = {
    "fraud_predictions": "t::text",
    "transactions": "t::text",
    "event_keys": "key::text",
    "rollups": "t::text",
    "confusion_minutes": "t::text",
    "feature_histograms": "t::text",
    "effective_labels": "t::text",
}


def rows(db, statement):
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def model(db):
    """A registered model of two features."""
    bins = [ReferenceBins("a", [2.0, 5.0], [4, 3, 3, 0]), ReferenceBins("b", [0.5], [5, 4, 1])]
    return registry.save(
        db, algorithm="test", artefact=b"x", features=["a", "b"], reference=bins, metrics={}, fingerprint="f"
    )


def seed(db, writer, version=None, count=40):
    """Predictions with and without latency, sales of those that were let through, labels of some."""
    now, rng = clock.now(), random.Random(5)
    made = []
    for n in range(count):
        score = round(rng.random(), 3)
        decision = "BLOCKED" if score >= 0.7 else "REVIEW" if score >= 0.4 else "APPROVED"
        name, when = f"p{n}", now - n * 60
        held = {"wallet": f"w{n}", "ip": "192.0.2.7", "contribution_values": [0.25, -1.0]}
        scored = {"score": score, "decision": decision, "threshold": 0.6, "amount": n + 0.5, "model_version": version}
        made.append(
            Prediction(
                id=name, transaction_id=name, timestamp=when, feature_values=[float(n % 9), None if n % 3 else 0.7],
                latency_ms=None if n % 4 == 0 else n * 1.7 + 0.1, top_feature="tab\there", top_value=1e-40,
                **scored, **(held if decision != "APPROVED" else {}),
            )
        )  # fmt: skip
        if decision != "BLOCKED":
            sale = {"type": "purchase" if n % 2 else "transfer", "amount": n + 0.55, "platform_fee": 0.35}
            made.append(Transaction(id=name, transaction_id=name, timestamp=when, wallet=f"w\\{n}", **sale))
        if n % 2:
            label = {"label": "fraud" if score > 0.5 else "legit", "source": "analyst"}
            made.append(Label(id=f"{name}-analyst", transaction_id=name, timestamp=when + 30, **label))
    writer.store(made, now)


def whole(db):
    """Every row of every table that storing predictions touches."""
    return {table: sorted(rows(db, f"SELECT {column} FROM {table} t")) for table, column in TABLES.items()}


@pytest.fixture
def twins(db, postgres_server):
    """Two databases that are equal, with a writer each."""
    writer = Writer(db, BLOCK_FROM)
    seed(db, writer, model(db))
    db.close()
    name = f"{rows(db, 'SELECT current_database()')[0][0]}_twin"
    origin = rows(db, "SELECT current_database()")[0][0]
    db.close()
    postgres_server.create_database(name, template=origin)
    other = Database(postgres_server.url(name))
    yield (db, writer), (other, Writer(other, BLOCK_FROM))
    other.close()
    postgres_server.run("dropdb", "--force", name)


@pytest.mark.parametrize("labels_first", [False, True])
def test_every_table_is_what_the_writer_would_have_made(twins, labels_first, monkeypatch):
    monkeypatch.setattr(growth, "BATCH", 400)
    (ours, our_writer), (theirs, their_writer) = twins
    known, now = patterns(ours), clock.now()
    pool = [one.pattern for one in known]
    bulk = Bulk(ours, our_writer, pool)
    for first in (0, 400):
        draw = drawn(first, len(known), 700, now - 4 * 86400, now - 600, 3)
        labels = [Label(id=f"{name}-appeal", transaction_id=name, timestamp=now, label="legit", source="appeal")
                  for name in draw.names[::7]]  # fmt: skip
        if labels_first:
            our_writer.store(list(labels), now)
            their_writer.store(list(labels), now)
        assert bulk.store(draw, now) == len(draw.names)
        events = draw.events(pool)
        their_writer.store(events, now)
        if not labels_first:
            our_writer.store(list(labels), now)
            their_writer.store(list(labels), now)
    found, expected = whole(ours), whole(theirs)
    for table in TABLES:
        assert found[table] == expected[table], table
        assert len(found[table]) > 5 or table == "feature_histograms"
    assert rows(ours, "SELECT count(*) FROM rollups WHERE width = 10")[0][0] > 100
    assert sum(n for (n,) in rows(ours, "SELECT n FROM feature_histograms")) == 740


def test_a_draw_that_is_partly_there_is_completed_and_counts_once(twins):
    (ours, our_writer), (theirs, their_writer) = twins
    now = clock.now()
    pool = [one.pattern for one in patterns(ours)]
    draw = drawn(0, len(pool), 90, now - 86400, now - 600, 3)
    events = draw.events(pool)
    our_writer.store([event for event in events if isinstance(event, Prediction)][:40], now)
    bulk = Bulk(ours, our_writer, pool)
    assert bulk.store(draw, now) == 50
    assert bulk.store(draw, now) == 0
    there = set(draw.names[:40])
    later = [event for event in events if isinstance(event, Prediction) or event.transaction_id not in there]
    their_writer.store(later, now)
    found, expected = whole(ours), whole(theirs)
    for table in TABLES:
        assert found[table] == expected[table], table


def test_it_is_spread_over_the_days_and_counted_once(db, monkeypatch):
    monkeypatch.setattr(growth, "BATCH", 1000)
    writer = Writer(db, BLOCK_FROM)
    seed(db, writer)
    before = rows(db, "SELECT sum(predictions) FROM rollups WHERE width = 60")[0][0]
    assert grow(db, writer, 3000, 5.0, 1, print) == 3000
    [(count, scores, days, sales)] = rows(
        db,
        "SELECT count(*), count(DISTINCT fraud_score), count(DISTINCT p.timestamp::date), count(t.transaction_id)"
        " FROM fraud_predictions p LEFT JOIN transactions t USING (transaction_id) WHERE transaction_id LIKE 'grown-%'",
    )
    assert count == 3000
    assert 30 < scores <= 40
    assert 5 <= days <= 6
    assert 0 < sales < 3000
    assert rows(db, "SELECT sum(predictions) FROM rollups WHERE width = 60") == [(before + 3000,)]
    assert rows(db, "SELECT sum(tp + fp + fn + tn + flagged_unlabelled + clear_unlabelled) FROM confusion_minutes") == [
        (3040,)
    ]
    assert 0 < rows(db, "SELECT count(*) FROM effective_labels WHERE transaction_id LIKE 'grown-%'")[0][0] < 100


def test_a_second_run_adds_nothing(db, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(growth.clock, "now", lambda: now)
    writer = Writer(db, BLOCK_FROM)
    seed(db, writer)
    assert grow(db, writer, 500, 5.0, 1, print) == 500
    once = whole(db)
    assert grow(db, writer, 500, 5.0, 1, print) == 0
    assert whole(db) == once


def test_the_same_seed_gives_the_same():
    first, again = (drawn(0, 40, 50, 0.0, 100.0, 3) for _ in range(2))
    assert first.names == again.names
    assert np.array_equal(first.times, again.times)
    assert np.array_equal(first.which, again.which)
    assert np.array_equal(np.sort(first.times), first.times)


def test_labels_follow_the_patterns_and_never_the_future(db):
    seed(db, Writer(db, BLOCK_FROM))
    known = patterns(db)
    labelled = [place for place, one in enumerate(known) if one.label is not None]
    names = [f"n{number}" for number in range(4000)]
    draw = Draw(names, np.full(4000, int(1e15)), np.array([labelled[n % len(labelled)] for n in range(4000)]))
    found = labels_of(draw, known, 1)
    assert 20 < len(found) < 200
    assert {label.timestamp for label in found} == {1e9 + 30}


def test_there_must_be_something_to_draw_from(db):
    with pytest.raises(BadInput, match="no stored prediction"):
        grow(db, Writer(db, BLOCK_FROM), 10, 1.0, 1, print)
