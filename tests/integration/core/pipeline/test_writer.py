"""The writer on a real PostgreSQL: each event once, and every roll-up equal to plain SQL over the facts."""

import math
import random

import pytest

from core.db.engine import Database
from core.events import time_buckets
from core.events.types import Heartbeat, Label, Prediction, Request, Security, Transaction
from core.pipeline.writer import Writer

NOW = 1_790_000_000.0


def prediction(number: int, when: float, score: float, **more: object) -> Prediction:
    decision = "BLOCKED" if score >= 0.7 else "REVIEW" if score >= 0.4 else "APPROVED"
    return Prediction(
        id=f"t{number}",
        transaction_id=f"t{number}",
        timestamp=when,
        score=score,
        threshold=0.6,
        decision=decision,
        latency_ms=score * 100,
        **more,
    )


def mixed(count: int, seed: int = 1) -> list:
    rng = random.Random(seed)
    events: list = []
    for number in range(count):
        when = NOW - rng.random() * 7200
        events.append(prediction(number, when, rng.random()))
        events.append(
            Transaction(
                id=f"t{number}",
                transaction_id=f"t{number}",
                timestamp=when,
                type=rng.choice(["purchase", "transfer"]),
                amount=round(rng.random() * 100, 2),
                platform_fee=1.25,
                wallet="0x\\odd\ttab",
                ip="10.0.0.1",
            )
        )
        events.append(
            Request(
                id=f"r{number}",
                timestamp=when,
                ip="2001:db8::1",
                method="GET",
                path="/x",
                status=500 if number % 10 == 0 else 200,
                duration_ms=3.5,
            )
        )
    return events


@pytest.fixture
def writer(db: Database) -> Writer:
    return Writer(db, normal_block_from=0.7)


def scalar(db: Database, statement: str) -> object:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_each_event_is_stored_once_however_often_it_comes(db: Database, writer: Writer) -> None:
    events = mixed(200)
    assert writer.store(events + events[:50], NOW).new == 600
    again = writer.store(events, NOW)
    assert (again.new, again.known, again.slots) == (0, 600, {})
    assert scalar(db, "SELECT count(*) FROM fraud_predictions") == 200
    assert scalar(db, "SELECT sum(predictions) FROM rollups WHERE width = 60") == 200


def test_the_first_event_of_a_key_wins_whatever_its_time(db: Database, writer: Writer) -> None:
    writer.store([prediction(1, NOW - 10, 0.1)], NOW)
    assert writer.store([prediction(1, NOW - 99_999, 0.9)], NOW).new == 0
    assert scalar(db, "SELECT fraud_score FROM fraud_predictions") == pytest.approx(0.1)


def test_slots_agree_with_plain_sql(db: Database, writer: Writer) -> None:
    touched = {}
    events = mixed(500)
    for start in range(0, len(events), 70):
        touched.update(writer.store(events[start : start + 70], NOW).slots)
    totals = time_buckets.total(list(touched.values()))
    assert totals.counts["transactions"] == scalar(db, "SELECT count(*) FROM transactions")
    assert totals.counts["blocked"] == scalar(db, "SELECT count(*) FROM fraud_predictions WHERE decision = 'BLOCKED'")
    assert totals.counts["errors"] == 50
    revenue = (
        "SELECT (100 * sum(platform_fee + CASE type WHEN 'purchase' THEN amount ELSE 0 END))::bigint FROM transactions"
    )
    assert totals.counts["revenue_cents"] == scalar(db, revenue)
    p95 = scalar(db, "SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms) FROM fraud_predictions")
    assert totals.quantile(0.95) == pytest.approx(p95, rel=0.0105)


def test_a_score_at_the_limit_of_the_normal_profile_counts_as_one_that_it_blocks(db: Database, writer: Writer) -> None:
    just_below = math.nextafter(0.7, 0.0)
    events = [prediction(number, NOW, score) for number, score in enumerate((just_below, 0.7, 0.9))]
    totals = time_buckets.total(list(writer.store(events, NOW).slots.values()))
    assert totals.counts["blocked_normal"] == totals.counts["blocked"] == 2


def test_what_is_older_than_the_fine_slots_counts_in_its_minute_only(db: Database) -> None:
    writer = Writer(db, normal_block_from=0.7, slot_seconds=600)
    events = [prediction(number, NOW - age, 0.5) for number, age in enumerate((590, 600, 610))]
    assert sorted(writer.store(events, NOW).slots) == [NOW - 600, NOW - 590]
    assert scalar(db, "SELECT sum(predictions) FROM rollups WHERE width = 10") == 2
    assert scalar(db, "SELECT sum(predictions) FROM rollups WHERE width = 60") == 3


