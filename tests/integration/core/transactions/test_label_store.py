"""Labels on a real PostgreSQL: what counts, the confusion matrix, history, audit, undo."""

import random
import time

import pytest
from sqlalchemy import text

from core.audit import check
from core.audit.chain import Audit
from core.db.engine import Database
from core.db.engine import cursor as db_cursor
from core.errors import BadInput, DatabaseUnavailable
from core.events.types import Label, Prediction
from core.pipeline.writer import Writer
from core.transactions import label_store
from core.transactions.label_store import Caller
from core.transactions.labels import Given

SECRET = "k" * 40
ANN = Caller("ann", "192.0.2.1", "c-1")
CELLS = """SELECT
    count(*) FILTER (WHERE flagged AND label = 'fraud'), count(*) FILTER (WHERE flagged AND label = 'legit'),
    count(*) FILTER (WHERE NOT flagged AND label = 'fraud'), count(*) FILTER (WHERE NOT flagged AND label = 'legit'),
    count(*) FILTER (WHERE flagged AND label IS NULL), count(*) FILTER (WHERE NOT flagged AND label IS NULL),
    count(*) FILTER (WHERE decision = 'BLOCKED' AND label IS NULL)
    FROM fraud_predictions LEFT JOIN effective_labels USING (transaction_id)"""
KEPT = """SELECT sum(tp), sum(fp), sum(fn), sum(tn), sum(flagged_unlabelled), sum(clear_unlabelled),
    sum(blocked_unlabelled) FROM confusion_minutes"""


def score(db: Database, count: int = 1, value: float = 0.9) -> float:
    now = time.time()
    made = [
        Prediction(
            id=f"p{n}", transaction_id=f"t{n}", timestamp=now - n, score=value, threshold=0.6, decision="BLOCKED"
        )
        for n in range(count)
    ]
    Writer(db, 0.7).store(list(made), now)
    return now


def say(db: Database, *items: Given, batch: str | None = None) -> list[label_store.LabelResult]:
    with db.transaction() as connection:
        return label_store.record(connection, Audit(SECRET), list(items), ANN, batch)


def given(label: str | None, at: float, source: str = "analyst", name: str = "t0", **more: object) -> Given:
    return Given(transaction_id=name, source=source, label=label, at=at, actor="ann", **more)


def rows(db: Database, statement: str) -> list[tuple]:
    with db.transaction() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_a_label_moves_the_matrix_and_tells_what_counts(db: Database) -> None:
    now = score(db)
    outcome = say(db, given("fraud", now))[0]
    assert (outcome.result, outcome.before, outcome.after, outcome.counts) == ("recorded", None, "fraud", "fraud")
    assert rows(db, KEPT) == [(1, 0, 0, 0, 0, 0, 0)]
    assert say(db, given("legit", now + 1))[0].before == "fraud"
    assert rows(db, KEPT) == [(0, 1, 0, 0, 0, 0, 0)]


def test_chargeback_outranks_appeal_outranks_analyst(db: Database) -> None:
    now = score(db)
    assert say(db, given("fraud", now - 9, "chargeback"))[0].counts == "fraud"
    assert say(db, given("legit", now - 1, "appeal"))[0].counts == "fraud"
    assert say(db, given("legit", now))[0].counts == "fraud"
    assert say(db, given(None, now, "chargeback"))[0].counts == "legit"
    assert rows(db, "SELECT source::text FROM effective_labels") == [("appeal",)]


def test_unsure_is_kept_and_never_counts(db: Database) -> None:
    now = score(db)
    assert say(db, given("fraud", now - 2))[0].counts == "fraud"
    assert say(db, given("unsure", now, comment="two wallets, one card"))[0].counts is None
    assert rows(db, "SELECT label::text, comment FROM labels") == [("unsure", "two wallets, one card")]
    assert rows(db, KEPT) == [(0, 0, 0, 0, 1, 0, 1)]


def test_the_same_again_changes_nothing_and_an_older_one_neither(db: Database) -> None:
    now = score(db)
    say(db, given("fraud", now))
    assert say(db, given("fraud", now + 5))[0].result == "unchanged"
    assert say(db, given("legit", now + 1))[0].result == "outdated"
    assert len(rows(db, "SELECT id FROM label_changes")) == 1
    keyed = given("legit", now + 6, key="once")
    assert [say(db, keyed)[0].result for _ in range(2)] == ["recorded", "repeated"]
    twice = say(db, given("fraud", now + 9), given("legit", now + 8))
    assert [outcome.result for outcome in twice] == ["recorded", "unchanged"]


def test_every_change_is_on_record_with_who_before_and_after(db: Database) -> None:
    now = score(db)
    say(db, given("fraud", now, comment="card stolen"))
    say(db, given("legit", now + 1))
    history = "SELECT actor, before, after, counted_before, counted_after, comment FROM label_changes ORDER BY id"
    assert rows(db, history) == [
        ("ann", None, "fraud", None, "fraud", "card stolen"),
        ("ann", "fraud", "legit", "fraud", "legit", None),
    ]
    logged = rows(db, "SELECT actor, action, target, before->>'label', after->>'label' FROM audit_log ORDER BY seq")
    assert logged == [
        ("ann", "label.set", "transaction:t0", None, "fraud"),
        ("ann", "label.set", "transaction:t0", "fraud", "legit"),
    ]
    with pytest.raises(Exception, match="append-only"):
        rows(db, "UPDATE label_changes SET actor = 'eve' RETURNING id")


