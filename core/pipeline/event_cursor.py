"""Stored events in the order in which they were stored, for readers that keep a cursor (sinks, correlation rules).

Event time goes back and forth, and numbers of a sequence are committed out of order. Writers hold a shared lock while
they store; a reader notes the newest number and then waits a moment for whoever stored at that time, so nothing that
has a smaller number can still appear.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from core.db.engine import Connection, Database
from core.db.queries import query

Kind = Literal["security", "requests"]
Row = dict[str, Any]


class Cursor:
    """A reader's place while it holds it. `seq` is the last event read; set it and it is kept when all went well."""

    def __init__(self, connection: Connection, seq: int) -> None:
        self.connection = connection
        self.seq = seq


@contextmanager
def hold(database: Database, name: str) -> Iterator[Cursor | None]:
    """The place of the reader `name`, for one process at a time: None when another holds it. Raises
    DatabaseUnavailable.
    """
    with database.transaction() as connection:
        connection.execute(query("feed.make_cursor"), {"name": name, "seq": 0})
    with database.transaction() as connection:
        row = connection.execute(query("feed.hold_cursor"), {"name": name}).one_or_none()
        if row is None:
            yield None
            return
        cursor = Cursor(connection, row.seq)
        yield cursor
        if cursor.seq != row.seq:
            connection.execute(query("feed.move_cursor"), {"name": name, "seq": cursor.seq})


def complete_to(database: Database, kind: Kind) -> int:
    """The number up to which everything is committed."""
    with database.transaction() as connection:
        newest = int(connection.execute(query(f"feed.newest_{kind}")).scalar_one())
    with database.transaction() as connection:
        connection.execute(query("feed.wait_for_writers"))
    return newest


def security_after(connection: Connection, seq: int, upto: int, most: int) -> list[Row]:
    """Security events with seq < number ≤ upto, the first `most`."""
    rows = connection.execute(query("feed.security_after"), {"seq": seq, "upto": upto, "most": most})
    return [dict(row) for row in rows.mappings()]
