"""Silences as rows: which are in force."""

from sqlalchemy import Connection

from core.clock import to_datetime
from core.silences import Silence
from core.store.queries import query


def in_force(connection: Connection, now: float) -> list[Silence]:
    """The silences that mute at `now`."""
    return [Silence(*row) for row in connection.execute(query("silences.in_force"), {"at": to_datetime(now)})]
