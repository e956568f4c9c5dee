"""What every request asks of PostgreSQL: one statement outside a transaction, on a connection that is kept."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg2
import pytest

from core.db import query_times
from core.db.autocommit import MOST
from core.db.engine import Database
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


def test_a_forked_process_looks_by_itself_and_leaves_its_parents_connection(looking: Database) -> None:
    before = looking.look(WHO, {"word": ""})
    assert before is not None
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        try:
            found = looking.look(WHO, {"word": ""})
            os.write(write, str(found and found[0]).encode())
            looking.close()
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as said:
        assert int(said.read()) != before[0]
    assert os.waitpid(child, 0)[1] == 0
    assert looking.look(WHO, {"word": ""}) == before


def test_closing_ends_the_connections(looking: Database, db: Database) -> None:
    row = looking.look(WHO, {"word": ""})
    assert row is not None
    looking.close()
    assert until(lambda: not connected(db, row[0]))
    assert looking.look("SELECT 1", {}) == (1,), "one that is asked again opens another"


def connected(database: Database, process: int) -> bool:
    """Whether a process of the server is there."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (process,))
        return cursor.fetchone() is not None


def test_what_ends_every_connection_is_told_and_the_next_look_works(looking: Database) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"terminating connection|server closed"):
        looking.look("SELECT pg_terminate_backend(pg_backend_pid())", {})
    assert looking.look("SELECT 1", {}) == (1,)
    assert looking.pool_use()[0] == 0


def test_where_its_own_connections_are_busy_those_of_transactions_are_asked(looking: Database, db: Database) -> None:
    query_times.start()
    query_times.taken()
    with ThreadPoolExecutor(MOST) as pool:
        with db.raw() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(1)")
            held = [pool.submit(looking.look, "SELECT pg_advisory_xact_lock_shared(1)", {}) for _ in range(MOST)]
            until(lambda: waiting(db) == MOST)
            assert looking.look("SELECT 'free'", {}) == ("free",)
            assert not any(one.done() for one in held)
            cursor.execute("SELECT pg_advisory_unlock(1)")
        assert [one.result() for one in held] == [("",)] * MOST
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
