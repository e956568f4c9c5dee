"""Connections that commit by themselves, for what every request asks of PostgreSQL: one message to the server and back.

They are few and kept beside SQLAlchemy's pool, whose book-keeping costs more than such a query; nobody waits for one.
"""

import os
from collections.abc import Mapping
from threading import Lock
from typing import Any, cast

import psycopg2
from sqlalchemy import Engine

MOST = 2

Row = tuple[Any, ...]


class AutocommitConnections:
    """Up to `MOST` connections of an engine whose isolation level is AUTOCOMMIT; opened when they are wanted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._free: list[Any] = []  # a cursor of each connection that is not in use
        self._open = 0
        self._is_closed = False
        self._process = os.getpid()
        self._lock = Lock()

    def first_row(self, statement: str, values: Mapping[str, Any]) -> tuple[bool, Row | None]:
        """Whether there was a connection to ask, and the first row. Raises what connecting raises, and psycopg2's
        errors; a connection that died is not used again.
        """
        cursor = self._take()
        if cursor is None:
            return False, None
        try:
            cursor.execute(statement, values)
            row = cast("Row | None", cursor.fetchone())
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            self._close(cursor)
            raise
        except BaseException:
            self._give_back(cursor)
            raise
        self._give_back(cursor)
        return True, row

    def close(self) -> None:
        """Close those that are not in use now, and the others after it. Whoever asks again opens new ones."""
        self._is_closed = True
        while self._free:
            self._close(self._free.pop())

    def _take(self) -> Any:
        if self._process != os.getpid():  # a child opens its own; psycopg2 leaves open what belongs to its parent
            self._free, self._open, self._process, self._lock = [], 0, os.getpid(), Lock()
        try:
            return self._free.pop()
        except IndexError:
            pass
        with self._lock:
            if self._open >= MOST:
                return None
            self._open += 1
            self._is_closed = False
        try:
            pooled = self._engine.raw_connection()
            connection = cast(Any, pooled.driver_connection)
            pooled.detach()
            return connection.cursor()
        except BaseException:
            self._count_off()
            raise

    def _give_back(self, cursor: Any) -> None:
        if self._is_closed:
            self._close(cursor)
        else:
            self._free.append(cursor)

    def _close(self, cursor: Any) -> None:
        self._count_off()
        cursor.connection.close()

    def _count_off(self) -> None:
        with self._lock:
            self._open -= 1
