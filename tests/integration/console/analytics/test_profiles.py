"""What the normal profile would have decided: by the score where our decision follows from it, else as it was."""

from console.analytics import approval, business, business_reads
from core.analytics.periods import Span
from core.db.engine import Database
from core.events.types import Prediction
from core.policy import Decision
from tests import analytics_world as world
from tests.analytics_world import DAY, HOUR, MIDNIGHT, NOW

SPAN = Span(MIDNIGHT, MIDNIGHT + 6 * HOUR)


def policies(db: Database) -> None:
    """Normal from long ago, strict from two o'clock, one of a person's own that reviews more from four o'clock."""
    for hours, profile, review, block in ((-100, "normal", 0.4, 0.7), (2, "strict", 0.4, 0.6), (4, "custom", 0.2, 0.6)):
        world.ask(
            db,
            "INSERT INTO policy_versions (created_at, profile, fraud_threshold, review_from, block_from, actor) VALUES"
            f" (to_timestamp({MIDNIGHT + hours * HOUR}), '{profile}', 0.5, {review}, {block}, 'me') RETURNING 1",
        )


def made(
    hours: float, score: float, decision: Decision, n: int, holdout: float | None = None, sender: str = ""
) -> list[Prediction]:
    return [
        Prediction(
            id=f"{hours}-{score}-{decision}-{place}", transaction_id=f"{hours}-{score}-{decision}-{place}",
            timestamp=MIDNIGHT + hours * HOUR, score=score, decision=decision, threshold=0.5, amount=15.0,
            holdout=holdout, sender=sender,
        )
        for place in range(n)
    ]  # fmt: skip


def test_each_kind_of_decision(db: Database) -> None:
    policies(db)
    world.store(db, [
        *made(1, 0.65, "REVIEW", 5),
        *made(3, 0.65, "BLOCKED", 7),
        *made(3.1, 0.65, "REVIEW", 2, holdout=0.2),
        *made(3.2, 0.1, "BLOCKED", 3),
        *made(3.3, 0.65, "BLOCKED", 4, sender="shop"),
        *made(5, 0.3, "REVIEW", 6),
        *made(5.1, 0.1, "APPROVED", 9),
    ])  # fmt: skip
    world.settle(db)
    with db.transaction() as connection:
        found = business_reads.kinds(connection, SPAN)
    assert sorted((one.profile, one.decision, one.normal, one.money.predictions) for one in found) == [
        ("custom", "APPROVED", "APPROVED", 9),
        ("custom", "REVIEW", "APPROVED", 6),
        ("normal", "REVIEW", "REVIEW", 5),
        ("strict", "BLOCKED", "BLOCKED", 3),
        ("strict", "BLOCKED", "BLOCKED", 4),
        ("strict", "BLOCKED", "REVIEW", 7),
        ("strict", "REVIEW", "REVIEW", 2),
    ]
    assert business.by_profile(found)["strict"] == (
        {"APPROVED": 0, "REVIEW": 2, "BLOCKED": 14}, {"APPROVED": 0, "REVIEW": 9, "BLOCKED": 7}
    )  # fmt: skip


def test_a_threshold_of_ones_own_shows_plain_and_as_normal(db: Database) -> None:
    policies(db)
    world.store(db, [
        *made(1, 0.1, "APPROVED", 60), *made(1.1, 0.3, "APPROVED", 40),
        *made(5, 0.1, "APPROVED", 60), *made(5.1, 0.3, "REVIEW", 40),
    ])  # fmt: skip
    world.settle(db)
    with db.transaction() as connection:
        now = business_reads.kinds(connection, Span(MIDNIGHT + 3 * HOUR, MIDNIGHT + 6 * HOUR))
        before = business_reads.kinds(connection, Span(MIDNIGHT, MIDNIGHT + 3 * HOUR))
    found = approval.of(now, before)
    assert found.plain.change is not None
    assert round(found.plain.change, 9) == -0.4
    assert found.as_normal is not None
    assert found.as_normal.change == 0.0


def test_a_planted_simpsons_paradox_in_rows(db: Database) -> None:
    def rows(start: float, band: float, approved: int, blocked: int) -> list[Prediction]:
        return [
            Prediction(
                id=f"{start}-{band}-{place}", transaction_id=f"{start}-{band}-{place}", timestamp=start + place % 3000,
                score=0.1 if place < approved else 0.9, decision="APPROVED" if place < approved else "BLOCKED",
                threshold=0.6, amount=band,
            )
            for place in range(approved + blocked)
        ]  # fmt: skip

    world.store(db, [
        *rows(MIDNIGHT - DAY, 15.0, 194, 6), *rows(MIDNIGHT - DAY, 900.0, 560, 240),
        *rows(MIDNIGHT, 15.0, 704, 96), *rows(MIDNIGHT, 900.0, 110, 90),
    ])  # fmt: skip
    world.settle(db, NOW)
    with db.transaction() as connection:
        now = business_reads.kinds(connection, Span(MIDNIGHT, MIDNIGHT + HOUR))
        before = business_reads.kinds(connection, Span(MIDNIGHT - DAY, MIDNIGHT - DAY + HOUR))
    found = approval.of(now, before).plain
    assert (found.change or 0) > 0.05
    assert (found.adjusted_change or 0) < -0.07
    assert found.is_reversed
    assert [one.name for one in found.against] == ["$500 to $1,000", "$10 to $20"]
