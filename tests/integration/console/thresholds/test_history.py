"""The simulator's history from PostgreSQL, proposals, and thresholds put in force, audited."""

import time

import pytest
from sqlalchemy import text

from console.thresholds import history
from console.thresholds.coverage import Coverage
from core.audit.chain import Audit
from core.clock import to_datetime
from core.config import HoldoutConfig
from core.db.engine import Database
from core.events.types import Event, Label, Prediction
from core.pipeline.writer import Writer
from core.policy import Decision
from core.settings import load
from core.transactions import policies
from core.transactions.thresholds import Thresholds, outcome

AUDIT = Audit("k" * 40)
RULES = HoldoutConfig(least_labelled=2, covered=0.5, represented=0.5, expected=10)
CHOSEN = Thresholds(fraud_threshold=0.55, review_from=0.3, block_from=0.65)


@pytest.fixture
def now(db: Database) -> float:
    now = time.time()
    scores = [0.2, 0.3, 0.5, 0.65, 0.7, 0.9, 0.9, 0.999]
    made = [
        Prediction(
            id=str(n),
            transaction_id=f"t{n}",
            timestamp=now - 3600 * n,
            score=score,
            threshold=0.6,
            amount=100.0 if n else None,
            model_version=None,
        )
        for n, score in enumerate(scores)
    ]
    said = {1: "fraud", 3: "legit", 5: "fraud", 7: "fraud"}
    given = [
        Label(id=str(n), transaction_id=f"t{n}", label=word, source="chargeback", timestamp=now)  # type: ignore[arg-type]
        for n, word in said.items()
    ]
    for event in made:
        event.decision = "BLOCKED" if event.score >= 0.7 else "APPROVED"
    Writer(db, 0.7).store([*made, *given], now)
    return now


def test_a_history_is_counted_by_label_and_score(db: Database, now: float) -> None:
    found = history.history(db, to_datetime(now - 86400), to_datetime(now + 60), RULES)
    assert (found.total, found.labelled, found.blocked, found.blocked_unknown, found.without_amount) == (8, 4, 4, 2, 1)
    assert found.curve.hours == pytest.approx(7.0)
    then = outcome(found.curve, CHOSEN)
    assert (then.blocked_fraud.value, then.blocked_legit.value, then.blocked_unknown) == (200.0, 100.0, 200.0)
    assert (then.n_let_through, then.review_fraud) == (0, 100.0), "0.30 is on its edge although stored as float4"
    empty = history.history(db, to_datetime(now + 100), to_datetime(now + 200), RULES)
    assert (empty.total, empty.first, empty.versions) == (0, None, [])


def test_held_out_labels_stand_for_what_was_blocked(db: Database) -> None:
    at = time.time() - 60
    events: list[Event] = []
    for n in range(20):
        held = n % 10 == 0
        name, word = f"t{n}", "fraud" if n < 10 else "legit"
        decision: Decision = "REVIEW" if held else "BLOCKED"
        shared = {"id": name, "transaction_id": name, "timestamp": at}
        score = {"score": 0.9, "threshold": 0.6, "amount": 10.0, "decision": decision, "holdout": 0.1 if held else None}
        events.append(Prediction(**shared, **score))  # type: ignore[arg-type]
        if held or n > 15:  # the honest appeal
            events.append(Label(**shared, label=word, source="appeal"))  # type: ignore[arg-type]
    Writer(db, 0.7).store(events, at + 1)
    found = history.history(db, to_datetime(at - 10), to_datetime(at + 10), RULES)
    assert (found.total, found.labelled, found.blocked, found.blocked_unknown, found.held_out) == (20, 6, 18, 14, 2)
    then = outcome(found.curve, CHOSEN)
    assert (then.n_blocked_fraud, then.n_blocked_legit, then.n_blocked_unknown) == (10, 10, 0)
    assert (then.precision.value, then.blocked_legit.value) == (0.5, 100.0)


def stored(db: Database, first: int, held_from: int, at: float) -> None:
    """Ten transactions of score 0.9 a day from `first` days ago: from `held_from` days ago two of them are held out."""
    events: list[Event] = []
    for n in range(first, -1, -1):
        for one in range(10):
            held, name = n <= held_from and one < 2, f"d{n}-{one}"
            shared = {"id": name, "transaction_id": name, "timestamp": at - n * 86400 + one}
            decision: Decision = "REVIEW" if held else "BLOCKED"
            score = {"score": 0.9, "threshold": 0.6, "amount": 10.0, "decision": decision}
            events.append(Prediction(**shared, **score, holdout=0.2 if held else None))  # type: ignore[arg-type]
            if held or one > 8:
                events.append(Label(**shared, label="fraud" if held else "legit", source="appeal"))  # type: ignore[arg-type]
    Writer(db, 0.7).store(events, at + 100)


