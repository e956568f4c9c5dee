"""The review queue: money at risk first, one analyst each, claims that end."""

import time

import pytest

from core.audit.chain import Audit
from core.db.engine import Database
from core.events.types import Prediction
from core.pipeline.writer import Writer
from core.settings import load
from core.transactions import label_store, review
from core.transactions.label_store import Caller
from core.transactions.labels import Given
from core.transactions.review import ReviewConfig


@pytest.fixture
def config() -> ReviewConfig:
    return load({}).section("review", ReviewConfig)


@pytest.fixture
def now(db: Database) -> float:
    now = time.time()
    held = [("a", 0.5, 10.0, 0), ("b", 0.9, 100.0, 0), ("c", 0.8, 50.0, 0), ("d", 0.1, 900.0, 0), ("e", 0.9, 999.0, 40)]
    decisions = {True: "BLOCKED", False: "REVIEW"}
    Writer(db, 0.7).store(
        [
            Prediction(
                id=name,
                transaction_id=name,
                timestamp=now - days * 86400,
                score=score,
                amount=amount,
                threshold=0.6,
                decision="APPROVED" if score < 0.4 else decisions[score >= 0.7],
            )
            for name, score, amount, days in held
        ],
        now,
    )
    return now


def queue(db: Database, config: ReviewConfig, now: float) -> list[tuple[str, str | None]]:
    with db.transaction() as connection:
        return [(one.row.transaction_id, one.claimed_by) for one in review.queue(connection, config, now)]


def test_most_money_at_risk_comes_first(db: Database, config: ReviewConfig, now: float) -> None:
    assert queue(db, config, now) == [("b", None), ("c", None), ("a", None)]
    with db.transaction() as connection:
        backlog = review.backlog(connection, config, now)
    assert (backlog.waiting, backlog.blocked, backlog.money) == (3, 2, 160.0)
    assert backlog.risk == pytest.approx(135.0)


@pytest.mark.parametrize("word", ["fraud", "unsure"])
def test_what_is_labelled_or_unsure_leaves_the_queue(db: Database, config: ReviewConfig, now: float, word: str) -> None:
    with db.transaction() as connection:
        given = Given(transaction_id="b", source="analyst", label=word, at=now, actor="ann")  # type: ignore[arg-type]
        label_store.record(connection, Audit("k" * 40), [given], Caller("ann"))
        assert review.labelled_by(connection, "ann", now - 60) == 1
    assert [name for name, _ in queue(db, config, now)] == ["c", "a"]


def test_two_analysts_never_have_the_same(db: Database, config: ReviewConfig, now: float) -> None:
    with db.transaction() as connection:
        assert review.claim(connection, "b", "ann", config, now) is None
        assert review.claim(connection, "b", "ann", config, now) is None
        taken = review.claim(connection, "b", "bob", config, now)
        assert taken
        assert taken[0] == "ann"
        assert review.claimed(connection, "b", now) == "ann"
    assert queue(db, config, now)[0] == ("b", "ann")
    later = now + config.claim_minutes * 60 + 1
    assert queue(db, config, later)[0] == ("b", None)
    with db.transaction() as connection:
        assert review.claim(connection, "b", "bob", config, later) is None


def test_going_on_gives_the_last_one_back(db: Database, config: ReviewConfig, now: float) -> None:
    with db.transaction() as connection:
        review.claim(connection, "b", "ann", config, now)
        review.claim(connection, "c", "ann", config, now)
        assert review.claim(connection, "b", "bob", config, now) is None
        review.release(connection, "c", "bob")
        assert review.claimed(connection, "c", now) == "ann"
        review.release(connection, "c", "ann")
        assert review.claimed(connection, "c", now) is None
