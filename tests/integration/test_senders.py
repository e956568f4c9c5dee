"""Keys are apart by sender, and what our scoring said of a transaction stands (X8)."""

import random
from hashlib import blake2b

import pytest
from msgspec import structs

from core import clock
from core.db import event_keys
from core.db.engine import Database
from core.events.types import Label, Prediction, Request, Security, Transaction
from core.pipeline.writer import Writer
from core.transactions import label_store

NOW = clock.now()
A, B = "token:aa", "token:bb"


def scored(name: str = "t1", score: float = 0.9, sender: str = "", **more: object) -> Prediction:
    decision = "BLOCKED" if score >= 0.7 else "APPROVED"
    return Prediction(
        id=name, transaction_id=name, score=score, decision=decision, threshold=0.6, timestamp=NOW - 5, latency_ms=12.0,
        sender=sender, **more,
    )  # fmt: skip


EVENTS = [
    scored(),
    Transaction(id="t1", transaction_id="t1", type="purchase", amount=5.0, timestamp=NOW),
    Request(id="r1", timestamp=NOW, ip="10.0.0.1", method="GET", path="/x", status=200, duration_ms=1.0),
    Security(id="s1", timestamp=NOW, severity="low", text="x"),
    Label(id="l1", timestamp=NOW, transaction_id="t1", label="fraud", source="analyst"),
]


@pytest.fixture
def writer(db: Database) -> Writer:
    return Writer(db, normal_block_from=0.7)


def rows(db: Database, statement: str) -> list[tuple]:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_what_a_token_claims_first_hinders_neither_us_nor_another(db, writer, event) -> None:
    assert writer.store([structs.replace(event, sender=A)], NOW).new == 1
    assert writer.store([structs.replace(event, sender=A)], NOW).new == 0  # its own retry
    if not isinstance(event, Prediction):
        assert writer.store([structs.replace(event, sender=B)], NOW).new == 1
    assert writer.store([event], NOW).new == 1
    assert writer.store([event], NOW).new == 0


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_a_retry_across_the_release_that_told_senders_apart_counts_once(db, writer, event) -> None:
    kind = type(event).__name__.lower()
    with db.raw() as connection, connection.cursor() as cursor:  # as the release before claimed it
        key = blake2b(f"{kind}\0{event.id}".encode(), digest_size=16).hexdigest()
        cursor.execute("INSERT INTO event_keys (key) VALUES (%s)", (key,))
    assert writer.store([structs.replace(event, sender=A)], NOW).new == 0
    assert writer.store([event], NOW).new == 0


def test_what_we_scored_stands_whoever_comes_first(db, writer) -> None:
    orders = [
        [[scored(score=0.1, sender=A)], [scored()]],
        [[scored()], [scored(score=0.1, sender=A)]],
        [[scored(score=0.1, sender=A), scored()]],
        [[scored(), scored(score=0.1, sender=A)]],
        [[scored(score=0.1, sender=A)], [scored(score=0.2, sender=B)], [scored()]],
    ]
    for number, batches in enumerate(orders):
        name = f"t{number}"
        for batch in batches:
            writer.store([structs.replace(one, id=name, transaction_id=name) for one in batch], NOW)
        statement = (
            f"SELECT fraud_score::float8, decision::text, extra FROM fraud_predictions WHERE transaction_id = '{name}'"
        )
        [(score, decision, extra)] = rows(db, statement)
        assert (round(score, 3), decision, extra) == (0.9, "BLOCKED", None), number
    [(predictions, blocked, approved)] = rows(
        db, "SELECT sum(predictions), sum(blocked), sum(approved) FROM rollups WHERE width = 60"
    )
    assert (predictions, blocked, approved) == (len(orders), len(orders), 0)
    [(clear, flagged)] = rows(db, "SELECT sum(clear_unlabelled), sum(flagged_unlabelled) FROM confusion_minutes")
    assert (clear, flagged) == (0, len(orders))
    told = rows(
        db,
        "SELECT severity::text, actor, source, reported_by FROM security_events WHERE action = 'prediction-conflict'",
    )
    assert {row[1] for row in told} == {A, B}
    assert {(row[0], row[2], row[3]) for row in told} == {("medium", "gatehouse", None)}


def test_labels_move_with_the_prediction_that_stands(db, writer) -> None:
    writer.store(
        [
            scored(score=0.1, sender=A),
            Label(id="l", timestamp=NOW, transaction_id="t1", label="fraud", source="analyst"),
        ],
        NOW,
    )
    writer.store([scored()], NOW)
    [(tp, fn)] = rows(db, "SELECT sum(tp), sum(fn) FROM confusion_minutes")
    assert (tp, fn) == (1, 0)


def test_agreement_is_no_conflict(db, writer) -> None:
    for batch in ([scored(sender=A)], [scored()], [scored(sender=B)]):
        writer.store(batch, NOW)
    assert rows(db, "SELECT count(*) FROM fraud_predictions") == [(1,)]
    assert rows(db, "SELECT count(*) FROM security_events") == [(0,)]


def test_a_token_that_disputes_much_is_told_once_a_minute(db, writer) -> None:
    names = [f"t{number}" for number in range(50)]
    writer.store([scored(name) for name in names], NOW)
    for name in names:
        writer.store([scored(name, 0.1, A)], NOW)
    assert rows(db, "SELECT count(*) FROM security_events") == [(1,)]


def test_rollups_agree_with_rows_after_any_order(db, writer) -> None:
    rng = random.Random(7)
    events = [scored(f"t{rng.randrange(40)}", round(rng.random(), 3), rng.choice(["", A, B])) for _ in range(400)]
    for start in range(0, len(events), 25):
        writer.store(events[start : start + 25], NOW)
    counted = rows(db, "SELECT count(*), count(*) FILTER (WHERE decision = 'BLOCKED') FROM fraud_predictions")
    assert rows(db, "SELECT sum(predictions)::int, sum(blocked)::int FROM rollups WHERE width = 10") == counted
    matrix = "SELECT sum(tp + fp + fn + tn + flagged_unlabelled + clear_unlabelled)::int FROM confusion_minutes"
    assert rows(db, matrix) == [counted[0][:1]]


def test_label_keys_of_the_api_and_of_events_are_one_senders(db, writer) -> None:
    given = label_store.of_event(
        Label(id="l1", timestamp=NOW, transaction_id="t1", label="fraud", source="appeal", sender=A)
    )
    keyed = structs.replace(given, key="l1")
    with db.raw() as connection, connection.cursor() as cursor:
        assert [one.result for one in label_store.put(cursor, [keyed])] == ["recorded"]
    assert (
        writer.store(
            [Label(id="l1", timestamp=NOW, transaction_id="t1", label="legit", source="appeal", sender=A)], NOW
        ).new
        == 0
    )
    assert (
        writer.store(
            [Label(id="l1", timestamp=NOW, transaction_id="t1", label="legit", source="appeal", sender=B)], NOW
        ).new
        == 1
    )


def test_no_id_spells_the_key_of_another_sender() -> None:
    keys = {event_keys.key("label", event_id, sender) for event_id in ("a", "token:aa", "aa") for sender in ("", A, B)}
    assert len(keys) == 9
