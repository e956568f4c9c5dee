"""Counts of statuses on a real PostgreSQL: the last value of a key, sums that count once, and what is to be judged."""

import random
import threading
from typing import Any

import pytest

from api import status_rows
from api.status_rows import StatusRow
from core.db.engine import Database
from core.events.types import Prediction, Status, StatusRows, Transaction
from core.pipeline.status_counts import MOST
from core.pipeline.writer import Writer

NOW = 1_790_000_000.0
MINUTE = int(NOW // 60)


@pytest.fixture
def writer(db: Database) -> Writer:
    return Writer(db, normal_block_from=0.7)


def row(status: str, count: int, minute: int = MINUTE, **more: Any) -> StatusRow:
    return StatusRow(**({"index": 0, "source": "shop", "auth_code": "", "dimensions": "", "add": False} | more),
                     minute=minute, status=status, count=count)  # fmt: skip


def event(rows: list[StatusRow], at: float = NOW, key: str | None = None) -> StatusRows:
    return status_rows.event(rows, at, "token:t", key)


def table(db: Database) -> list[tuple[Any, ...]]:
    return fetched(
        db,
        "SELECT source, extract(epoch FROM timestamp)::bigint / 60, status, auth_code, dimensions, count"
        " FROM status_counts ORDER BY 1, 2, 3, 4, 5",
    )


def fetched(db: Database, statement: str) -> list[tuple[Any, ...]]:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def counts(db: Database) -> dict[str, int]:
    return {one[2]: one[5] for one in table(db)}


def test_the_value_that_was_received_last_counts(db: Database, writer: Writer) -> None:
    writer.store([event([row("denied", 1), row("denied", 2)], NOW)], NOW)
    assert counts(db) == {"denied": 2}
    writer.store([event([row("denied", 9)], NOW + 2), event([row("denied", 4)], NOW + 1)], NOW)
    writer.store([event([row("denied", 5)], NOW + 1)], NOW)
    assert counts(db) == {"denied": 9}


def test_what_is_added_is_added_once_an_event(db: Database, writer: Writer) -> None:
    more = row("denied", 3, add=True)
    writer.store([event([more, more], NOW, "k"), event([more, more], NOW, "k")], NOW)
    writer.store([event([more, more], NOW, "k")], NOW)
    assert counts(db) == {"denied": 6}
    writer.store([event([row("denied", 1), more, row("failed", 2, add=True)], NOW + 1)], NOW)
    writer.store([event([more, row("failed", 7)], NOW + 2)], NOW)
    assert counts(db) == {"denied": 7, "failed": 7}


def test_no_sum_overflows(db: Database, writer: Writer) -> None:
    for _ in range(2):
        writer.store([event([row("denied", MOST, add=True)] * 3)], NOW)
    assert counts(db) == {"denied": MOST}


def test_events_and_rows_of_a_body_are_the_same(db: Database, writer: Writer) -> None:
    told = {"timestamp": MINUTE * 60.0, "source": "shop", "auth_code": "05", "received_at": NOW}
    writer.store([Status(id="a", count=4, dimensions={"gateway": "b"}, **told)], NOW)  # type: ignore[arg-type]
    assert table(db) == [("shop", MINUTE, "", "05", '{"gateway":"b"}', 4)]
    writer.store([event([row("", 5, auth_code="05", dimensions='{"gateway":"b"}')], NOW + 1)], NOW)
    writer.store([Status(id="b", count=2, add=True, dimensions={"gateway": "b"}, **told)], NOW)  # type: ignore[arg-type]
    assert table(db) == [("shop", MINUTE, "", "05", '{"gateway":"b"}', 7)]


def test_rows_in_any_order_and_twice_are_the_same_table(db: Database, writer: Writer) -> None:
    rng = random.Random(4)
    rows = [row(f"s{n % 7}", n, MINUTE - n // 7, auth_code=f"{n % 5:02}") for n in range(700)]
    writer.store([event(rows)], NOW)
    first = table(db)
    for at in (1, 2):
        rng.shuffle(rows)
        writer.store([event(rows[start : start + 90], NOW + at) for start in range(0, 700, 90)], NOW)
    assert len(first) == 700
    assert table(db) == first


def test_writers_side_by_side_never_wait_in_a_circle(db: Database, writer: Writer) -> None:
    failed: list[Exception] = []

    def write(seed: int) -> None:
        rng = random.Random(seed)
        try:
            for turn in range(15):
                rows = [row(f"s{n}", 1, add=rng.random() < 0.5) for n in rng.sample(range(200), 60)]
                writer.store([event(rows, NOW + turn)], NOW)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_each_minute_that_changed_is_noted_for_the_judge(db: Database, writer: Writer) -> None:
    rows = [row("a", 1), row("b", 1), row("a", 1, MINUTE - 1), row("a", 1, source="other")]
    writer.store([event(rows)], NOW)
    noted = "SELECT source, minute FROM status_changes ORDER BY 1, 2"
    assert fetched(db, noted) == [("other", MINUTE), ("shop", MINUTE - 1), ("shop", MINUTE)]


def test_our_own_predictions_and_sales_are_noted_too(db: Database, writer: Writer) -> None:
    scored = Prediction(id="p", transaction_id="p", timestamp=NOW - 60, score=0.1, decision="APPROVED", threshold=0.6)
    sold = Transaction(id="t", transaction_id="t", timestamp=NOW, type="purchase", amount=5.0)
    writer.store([scored, sold, sold], NOW)
    writer.store([scored, sold], NOW)
    assert fetched(db, "SELECT source, minute FROM status_changes ORDER BY 1") == [
        ("sales", MINUTE),
        ("scoring", MINUTE - 1),
    ]
    assert table(db) == []
