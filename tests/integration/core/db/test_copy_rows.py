"""Lines that are made while they are copied: what one of them meets is said, and nothing of the rest is stored."""

from collections.abc import Iterator

import pytest

from core.db import copy_rows
from core.db.engine import Database
from core.errors import Refused
from tests.integration.alerts.making import rows

TABLE = ("host_samples_of_test", "number, name")


@pytest.fixture
def table(db: Database) -> Database:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE[0]} (number integer NOT NULL, name text)")
    return db


def store(db: Database, lines: Iterator[str]) -> None:
    with db.raw() as connection, connection.cursor() as cursor:
        copy_rows.copy(cursor, TABLE, lines)


def test_many_and_long_lines_arrive_whole_and_in_order(table: Database) -> None:
    long = "\u00e9" * 200_000
    store(table, (f"{number}\t{long if number == 700 else copy_rows.text(None)}\n" for number in range(1001)))
    assert rows(table, f"SELECT number FROM {TABLE[0]}") == [(number,) for number in range(1001)]
    assert rows(table, f"SELECT name FROM {TABLE[0]} WHERE name IS NOT NULL") == [(long,)]


def test_no_line_is_no_error(table: Database) -> None:
    store(table, iter(()))
    assert rows(table, f"SELECT * FROM {TABLE[0]}") == []


@pytest.mark.parametrize("kind", [TypeError, ArithmeticError, KeyError])
def test_what_a_line_meets_is_no_trouble_with_postgresql(table: Database, kind: type[Exception]) -> None:
    def lines() -> Iterator[str]:
        yield from (f"{number}\tname\n" for number in range(500))
        raise kind("of this event")

    with pytest.raises(kind, match="of this event"):
        store(table, lines())
    assert rows(table, f"SELECT * FROM {TABLE[0]}") == []


def test_what_postgresql_refuses_is_refused(table: Database) -> None:
    with pytest.raises(Refused):
        store(table, (f"{number if number < 600 else copy_rows.NULL}\tname\n" for number in range(1000)))
    with pytest.raises(Refused):
        store(table, iter(["no number\tname\n"]))
    assert rows(table, f"SELECT * FROM {TABLE[0]}") == []
