"""The hourly round that forgets old idempotency keys reads the pages of the old ones, not the table."""

from core.db.queries import sql

DAYS = 90


def execute(db, statement, *values):
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else None


def fill(db):
    """A hundred days of keys in the order in which they came."""
    execute(
        db,
        "INSERT INTO event_keys (key, received_at)"
        " SELECT gen_random_uuid(), now() - (100 - n / 1500.0) * interval '1 day'"
        " FROM generate_series(1, 150000) n",
    )
    execute(db, "ANALYZE event_keys")


def test_only_the_old_keys_go(db):
    fill(db)
    execute(db, sql("collector.drop_keys"), DAYS)
    [(left, oldest)] = execute(db, "SELECT count(*), min(received_at) >= now() - interval '90 days' FROM event_keys")
    assert abs(left - 135_000) <= 2
    assert oldest


def test_the_round_reads_little_of_the_table(db):
    fill(db)
    plan = "\n".join(line for (line,) in execute(db, "EXPLAIN " + sql("collector.drop_keys"), DAYS))
    assert "event_keys_received" in plan
    assert "Seq Scan" not in plan
