"""Money on a real PostgreSQL: what was sent is what is read, summed and found, to the cent; older rows go on."""

import time
from decimal import Decimal

import pytest

from console.thresholds import history as threshold_history
from core.clock import to_datetime
from core.config import HoldoutConfig
from core.db.engine import Database
from core.db.migrate import FOLDER
from core.events import time_buckets
from core.events.types import Event, Label, Prediction, Transaction
from core.pipeline.writer import Writer
from core.settings import load
from core.transactions import review, search
from core.transactions.review import ReviewConfig
from core.transactions.search_filter import strict
from core.transactions.thresholds import Thresholds, outcome

AMOUNTS = [19.99, 0.01, 0.1, 0.2, 131_072.03, 16_777_217.01, 99_999_999_999.99, 0.004, 5.0, 1.005]


@pytest.fixture
def now(db: Database) -> float:
    """One blocked prediction for each amount, the first labelled fraud."""
    now = time.time()
    made: list[Event] = [blocked(n, amount, now - n) for n, amount in enumerate(AMOUNTS)]
    Writer(db, 0.7).store([*made, Label(id="l", transaction_id="m0", label="fraud", source="analyst")], now)
    return now


def blocked(number: int, amount: float, when: float) -> Prediction:
    name = f"m{number}"
    return Prediction(
        id=name, transaction_id=name, timestamp=when, score=0.998, threshold=0.6, decision="BLOCKED", amount=amount
    )


def found(db: Database, **given: str) -> dict[str, Decimal | None]:
    return {row.transaction_id: row.amount for row in search.everything(db, strict(given, time.time()))}


def test_what_was_sent_is_what_is_read(db: Database, now: float) -> None:
    assert found(db) == {f"m{n}": Decimal(repr(amount)) for n, amount in enumerate(AMOUNTS)}
    risks = {row.transaction_id: row.risk for row in search.everything(db, strict({}, time.time()))}
    assert risks == {f"m{n}": Decimal("0.998") * Decimal(repr(amount)) for n, amount in enumerate(AMOUNTS)}


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_is_found_by_itself(db: Database, now: float, amount: float) -> None:
    name = f"m{AMOUNTS.index(amount)}"
    assert list(found(db, amount_from=str(amount), amount_to=str(amount))) == [name]


@pytest.mark.parametrize("way", ["asc", "desc"])
def test_amounts_that_single_precision_cannot_tell_apart_are_in_order(db: Database, way: str) -> None:
    now = time.time()
    Writer(db, 0.7).store([blocked(n, 16_777_216 + n / 100, now - n * 37 % 50) for n in range(50)], now)
    asked, rows, after = strict({"sort": "amount", "dir": way}, now), [], ""
    while True:
        page = search.page(db, asked, 7, after)
        rows += page.rows
        after = page.after
        if not after:
            break
    expected = [Decimal(16_777_216) + Decimal(n) / 100 for n in range(50)]
    assert [row.amount for row in rows] == (expected if way == "asc" else expected[::-1])


def test_sums_are_exact(db: Database, now: float) -> None:
    total = float(sum(Decimal(repr(amount)) for amount in AMOUNTS))
    with db.transaction() as connection:
        backlog = review.backlog(connection, load({}).section("review", ReviewConfig), now)
    assert round(backlog.money, 2) == round(total - 19.99, 2)
    history = threshold_history.history(db, to_datetime(now - 60), to_datetime(now + 60), HoldoutConfig())
    sums = outcome(history.curve, Thresholds(fraud_threshold=0.6, review_from=0.5, block_from=0.9))
    assert (sums.blocked_fraud.value, round(sums.blocked_unknown, 2)) == (19.99, round(total - 19.99, 2))


def test_a_roll_up_is_the_sum_of_what_is_stored(db: Database) -> None:
    now = time.time()
    sold = [
        Transaction(
            id=f"s{n}", transaction_id=f"s{n}", timestamp=now, type="purchase", amount=amount, platform_fee=1.005
        )
        for n, amount in enumerate(AMOUNTS)
    ]
    filled = Writer(db, 0.7).store([*sold], now).slots
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT (100 * sum(amount + platform_fee))::bigint, max(platform_fee) FROM transactions")
        assert cursor.fetchone() == (time_buckets.total(list(filled.values())).counts["revenue_cents"], Decimal("1.01"))


def test_rows_of_the_code_before_go_on(db: Database, now: float) -> None:
    """They have single precision alone: to the cent up to 131,072, and above it where the sale is known."""
    dear = Transaction(id="m5", transaction_id="m5", timestamp=now, type="purchase", amount=AMOUNTS[5])
    Writer(db, 0.7).store([dear], now)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE fraud_predictions SET amount_usd = NULL")
        cursor.execute((FOLDER / "0037_money_of_sales.sql").read_text())
    rows = found(db)
    for number in (0, 1, 2, 3, 5, 7, 8):
        assert rows[f"m{number}"] == Decimal(repr(AMOUNTS[number]))
    assert list(found(db, amount_from="19.99", amount_to="19.99")) == ["m0"]