def test_answers_from_500_on_are_errors(db: Database, writer: Writer) -> None:
    events = [
        Request(id=str(code), timestamp=NOW, ip="::1", method="GET", path="/", status=code, duration_ms=1.0)
        for code in (499, 500, 503)
    ]
    counts = time_buckets.total(list(writer.store(events, NOW).slots.values())).counts
    assert (counts["requests"], counts["errors"]) == (3, 2)


@pytest.mark.parametrize("ages", [(5, 1, 9), (9, 5, 1)])
def test_the_newest_heartbeat_of_a_service_stays(db: Database, writer: Writer, ages: tuple[int, ...]) -> None:
    beats = [
        Heartbeat(id=str(age), timestamp=NOW - age, service="siem-collector", detail=f"{age} s ago") for age in ages
    ]
    assert writer.store(beats[:2], NOW).slots == {}
    writer.store(beats[2:], NOW)
    assert scalar(db, "SELECT detail FROM heartbeats") == "1 s ago"


@pytest.mark.parametrize("label_first", [True, False])
def test_the_confusion_matrix_is_exact_in_any_order(db: Database, writer: Writer, label_first: bool) -> None:
    rng = random.Random(3)
    predictions = [prediction(n, NOW - n, rng.random()) for n in range(300)]
    labels = [
        Label(
            id=f"l{n}-{k}",
            transaction_id=f"t{rng.randrange(300)}",
            label=rng.choice(["fraud", "legit"]),
            source=rng.choice(["analyst", "chargeback", "appeal"]),
            timestamp=NOW - rng.random() * 1e6,
        )
        for n in range(200)
        for k in range(2)
    ]
    batches = [labels[:100], predictions, labels[100:]] if label_first else [predictions, labels]
    for batch in batches:
        for start in range(0, len(batch), 60):
            writer.store(batch[start : start + 60], NOW)
    join = """SELECT
        count(*) FILTER (WHERE flagged AND label = 'fraud'), count(*) FILTER (WHERE flagged AND label = 'legit'),
        count(*) FILTER (WHERE NOT flagged AND label = 'fraud'),
        count(*) FILTER (WHERE NOT flagged AND label = 'legit'),
        count(*) FILTER (WHERE flagged AND label IS NULL), count(*) FILTER (WHERE NOT flagged AND label IS NULL),
        count(*) FILTER (WHERE decision = 'BLOCKED' AND label IS NULL)
        FROM fraud_predictions LEFT JOIN effective_labels USING (transaction_id)"""
    kept = """SELECT sum(tp), sum(fp), sum(fn), sum(tn), sum(flagged_unlabelled), sum(clear_unlabelled),
        sum(blocked_unlabelled) FROM confusion_minutes"""
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(join)
        expected = cursor.fetchone()
        cursor.execute(kept)
        assert [int(v) for v in cursor.fetchone()] == list(expected)


def test_a_chargeback_outranks_a_newer_analyst(db: Database, writer: Writer) -> None:
    writer.store([prediction(1, NOW, 0.9)], NOW)
    for number, (source, label, age) in enumerate([("chargeback", "fraud", 50), ("analyst", "legit", 1)]):
        writer.store([Label(id=str(number), transaction_id="t1", label=label, source=source, timestamp=NOW - age)], NOW)
    assert scalar(db, "SELECT label::text FROM effective_labels") == "fraud"
    assert scalar(db, "SELECT sum(tp) FROM confusion_minutes") == 1


def test_every_kind_survives_odd_values(db: Database, writer: Writer) -> None:
    writer.store(
        [
            prediction(1, NOW, 0.5, features={"a": None, "b": True}, contributions={"a": 1e-40}),
            prediction(2, NOW, 0.5, feature_values=[None, 1e-40, 1e30, -0.0], top_value=1e-40),
            Security(id="s", timestamp=NOW, severity="high", text="back\\slash\ttab\nline \\N", document={"a": "\\N"}),
            Heartbeat(id="h", timestamp=NOW, service="siem-collector"),
            Transaction(id="t", transaction_id="\\N", timestamp=946684800.0, type="transfer", amount=1e11),
        ],
        NOW,
    )
    assert scalar(db, "SELECT text FROM security_events") == "back\\slash\ttab\nline \\N"
    assert scalar(db, "SELECT transaction_id FROM transactions") == "\\N"
    assert scalar(db, "SELECT count(*) FROM heartbeats") == 1
