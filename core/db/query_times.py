"""How long each statement and each Redis command of this process takes, by name and by the request that it serves.

A call costs two readings of a clock and one append. Names are found out later, by whoever reports what was seen
(`core/web/query_recorder.py`): that calls `start` once and `taken` every now and then. Until then nothing is kept.

A statement has the name of its query, which `core/db/queries.py` writes in front of it; one without is called by its
first word. Values are in no name.
"""

import os
import re
from collections import deque
from collections.abc import Callable
from threading import get_ident
from time import perf_counter
from typing import Any, Final, NamedTuple

import psycopg2.extensions
from sqlalchemy.exc import TimeoutError
from sqlalchemy.pool import QueuePool

from core.serving import Serving, by_thread, current

DATABASE, REDIS, POOL = "database", "redis", "pool"
OWN: Final = "own"  # what a request takes beside all others
WAIT: Final = "wait"  # a command that waits for something to come, and is no work
HELD: Final = "held"  # from taking a connection until it is given back
KINDS = (DATABASE, REDIS, POOL, OWN, WAIT, HELD)
CONNECT, POOLED, COMMIT, ROLLBACK = "(connect)", "(wait for a connection)", "(commit)", "(rollback)"
PING, OWN_CODE, CONNECTION = "(ping)", "(own code)", "(connection in use)"
MOST = 50_000  # calls that wait to be taken
NAME_CHARACTERS = 100
CONNECTING_NOW: Final = Serving("", "", "")  # what SQLAlchemy asks a new connection is part of connecting
_NAMED = re.compile(r"/\* ([\w.()]{1,100}) \*/", re.ASCII)
_READY = psycopg2.extensions.STATUS_READY


class Seen(NamedTuple):
    """One call: its end by `perf_counter`, kind, name or statement, the request or None, seconds, rows (of Redis:
    commands; less than 0 where the driver knows none), and whether it failed.
    """

    at: float
    kind: str
    what: str
    serving: Serving | None
    seconds: float
    rows: int
    failed: bool


class _Sink:
    """Where calls go once somebody wants them."""

    def __init__(self) -> None:
        self.seen: deque[tuple[Any, ...]] = deque()
        self.wanted = False
        self.dropped = 0
        os.register_at_fork(after_in_child=self.clear)

    def clear(self) -> None:
        """A child starts clean."""
        self.seen.clear()
        self.dropped = 0


_sink = _Sink()


def start() -> None:
    """Keep calls from now on, until they are taken; `MOST` at a time."""
    _sink.wanted = True


def taken() -> tuple[list[tuple[Any, ...]], int]:
    """What was seen since the last time (fields of `Seen`), and how many calls there was no room for."""
    take = _sink.seen.popleft
    found = [take() for _ in range(len(_sink.seen))]
    dropped, _sink.dropped = _sink.dropped, 0
    return found, dropped


def note(kind: str, what: str, began: float, rows: int = 0, failed: bool = False) -> None:
    """A call of that name, or of that statement, began at `began` (`perf_counter`) and ends now."""
    now = perf_counter()
    took = now - began
    serving = by_thread.get(get_ident())
    if serving is not None:
        serving.spent += took
    sink = _sink
    if sink.wanted:
        if len(sink.seen) < MOST:
            sink.seen.append((now, kind, what, serving, took, rows, failed))
        else:
            sink.dropped += 1


def put(kind: str, name: str, serving: Serving | None, seconds: float, rows: int = 0, failed: bool = False) -> None:
    """Keep a call that took so many seconds."""
    if _sink.wanted:
        if len(_sink.seen) < MOST:
            _sink.seen.append((perf_counter(), kind, name, serving, seconds, rows, failed))
        else:
            _sink.dropped += 1


def name_of(statement: Any) -> str:
    """The name of a statement: that of its query, or its first word; `(commit)` and `(rollback)` are names already."""
    head = statement[: NAME_CHARACTERS + 7] if isinstance(statement, (str, bytes)) else str(statement)[:NAME_CHARACTERS]
    text = head if isinstance(head, str) else head.decode("ascii", "replace")
    if found := _NAMED.match(text):
        return found[1]
    if text in (COMMIT, ROLLBACK):
        return text
    if text == "SELECT 1":
        return PING
    word = text.lstrip().partition(" ")[0][:20].lower()
    return f"({word})" if word.isascii() and word.isalpha() else "(other)"


