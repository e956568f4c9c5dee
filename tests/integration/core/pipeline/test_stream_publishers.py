"""Which processes publish, as PostgreSQL knows it: from the first answer to an orderly end, or found dead."""

from typing import Any

import pytest

from core.db.engine import Database
from core.errors import DatabaseUnavailable
from core.pipeline import stream_publishers
from core.pipeline.stream_publishers import RENEW_SECONDS, Dead, Register
from core.pipeline.stream_waiting import DEAD_SECONDS, PAUSE_SECONDS

START = 1_800_000_000.0


def rows(db: Database) -> list[tuple[Any, ...]]:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT publisher, shard, life, extract(epoch FROM seen_at)::float8 - %s FROM stream_publishers ORDER BY 2",
            (START,),
        )
        return list(cursor.fetchall())


def test_a_process_is_known_by_its_shards_and_says_now_and_then_that_it_lives(db: Database) -> None:
    register = Register(db)
    register.renew("p", START)
    assert rows(db) == []
    register.begin("p", 0, "a", START)
    register.begin("p", 1, "b", START + 1)
    assert rows(db) == [("p", 0, "a", 1.0), ("p", 1, "b", 1.0)]
    assert register.knows("p", 1)
    assert not register.knows("p", 2)
    assert not register.knows("q", 1)
    register.begin("p", 1, "b", START + 2)
    register.renew("p", START + RENEW_SECONDS)
    assert rows(db)[0][3] == 1.0, "the same is no news, and ten seconds have not passed"
    register.renew("p", START + 1 + RENEW_SECONDS)
    assert [row[3] for row in rows(db)] == [11.0, 11.0]
    register.begin("p", 1, "c", START + 12)
    assert rows(db)[1] == ("p", 1, "c", 12.0)


def test_who_ends_in_order_is_forgotten_and_who_does_not_is_dead(db: Database) -> None:
    ended, killed = Register(db), Register(db)
    assert ended.end("p"), "it never published"
    ended.begin("p", 0, "a", START)
    killed.begin("k", 0, "a", START)
    killed.begin("k", 3, "b", START)
    assert ended.end("p")
    assert not ended.knows("p", 0)
    assert [row[0] for row in rows(db)] == ["k", "k"]
    assert stream_publishers.dead(db, START + DEAD_SECONDS) == []
    found = stream_publishers.dead(db, START + DEAD_SECONDS + 0.5)
    assert found == [Dead("k", 0, "a", START), Dead("k", 3, "b", START)]
    assert found[0].end == START + DEAD_SECONDS
    stream_publishers.settle(db, found[0])
    assert stream_publishers.dead(db, START + 99) == found[1:]


def test_a_process_of_before_a_fork_is_not_the_one_after(db: Database) -> None:
    register = Register(db)
    register.begin("before", 0, "a", START)
    register.begin("after", 1, "a", START + 5)
    assert rows(db) == [("before", 0, "a", 0.0), ("after", 1, "a", 5.0)]


def test_while_postgresql_is_away_nobody_waits_for_it(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def away() -> None:
        asked.append(1)
        raise DatabaseUnavailable("gone")

    register = Register(db)
    with monkeypatch.context() as patch:
        patch.setattr(db, "raw", away)
        register.begin("p", 0, "a", START)
        register.begin("p", 1, "a", START + PAUSE_SECONDS - 0.1)
        register.renew("p", START + PAUSE_SECONDS - 0.1)
        assert len(asked) == 1
        assert not register.end("p")
        assert register.knows("p", 0)
    register.renew("p", START + PAUSE_SECONDS)
    assert [row[1] for row in rows(db)] == [0, 1]