def test_a_batch_is_one_row_of_the_log_that_proves_its_history(db: Database) -> None:
    now = score(db, 30)
    outcomes = say(db, *[given("fraud", now, "chargeback", f"t{n}") for n in range(30)], batch="file-1")
    assert {outcome.result for outcome in outcomes} == {"recorded"}
    [(action, changed, proof)] = rows(db, "SELECT action, after->>'changed', after->>'sha256' FROM audit_log")
    assert (action, changed) == ("label.batch", "30")
    with db.transaction() as connection:
        assert label_store.batch_digest(connection, "file-1") == proof
        connection.execute(text("ALTER TABLE label_changes DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE label_changes SET after = 'legit' WHERE transaction_id = 't7'"))
        assert label_store.batch_digest(connection, "file-1") != proof
    assert check.verify(db, SECRET).problem == ""


def test_labels_that_come_as_events_are_in_the_log_with_the_proof_of_their_history(db: Database) -> None:
    now = score(db)
    events = [Label(id=f"e{n}", transaction_id=f"t{n}", label="fraud", source="analyst", timestamp=now) for n in (1, 2)]
    writer = Writer(db, 0.7, audit=Audit(SECRET))
    writer.store([*events], now)
    writer.store([*events], now)  # delivered again
    [(actor, target, changed, proof)] = rows(
        db, "SELECT actor, target, after->>'changed', after->>'sha256' FROM audit_log"
    )
    assert (actor, changed) == ("label-events", "2")
    with db.transaction() as connection:
        assert label_store.batch_digest(connection, target.removeprefix("labels:")) == proof
    assert check.verify(db, SECRET).problem == ""


def test_a_lost_connection_loses_label_and_audit_row_together(db: Database) -> None:
    now = score(db)
    event = Label(id="e", transaction_id="t1", label="fraud", source="analyst", timestamp=now)

    def cut_off() -> None:
        with db.transaction() as connection, db_cursor(connection) as cursor:
            label_store.put(cursor, [label_store.of_event(event)], "b")
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(DatabaseUnavailable):
        cut_off()
    assert rows(db, "SELECT count(*) FROM label_changes") == [(0,)]


def test_what_was_never_scored_is_kept_and_said(db: Database) -> None:
    now = time.time()
    assert say(db, given("fraud", now, name="stranger"))[0].scored is False
    event = Prediction(id="p", transaction_id="stranger", timestamp=now, score=0.9, threshold=0.6, decision="BLOCKED")
    Writer(db, 0.7).store([event], now)
    assert rows(db, KEPT)[0][0] == 1


def test_ones_own_last_label_can_be_taken_back(db: Database) -> None:
    now = score(db)
    say(db, given("legit", now, comment="known customer"))
    change = say(db, given("fraud", now + 1))[0].change
    assert change
    with db.transaction() as connection:
        back = label_store.undo(connection, Audit(SECRET), change, now + 2, ANN)
    assert (back.after, back.counts) == ("legit", "legit")
    assert rows(db, "SELECT label::text, comment FROM labels") == [("legit", "known customer")]
    with db.transaction() as connection, pytest.raises(BadInput, match="has changed meanwhile"):
        label_store.undo(connection, Audit(SECRET), change, now + 3, ANN)
    with db.transaction() as connection, pytest.raises(BadInput, match="only undo your own"):
        label_store.undo(connection, Audit(SECRET), change, now + 3, Caller("bob"))


def test_taking_back_the_first_label_leaves_none(db: Database) -> None:
    now = score(db)
    change = say(db, given("fraud", now))[0].change
    with db.transaction() as connection:
        assert label_store.undo(connection, Audit(SECRET), change or 0, now, ANN).counts is None
    assert rows(db, "SELECT * FROM effective_labels") == []
    assert rows(db, KEPT) == [(0, 0, 0, 0, 1, 0, 1)]


def test_the_matrix_stays_exact_however_labels_come_and_go(db: Database) -> None:
    rng = random.Random(5)
    now = score(db, 40)
    for step in range(25):
        items = [
            given(
                rng.choice(["fraud", "legit", "unsure", None]),
                now + rng.uniform(step - 5, step),
                rng.choice(["analyst", "appeal", "chargeback"]),
                f"t{rng.randrange(50)}",
            )
            for _ in range(8)
        ]
        say(db, *items, batch=f"b{step}")
    event = Label(id="e", transaction_id="t1", label="fraud", source="chargeback", timestamp=now + 99)
    Writer(db, 0.7).store([event], now + 99)
    assert [int(n) for n in rows(db, KEPT)[0]] == list(rows(db, CELLS)[0])
    assert rows(db, "SELECT max(id) FROM label_changes WHERE batch IS NULL") != [(None,)]
