"""A request body of transaction statuses: one event for its good rows, and what is wrong with the others. Pure.

Thousands of rows are few series at few times: each time and each series is read once, and counted by number.
"""

import secrets
from typing import Any

import msgspec
from msgspec import Struct

from core.errors import BadInput
from core.events import status_series
from core.events.status_series import MOST_COUNT, Series
from core.events.times import when
from core.events.types import Rejection, StatusRows

MINUTE = 60
_FIELDS = frozenset({"timestamp", "status", "count", "auth_code", "source", "add", "dimensions"})
_EVENT = frozenset({"kind", "id", "sender", "received_at"})  # of the event `status`; none is a dimension
_body = msgspec.json.Decoder()


class StatusRow(Struct, frozen=True, gc=False):
    """One good row; `index` is its place in the body, `minute` counts from the epoch."""

    index: int
    minute: int
    source: str
    status: str
    auth_code: str
    dimensions: str
    count: int
    add: bool


class Parsed(Struct):
    """The good rows of a body in its order, the others with their reasons, and fields that were not used, each with its
    first row and how many had it.
    """

    rows: list[StatusRow]
    rejected: list[Rejection]
    ignored: dict[str, tuple[int, int]]


def parse(body: bytes, now: float, *, most: int, ahead: float = 300.0, strict: bool = False) -> Parsed:
    """The rows of a JSON body: one object, a list, or `{"rows": [...]}`.

    A timestamp may lie `ahead` seconds in the future; `strict` refuses a field that is not used. Raises BadInput when
    the body as a whole is not acceptable (not JSON, empty, more than `most` rows).
    """
    rows = _rows(body)
    if not rows:
        raise BadInput("$", "the body contains no rows")
    if len(rows) > most:
        raise BadInput("$", f"{len(rows):,} rows in one body; at most {most:,} are accepted (max_status_rows)")
    reader = _Reader(now, ahead, strict)
    good: list[StatusRow] = []
    bad: list[Rejection] = []
    for index, row in enumerate(rows):
        try:
            good.append(reader.row(index, row))
        except BadInput as error:
            bad.append(Rejection(index, error.field, error.reason))
    return Parsed(good, bad, reader.ignored)


def event(rows: list[StatusRow], now: float, sender: str, key: str | None = None) -> StatusRows:
    """The event that carries rows, received at `now`; `key` is its idempotency key within those of the sender."""
    numbers: dict[Series, int] = {}
    found = [numbers.setdefault(Series(r.source, r.status, r.auth_code, r.dimensions), len(numbers)) for r in rows]
    return StatusRows(
        id=key or secrets.token_hex(12),
        timestamp=now,
        sender=sender,
        series=list(numbers),
        numbers=found,
        minutes=[row.minute for row in rows],
        counts=[row.count for row in rows],
        adds=[place for place, row in enumerate(rows) if row.add],
    )


class _Reader:
    """Reads the rows of one body; keeps what the next ones are likely to say again."""

    def __init__(self, now: float, ahead: float, strict: bool) -> None:
        self.ignored: dict[str, tuple[int, int]] = {}
        self._now, self._ahead, self._strict = now, ahead, strict
        self._minutes: dict[Any, int] = {None: int(now // MINUTE)}
        self._dimensions: dict[Any, str] = {}

    def row(self, index: int, row: Any) -> StatusRow:
        """One row. Raises BadInput."""
        if type(row) is not dict:
            raise BadInput("$", "expected an object")
        get = row.get
        count, add, stamp = get("count"), get("add", False), get("timestamp")
        if type(count) is not int or not 0 <= count <= MOST_COUNT:
            count = status_series.count(count)
        if type(add) is not bool:
            add = status_series.adds(add)
        try:
            minute = self._minutes.get(stamp)
        except TypeError:  # a list or an object
            minute = None
        if minute is None:
            minute = self._minute(stamp)
        if "dimensions" in row or not row.keys() <= _FIELDS:
            dimensions = self._dimensions_of(index, row)
        else:
            dimensions = ""
        series = status_series.named(get("source"), get("status"), get("auth_code"), dimensions)
        return StatusRow(index, minute, *series, count, add)

    def _minute(self, stamp: Any) -> int:
        if type(stamp) not in (str, int, float):
            raise BadInput("$.timestamp", "expected a time: ISO 8601, or epoch seconds")
        try:
            minute = int(when(stamp, self._now, self._ahead) // MINUTE)
        except OverflowError:
            raise BadInput("$.timestamp", "not a time (epoch times are in seconds)") from None
        self._minutes[stamp] = minute
        return minute

    def _dimensions_of(self, index: int, row: dict[str, Any]) -> str:
        given = row.get("dimensions")
        if given is None:
            given = {}
        elif type(given) is not dict:
            raise BadInput("$.dimensions", "expected an object of names and texts")
        key = *[(name, row[name]) for name in row if name not in _FIELDS], None, *given.items()
        try:
            return self._dimensions[key]
        except (KeyError, TypeError):
            pass
        further = {name: value for name, value in row.items() if name not in _FIELDS and value is not None}
        used = {name: value for name, value in further.items() if isinstance(value, str) and name not in _EVENT}
        found = status_series.dimensions_text(used | given)
        unused = sorted(further.keys() - used.keys())
        if unused and self._strict:
            raise BadInput(f"$.{unused[0][:100]}", "is not known")
        for name in unused:
            first, count = self.ignored.get(name, (index, 0))
            self.ignored[name] = first, count + 1
        if not unused:
            self._dimensions[key] = found
        return found


def _rows(body: bytes) -> list[Any]:
    try:
        whole = _body.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("$", f"the body is not JSON: {error}") from None
    if isinstance(whole, list):
        return whole
    if not isinstance(whole, dict):
        raise BadInput("$", 'expected a row, a list of rows, or {"rows": [...]}')
    if "rows" in whole and "count" not in whole:
        if not isinstance(whole["rows"], list):
            raise BadInput("$.rows", "expected a list of rows")
        return list(whole["rows"])
    return [whole]