def test_only_the_days_that_the_hold_out_covers_are_counted(db: Database) -> None:
    at = 86400 * (time.time() // 86400 - 1) + 43200
    stored(db, 9, 5, at)
    rules = HoldoutConfig(least_labelled=10, covered=0.5, represented=0.5, expected=1)
    found = history.history(db, to_datetime(at - 30 * 86400), to_datetime(at + 100), rules)
    assert (found.way, len(covered(found).factors), covered(found).days, found.total, found.held_out) == (
        "weighted", 6, 10, 60, 12,
    )  # fmt: skip
    then = outcome(found.curve, CHOSEN)
    assert (then.n_blocked_fraud, then.n_blocked_legit, then.n_blocked_unknown) == (60, 0, 0)
    assert then.blocked_fraud.value == 600.0
    assert found.curve.hours == pytest.approx(5 * 24 + 12, abs=0.1)


def test_a_hold_out_of_the_last_day_leaves_labels_as_they_were(db: Database) -> None:
    at = 86400 * (time.time() // 86400 - 1) + 43200
    stored(db, 9, 0, at)
    rules = HoldoutConfig(least_labelled=2, covered=0.5, represented=0.5, expected=1)
    found = history.history(db, to_datetime(at - 30 * 86400), to_datetime(at + 100), rules)
    assert (found.way, len(covered(found).factors), found.total) == ("partial", 1, 100)
    then = outcome(found.curve, CHOSEN)
    assert (then.n_blocked_fraud, then.n_blocked_legit, then.n_blocked_unknown) == (2, 10, 88)
    few = history.history(db, to_datetime(at - 30 * 86400), to_datetime(at + 100), few_wanted(covered=0.0))
    assert (few.way, few.held_out, few.total) == ("few", 2, 100)


def covered(found: history.History) -> Coverage:
    assert found.coverage
    return found.coverage


def few_wanted(covered: float) -> HoldoutConfig:
    return HoldoutConfig(least_labelled=3, covered=covered, represented=0.5, expected=1)


def test_a_proposal_is_adopted_once_and_all_of_it_audited(db: Database, now: float) -> None:
    found = history.history(db, to_datetime(now - 86400), to_datetime(now + 60), RULES)
    with db.transaction() as connection:
        shown = outcome(found.curve, CHOSEN)
        number = history.propose(connection, AUDIT, CHOSEN, shown, "24h", "less fraud", "ann")
        [proposal] = history.proposals(connection)
        assert (proposal.state, proposal.note, proposal.basis["outcome"]["blocked_fraud"]["value"]) == (
            "open",
            "less fraud",
            200.0,
        )
        policy = history.adopt(connection, AUDIT, number, "olga", ip="192.0.2.1")
        assert policy
        assert (policy.profile, policy.block_from, policy.review_from) == ("custom", 0.65, 0.3)
        assert history.adopt(connection, AUDIT, number, "olga") is None
        assert not history.discard(connection, AUDIT, number, "olga")
        actions = [row[0] for row in connection.execute(text("SELECT action FROM audit_log ORDER BY seq"))]
    assert actions == ["proposal.make", "policy.put", "proposal.adopted"]


def test_a_discarded_proposal_changes_no_policy(db: Database, now: float) -> None:
    found = history.history(db, to_datetime(now - 86400), to_datetime(now + 60), RULES)
    with db.transaction() as connection:
        number = history.propose(connection, AUDIT, CHOSEN, outcome(found.curve, CHOSEN), "7d", "", "ann")
        assert history.discard(connection, AUDIT, number, "ann")
        assert history.proposals(connection)[0].decided_by == "ann"
    assert policies.newest(db) is None


def test_a_stricter_profile_gives_a_persons_thresholds_back(db: Database) -> None:
    config = load({}).config.policy
    with db.transaction() as connection:
        mine = policies.put_thresholds(connection, AUDIT, CHOSEN, "olga")
        policies.put(connection, AUDIT, config, "strict", "worker")
        back = policies.restore(connection, AUDIT, config, mine.profile, mine.version, "worker")
        assert (back.profile, back.review_from, back.block_from) == ("custom", 0.3, 0.65)
        assert policies.restore(connection, AUDIT, config, "normal", mine.version, "worker").block_from == 0.7