def _kept(statement: Any) -> str:
    """What is kept of a statement until its name is wanted: a text is there anyway, rows in bytes are long."""
    return statement if isinstance(statement, str) else f"/* {name_of(statement)} */"


_execute = psycopg2.extensions.cursor.execute
_executemany = psycopg2.extensions.cursor.executemany
_copy = psycopg2.extensions.cursor.copy_expert
_commit = psycopg2.extensions.connection.commit
_rollback = psycopg2.extensions.connection.rollback


class TimedCursor(psycopg2.extensions.cursor):
    """psycopg2's cursor, with every statement noted; SQLAlchemy's go through it, too."""

    def execute(self, query: Any, vars: Any = None) -> None:  # the driver calls it so
        """Run a statement."""
        began = perf_counter()
        try:
            _execute(self, query, vars)
        except BaseException:
            note(DATABASE, _kept(query), began, 0, True)
            raise
        note(DATABASE, query if type(query) is str else _kept(query), began, self.rowcount)

    def executemany(self, query: Any, vars_list: Any) -> None:
        """Run a statement for each of many values; the driver's own cursor does not call `execute` for that."""
        self._timed(query, lambda: _executemany(self, query, vars_list))

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        """Run a COPY."""
        self._timed(sql, lambda: _copy(self, sql, file, size))

    def _timed(self, statement: Any, run: Callable[[], None]) -> None:
        began = perf_counter()
        try:
            run()
        except BaseException:
            note(DATABASE, _kept(statement), began, 0, True)
            raise
        note(DATABASE, _kept(statement), began, self.rowcount)


class TimedConnection(psycopg2.extensions.connection):
    """psycopg2's connection, with the end of every transaction noted."""

    def commit(self) -> None:
        """Commit; of a transaction in which nothing was done nobody hears."""
        self._end(COMMIT, _commit)

    def rollback(self) -> None:
        """Roll back."""
        self._end(ROLLBACK, _rollback)

    def _end(self, name: str, run: Callable[[Any], None]) -> None:
        if self.status == _READY:
            run(self)
            return
        began = perf_counter()
        try:
            run(self)
        except BaseException:
            note(DATABASE, name, began, 0, True)
            raise
        note(DATABASE, name, began)


class TimedPool(QueuePool):
    """SQLAlchemy's pool, with noted how long one waits for a connection, how long a new one takes, how long it is in
    use."""

    def _do_get(self) -> Any:
        began = perf_counter()
        try:
            record: Any = super()._do_get()
        except TimeoutError:  # what fails to connect is noted as that
            note(POOL, POOLED, began, 0, True)
            raise
        known = record.__dict__
        if "gatehouse_taken" not in known:  # the pool calls this again by itself where it lost a race
            note(POOL, POOLED, began + known.pop("gatehouse_made", 0.0))
            record.gatehouse_taken = perf_counter()
        return record

    def _create_connection(self) -> Any:
        began = perf_counter()
        serving = current()
        by_thread[get_ident()] = CONNECTING_NOW
        try:
            record: Any = super()._create_connection()
        except BaseException:
            _go_on(serving)
            note(POOL, CONNECT, began, 0, True)
            raise
        _go_on(serving)
        record.gatehouse_made = perf_counter() - began
        note(POOL, CONNECT, began)
        return record

    def _do_return_conn(self, record: Any) -> None:
        since = record.__dict__.pop("gatehouse_taken", None)
        if since is not None:
            put(HELD, CONNECTION, current(), perf_counter() - since)
        super()._do_return_conn(record)


def _go_on(serving: Serving | None) -> None:
    """With the request that was under way before, or with none."""
    if serving is None:
        by_thread.pop(get_ident(), None)
    else:
        by_thread[get_ident()] = serving


CONNECTING = {"connection_factory": TimedConnection, "cursor_factory": TimedCursor}  # what psycopg2 connects with
