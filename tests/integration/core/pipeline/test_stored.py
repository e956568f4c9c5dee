"""What of the stream's entries PostgreSQL does not hold: neither stored nor set aside."""

import time

from core.db.engine import Database
from core.db.queries import sql
from core.events import types as wire
from core.events.types import Event, Transaction
from core.pipeline.stored import missing
from core.pipeline.writer import Writer


def _sale(name: str) -> Event:
    return Transaction(id=name, transaction_id=name, timestamp=time.time(), type="purchase", amount=1.0)


def _set_aside(db: Database, event: Event) -> None:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("collector.set_aside"), (wire.encode([event]), "spoilt"))


def test_what_is_stored_or_set_aside_is_not_missing(db: Database) -> None:
    stored, aside, lost, other = (_sale(name) for name in ("stored", "aside", "lost", "other"))
    Writer(db, normal_block_from=0.7).store([stored], time.time())
    _set_aside(db, aside)
    entries = [wire.encode([stored, lost]), wire.encode([aside]), b"not ours", wire.encode([other, aside])]
    assert missing(db, entries) == [[lost], [], [], [other]]


def test_nothing_is_missing_of_what_is_stored(db: Database) -> None:
    stored = _sale("stored")
    Writer(db, normal_block_from=0.7).store([stored], time.time())
    assert missing(db, [wire.encode([stored])]) == [[]]
    assert missing(db, []) == []
