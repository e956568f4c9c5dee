"""What every request asks of PostgreSQL: one statement outside a transaction, on a connection that is kept."""

from collections.abc import Iterator

import pytest

from core.db import query_times
from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable, RedisUnavailable

WHO = "SELECT pg_backend_pid(), state, %(word)s FROM pg_stat_activity WHERE pid = pg_backend_pid()"


@pytest.fixture
def looking(database_url: str) -> Iterator[Database]:
    database = Database(database_url, pool_size=1)
    yield database
    database.close()


def test_the_first_row_or_none(looking: Database) -> None:
    assert looking.look("SELECT v FROM generate_series(%(first)s, 9) AS v", {"first": 7}) == (7,)
    assert looking.look("SELECT 1 WHERE %(no)s", {"no": False}) is None


def test_it_is_one_statement_and_nothing_stays_open(looking: Database) -> None:
    row = looking.look(WHO, {"word": "a"})
    assert row is not None
    query_times.start()
    query_times.taken()
    assert looking.look(WHO, {"word": "b"}) == (row[0], "active", "b"), "the same connection"
    found, _ = query_times.taken()
    assert [one[2] for one in found if one[1] == query_times.DATABASE and one[2] in (WHO, "(commit)", "(ping)")] == [
        WHO
    ]
    with looking.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", (row[0],))
        assert cursor.fetchone() == ("idle",)
    assert looking.pool_use()[0] == 0


def test_kept_connections_that_died_are_replaced(looking: Database) -> None:
    gone = looking.look(WHO, {"word": ""})
    assert gone is not None
    with looking.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (gone[0],))
    found = looking.look(WHO, {"word": "again"})
    assert found is not None
    assert found[0] != gone[0]


def test_an_error_of_the_statement_is_told_and_the_next_look_works(looking: Database) -> None:
    looking.look("SELECT set_config('statement_timeout', '20ms', false)", {})
    with pytest.raises(DatabaseUnavailable, match="statement timeout"):
        looking.look("SELECT pg_sleep(5)", {})
    assert looking.look("SELECT 1", {}) == (1,)


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
