"""What every request asks of PostgreSQL: one statement outside a transaction, on a connection that is kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg2
import pytest

from core.db import query_times
from core.db.engine import LOOKING, Database
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable, RedisUnavailable
from tests.waiting import until

WHO = "SELECT pg_backend_pid(), state, %(word)s FROM pg_stat_activity WHERE pid = pg_backend_pid()"


class Undone(Exception):
    """What ends a transaction here."""


@pytest.fixture
def looking(database_url: str) -> Iterator[Database]:
    database = Database(database_url, pool_size=1)
    yield database
    database.close()


def test_the_first_row_or_none(looking: Database) -> None:
    assert looking.look("SELECT v FROM generate_series(%(first)s, 9) AS v", {"first": 7}) == (7,)
    assert looking.look("SELECT 1 WHERE %(no)s", {"no": False}) is None


def test_it_is_one_statement_and_nothing_stays_open(looking: Database, db: Database) -> None:
    row = looking.look(WHO, {"word": "a"})
    assert row is not None
    query_times.start()
    query_times.taken()
    assert looking.look(WHO, {"word": "b"}) == (row[0], "active", "b"), "the same connection"
    found, _ = query_times.taken()
    assert [one[2] for one in found if one[1] == query_times.DATABASE and one[2] in (WHO, "(commit)", "(ping)")] == [
        WHO
    ]
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", (row[0],))
        assert cursor.fetchone() == ("idle",)
    assert looking.pool_use()[0] == 0


def test_a_transaction_after_a_look_is_one_again(looking: Database) -> None:
    for undone in (undo_raw, undo):
        looking.look("SELECT 1", {})
        undone(looking)
        assert looking.look("SELECT to_regclass('undone')", {}) == (None,)
        with pytest.raises(psycopg2.ProgrammingError):
            looking.look("SELECT nothing", {})
    with looking.raw() as connection:
        assert not connection.autocommit


def undo_raw(database: Database) -> None:
    with suppress(Undone), database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE undone ()")
        raise Undone


def undo(database: Database) -> None:
    with suppress(Undone), database.transaction() as connection:
        connection.exec_driver_sql("CREATE TABLE undone ()")
        raise Undone


def test_a_connection_that_died_is_replaced_whoever_wants_it(looking: Database, db: Database) -> None:
    """The pool asks a connection whether it lives before a transaction gets it."""
    for ask in (lambda: looking.look("SELECT 1", {}), looking.ping):
        row = looking.look(WHO, {"word": ""})
        assert row is not None
        with db.raw() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (row[0],))
        ask()
        found = looking.look(WHO, {"word": ""})
        assert found is not None
        assert found[0] != row[0]


def test_many_threads_that_look_are_all_answered(database_url: str) -> None:
    database = Database(database_url, pool_size=8)

    def look(number: int) -> object:
        found = database.look("SELECT %(n)s", {"n": number})
        sum(range(20_000))  # as a request that goes on
        return found

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(look, range(2_000))) == [(number,) for number in range(2_000)]
    database.close()


def test_what_ends_every_connection_is_told_and_the_next_look_works(looking: Database) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"terminating connection|server closed"):
        looking.look("SELECT pg_terminate_backend(pg_backend_pid())", {})
    assert looking.look("SELECT 1", {}) == (1,)
    assert looking.pool_use()[0] == 0


def test_where_its_own_connections_are_busy_those_of_transactions_are_asked(looking: Database, db: Database) -> None:
    query_times.start()
    query_times.taken()
    with ThreadPoolExecutor(LOOKING) as pool:
        with db.raw() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(1)")
            held = [pool.submit(looking.look, "SELECT pg_advisory_xact_lock_shared(1)", {}) for _ in range(LOOKING)]
            until(lambda: waiting(db) == LOOKING)
            assert looking.look("SELECT 'free'", {}) == ("free",)
            assert not any(one.done() for one in held)
            cursor.execute("SELECT pg_advisory_unlock(1)")
        assert [one.result() for one in held] == [("",)] * LOOKING
    assert not [one for one in query_times.taken()[0] if one[1] == query_times.POOL and one[6]], "nobody waited"


def waiting(database: Database) -> int:
    """How many statements wait for a lock of this kind."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return int(cursor.fetchone()[0])


def test_a_server_that_is_away_is_told_at_once() -> None:
    database = Database("postgresql://x@127.0.0.1:1/x")
    with pytest.raises(DatabaseUnavailable):
        database.look("SELECT 1", {})


def test_a_field_of_a_hash_in_redis(live: Live) -> None:
    live.redis.hset("h", "f", "välue\r\n")
    assert live.field("h", "f") == "välue\r\n".encode()
    assert live.field("h", "none") is None
    assert live.field("none", "f") is None
    with pytest.raises(RedisUnavailable):
        Live("redis://127.0.0.1:1").field("h", "f")
