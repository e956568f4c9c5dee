"""Old months go without holding writers up, also when somebody reads them, and also after a round that was cut off."""

from datetime import date

import pytest

from core.db import partitions

TODAY = date(2026, 11, 20)
KEEP = dict.fromkeys(partitions.TABLES, 90)


def execute(db, statement):
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def row(month):
    return (
        "INSERT INTO transactions (timestamp, amount, platform_fee, type, transaction_id)"
        f" VALUES ('{month}-15', 1, 0, 'transfer', 't-{month}')"
    )


def fill(db):
    partitions.ensure(db, TODAY, behind=6, ahead=1)
    for month in ("2026-06", "2026-07", "2026-10"):
        execute(db, row(month))


def held(db):
    return [name for (name,) in execute(db, "SELECT transaction_id FROM transactions ORDER BY 1")]


def test_months_beyond_retention_go_whole(db):
    fill(db)
    dropped = partitions.drop_before(db, KEEP, TODAY)
    assert "transactions_2026_06" in dropped
    assert "transactions_2026_09" not in dropped
    assert held(db) == ["t-2026-10"]
    assert partitions.drop_before(db, KEEP, TODAY) == []


def test_a_month_that_is_read_waits_and_writers_do_not(db):
    fill(db)
    with db.raw() as reader, reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM transactions")
        assert "transactions_2026_06" not in partitions.drop_before(db, KEEP, TODAY)
        execute(db, row("2026-11"))
    assert "transactions_2026_06" in partitions.drop_before(db, KEEP, TODAY)
    assert held(db) == ["t-2026-10", "t-2026-11"]


def test_what_a_cut_off_round_left_is_dropped(db):
    fill(db)
    execute(db, "ALTER TABLE transactions DETACH PARTITION transactions_2026_06")
    assert "transactions_2026_06" in partitions.drop_before(db, KEEP, TODAY)
    assert execute(db, "SELECT to_regclass('transactions_2026_06')") == [(None,)]


def test_rows_of_the_default_partition_go_too(db):
    execute(db, row("2001-01"))
    partitions.drop_before(db, KEEP, TODAY)
    assert held(db) == []


def test_counts_that_were_sent_again_stay_for_as_long_as_new_ones(db):
    execute(db, count("2001-01-01", "2026-10-01"))
    execute(db, count("2002-01-01", "2026-08-01"))
    partitions.drop_before(db, KEEP, TODAY)
    assert execute(db, "SELECT extract(year FROM timestamp)::int FROM status_counts") == [(2001,)]


def count(minute, received):
    return f"INSERT INTO status_counts VALUES ('{minute}', 's', 'x', '', '', 1, '{received}')"


@pytest.mark.parametrize("today", [date(2026, 11, 29), date(2026, 11, 30), date(2027, 2, 28), date(2028, 2, 29)])
def test_no_month_is_made_to_be_dropped(db, today):
    """At the end of some months, three months back is wholly before ninety days."""
    partitions.drop_before(db, KEEP, today)
    partitions.ensure(db, today, days=KEEP)
    assert partitions.drop_before(db, KEEP, today) == []
    assert partitions.ensure(db, today, days=KEEP) == []
