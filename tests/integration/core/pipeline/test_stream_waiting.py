"""When a process notes what waits for it in the stream, when it does so again, and what those that ended had lost."""

from collections.abc import Iterator
from typing import Any

import pytest

from core import settings
from core.db.engine import Database
from core.errors import DatabaseUnavailable
from core.events import types as events
from core.events.types import Heartbeat
from core.pipeline import accepted, stream_waiting
from core.pipeline.stream_waiting import Forsaken, Notes
from core.pipeline.unconfirmed import Kept
from core.stores import Stores, assemble

START = 1_800_000_000.0


@pytest.fixture
def stores(database_url: str, redis_url: str) -> Iterator[Stores]:
    made = assemble(settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))
    yield made
    made.close()


def payload(number: int) -> bytes:
    return events.encode([Heartbeat(id=str(number), service="s", timestamp=START)])


def entries(*seconds: float) -> dict[tuple[int, int], Kept]:
    """Entries that came in so many seconds after the start."""
    kept = [Kept(given, accepted.name(events.decode(given)[0])) for given in map(payload, range(len(seconds)))]
    return {(round((START + at) * 1000), 0): one for at, one in zip(seconds, kept, strict=True)}


def rows(db: Database) -> list[tuple[Any, ...]]:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT publisher, shard, entries, first_ms, last_ms, extract(epoch FROM noted_at)::float8 "
            "FROM stream_waiting ORDER BY 1, 2"
        )
        return list(cursor.fetchall())


def test_what_waits_for_long_is_noted_and_the_last_word_always(db: Database) -> None:
    notes = Notes(db)
    assert notes.note("p", 0, entries(0), START + 1.5)
    assert rows(db) == []
    assert notes.note("p", 0, entries(0), START + 1.501)
    assert notes.note("q", 1, entries(0, 0.25), START + 0.3, last=True)
    first = round(START * 1000)
    assert rows(db) == [("p", 0, 1, first, first, START + 1.501), ("q", 1, 2, first, first + 250, START + 0.3)]
    assert notes.note("p", 0, {}, START + 2)
    assert notes.note("q", 1, entries(9), START + 9.1), "nothing waits for long any more"
    assert rows(db) == []
    assert notes.note("p", 0, {}, START + 3, last=True)


@pytest.mark.parametrize(
    ("later", "waiting", "last", "is_noted"),
    [
        (4.9, entries(0), False, False),
        (5.0, entries(0), False, True),
        (0.9, entries(0, 1), False, False),
        (1.0, entries(0, 1), False, True),
        (0.1, entries(0), True, True),
    ],
)
def test_news_is_noted_soon_and_the_same_now_and_then(
    db: Database, later: float, waiting: dict[tuple[int, int], Kept], last: bool, is_noted: bool
) -> None:
    notes = Notes(db)
    notes.note("p", 0, entries(0), START + 2)
    assert notes.note("p", 0, waiting, START + 2 + later, last)
    [(_, _, _, _, _, at)] = rows(db)
    assert at - START == pytest.approx(2 + (later if is_noted else 0), abs=0.01)


def test_while_postgresql_is_away_it_is_asked_now_and_then(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def away() -> None:
        asked.append(1)
        raise DatabaseUnavailable("gone")

    notes = Notes(db)
    with monkeypatch.context() as patch:
        patch.setattr(db, "raw", away)
        assert not notes.note("p", 0, entries(0), START + 2)
        assert not notes.note("p", 0, entries(0), START + 11.9)
        assert len(asked) == 1
        assert notes.note("other", 0, {}, START + 3), "it has nothing to say"
    assert notes.note("p", 0, entries(0), START + 12)
    assert len(rows(db)) == 1


def test_of_a_process_that_ended_what_is_not_stored_is_lost(
    db: Database, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_waiting, "MOST_KEYS", 3)
    event = events.decode(payload(0))
    stores.writer.store(event, START)
    Notes(db).note("p", 2, entries(0, 1, 2, 3, 4), START + 10, last=True)
    Notes(db).note("stored", 0, entries(0), START + 10, last=True)
    assert stream_waiting.forsaken(db, START + 10 + stream_waiting.DEAD_SECONDS - 1) == []
    found = stream_waiting.forsaken(db, START + 10 + stream_waiting.DEAD_SECONDS + 1)
    assert found[0] == Forsaken("p", 2, 5, START, START + 4, 2 + 2), "two of the three known, and those beyond"
    assert (found[1].publisher, found[1].lost) == ("stored", 0)
    stream_waiting.settle(db, found[0])
    assert [row[0] for row in rows(db)] == ["stored"]


def test_an_entry_is_stored_when_either_of_its_keys_is(stores: Stores) -> None:
    known, other = (events.decode(payload(number))[0] for number in (0, 1))
    stores.writer.store([known], START)
    pairs = [accepted.pair(accepted.name(event)) for event in (known, other)]
    half = f"{pairs[1].split()[0]} {pairs[0].split()[0]}"
    with stores.database.raw() as connection, connection.cursor() as cursor:
        assert stream_waiting.unstored(cursor, [*pairs, half]) == [pairs[1]]


def test_the_times_of_a_note_are_those_of_its_oldest_and_newest_entry_in_whatever_order(db: Database) -> None:
    """Entries whose id was given twice come last, under an older id."""
    waiting = entries(2, 3, 1)
    Notes(db).note("p", 0, waiting, START + 10, last=True)
    assert rows(db)[0][:5] == ("p", 0, 3, round((START + 1) * 1000), round((START + 3) * 1000))
