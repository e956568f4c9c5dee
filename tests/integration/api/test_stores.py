"""What PostgreSQL and Redis say of themselves: sizes, activity, locks, commands; without values; one of them away."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from api import stores
from collector import store_samples
from core.db.engine import Database
from core.db.queries import sql
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable
from core.pipeline import stream
from tests import endpoint_world as world
from tests.waiting import until

SECRET = "4f8a7c2e9b1d"


def span() -> tuple[int, int]:
    after = int(time.time() // 60) + 1
    return after - 60, after


@contextmanager
def doing(database: Database, statement: str, before: str = "SELECT 1") -> Iterator[None]:
    """A connection that is in the middle of a statement."""
    ready, done = threading.Event(), threading.Event()

    def run() -> None:
        with database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(before)
            ready.set()
            cursor.execute(statement)
            done.wait(20)
            connection.rollback()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(20)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_sessions_have_no_values_and_say_who_waits_for_whom(db: Database) -> None:
    text = f"/* users.made_up */ UPDATE jobs SET kind = '{SECRET}' WHERE id = 4711"
    lock = "LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE"
    with doing(db, f"SELECT '{SECRET}'", before=lock), doing(db, "SELECT 1", before="SELECT 1"):
        thread = threading.Thread(target=lambda: world.asked(db, f"{text} RETURNING 1"))
        thread.start()

        def waits() -> bool:
            return any(one.blocked_by for one in stores.postgres(db, span(), time.time()).sessions)

        until(waits)
        found = stores.postgres(db, span(), time.time())
        assert found.tables == []
        assert "locked" in found.tables_note, "the rest is there all the same"
    thread.join()
    (waiting,) = [one for one in found.sessions if one.blocked_by]
    holder = next(one for one in found.sessions if one.pid == waiting.blocked_by[0])
    assert waiting.query == "users.made_up"
    assert waiting.statement == "UPDATE jobs SET kind = ? WHERE id = ? RETURNING ?"
    assert waiting.wait.startswith("Lock: ")
    assert holder.statement == "SELECT ?"
    assert holder.state == "idle in transaction"
    assert SECRET not in str(found)


def test_tables_count_their_partitions_and_their_dead_rows(db: Database) -> None:
    made = "SELECT to_timestamp(n), 'x', '{}' FROM generate_series(1, 5000) n RETURNING 1"
    world.asked(db, f"INSERT INTO store_samples (timestamp, store, figures) {made}")
    world.asked(db, "DELETE FROM store_samples RETURNING 1")
    world.asked(db, "SELECT pg_stat_force_next_flush()")
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("ANALYZE store_samples")
    found = stores.postgres(db, span(), time.time())
    tables = {one.name: one for one in found.tables}
    assert tables["transactions"].partitions >= 1
    assert "transactions_default" not in tables
    assert tables["store_samples"].dead_rows == 5000
    assert tables["store_samples"].bloat > 100_000  # type: ignore[operator]
    assert tables["store_samples"].bytes > tables["store_samples"].index_bytes > 0
    assert found.bytes > 1_000_000
    assert "pg_stat_statements" in found.statements_note
    assert found.max_connections == 60


def test_a_server_that_is_away_is_one_error(live: Live) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailable):
        stores.postgres(away, span(), time.time())
    found = stores.redis(away, live, span(), time.time())
    assert found.away == ""
    assert found.nodes
    assert found.samples.figures == {}


def test_redis_counts_its_commands_and_shows_no_values(db: Database, live: Live) -> None:
    with live.reach() as client:
        for node in client.get_primaries() if live.is_cluster else [None]:
            where = {"target_nodes": node} if node else {}
            client.config_set("slowlog-log-slower-than", 0, **where)
        client.set("gatehouse:{live}:secret", SECRET)
        client.get("gatehouse:{live}:secret")
        found = stores.redis(db, live, span(), time.time())
        for node in client.get_primaries() if live.is_cluster else [None]:
            where = {"target_nodes": node} if node else {}
            client.config_set("slowlog-log-slower-than", 10_000, **where)
    assert found.away == ""
    assert sum(one.keys for one in found.nodes) >= 1
    commands = {one.command: one for one in found.commands}
    assert commands["SET"].calls >= 1
    assert commands["GET"].mean >= 0
    assert {"SET", "GET"} <= {one.command for one in found.slow}
    assert SECRET not in str(found)
    assert found.slow_limit is not None
    assert [one.length for one in found.streams] == [0]


def test_what_waits_in_the_stream_is_shown(db: Database, live: Live) -> None:
    stream.add(live, b"[]")
    (shard,) = stores.redis(db, live, span(), time.time()).streams
    assert (shard.length, shard.pending) == (1, 0)
    assert shard.oldest is not None
    assert shard.oldest < 60


def test_redis_that_is_away_is_said_and_its_past_is_there(db: Database, live: Live) -> None:
    assert store_samples.run(db, live, time.time()) == ["postgres", "redis"]
    away = Live("redis://127.0.0.1:1/0", timeout=0.2)
    assert store_samples.run(db, away, time.time() - 120) == ["postgres"]
    found = stores.redis(db, away, span(), time.time())
    assert found.away
    assert found.nodes == []
    memory = [one for one in found.samples.figures["memory"] if one is not None]
    assert len(memory) == 1
    assert memory[0] > 100_000


def test_a_minute_is_noted_once(db: Database, live: Live) -> None:
    now = time.time() // 60 * 60
    store_samples.run(db, live, now)
    store_samples.run(db, live, now + 30)
    assert world.asked(db, "SELECT store FROM store_samples ORDER BY 1") == [("postgres",), ("redis",)]
    found = stores.postgres(db, span(), time.time()).samples.figures
    assert {"bytes", "active", "longest_transaction", "dead_rows", "commits"} <= found.keys()
    assert "server.put_sample" in sql("server.put_sample")
