"""What of the stream's entries PostgreSQL holds, for whoever cannot tell whether they were stored or deleted."""

from collections.abc import Sequence

from core.db import event_keys
from core.db.engine import Database
from core.db.queries import sql
from core.events import types as wire
from core.events.types import Event
from core.pipeline.writer import key_of


def missing(database: Database, payloads: Sequence[bytes]) -> list[list[Event]]:
    """Of each entry the events that are neither stored nor set aside. Raises DatabaseUnavailable.

    An event that others report is as good as stored when our own of that id is. An entry that is not ours misses none.
    """
    entries = [_events(payload) for payload in payloads]
    wanted = {key for entry in entries for event in entry for key in _keys(event)}
    with database.raw() as connection, connection.cursor() as cursor:
        known = event_keys.known(cursor, sorted(wanted))
        found = [[event for event in entry if known.isdisjoint(_keys(event))] for entry in entries]
        unknown = sorted({wire.encode([event]) for entry in found for event in entry})
        if not unknown:
            return found
        cursor.execute(sql("collector.are_set_aside"), (unknown,))
        aside = {bytes(row[0]) for row in cursor.fetchall()}
    return [[event for event in entry if wire.encode([event]) not in aside] for entry in found]


def _keys(event: Event) -> set[str]:
    return {key_of(event), event_keys.key(str(event.__struct_config__.tag), event.id)}


def _events(payload: bytes) -> list[Event]:
    try:
        return wire.decode(payload)
    except ValueError:
        return []
