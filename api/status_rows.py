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
_FIELDS = frozenset({"status", "auth_code", "source", "dimensions"})
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


class KnownSeries:
    """Series that rows of a process named before, by what the rows said. Senders say the same every minute."""

    MOST = 10_000

    def __init__(self) -> None:
        self.series: dict[tuple[Any, ...], Series] = {}

    def put(self, said: tuple[Any, ...], series: Series) -> None:
        """Remember one, whose values are all texts, or tuples of them."""
        if len(self.series) >= self.MOST:
            self.series.clear()
        self.series[said] = series


def parse(
    body: bytes,
    now: float,
    *,
    most: int,
    ahead: float = 300.0,
    strict: bool = False,
    known: KnownSeries | None = None,
) -> Parsed:
    """The rows of a JSON body: one object, a list, or `{"rows": [...]}`.

    A timestamp may lie `ahead` seconds in the future; `strict` refuses a field that is not used. `known` is what
    other bodies said. Raises BadInput when the body as a whole is not acceptable (not JSON, empty, more than `most`
    rows).
    """
    rows = _rows(body)
    if not rows:
        raise BadInput("$", "the body contains no rows")
    if len(rows) > most:
        raise BadInput("$", f"{len(rows):,} rows in one body; at most {most:,} are accepted (max_status_rows)")
    reader = _Reader(now, ahead, strict, known or KnownSeries())
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

    def __init__(self, now: float, ahead: float, strict: bool, known: KnownSeries) -> None:
        self.ignored: dict[str, tuple[int, int]] = {}
        self._now, self._ahead, self._strict = now, ahead, strict
        self._minutes: dict[Any, int] = {None: int(now // MINUTE)}
        self._known = known

    def row(self, index: int, row: Any) -> StatusRow:
        """One row. Raises BadInput."""
        if type(row) is not dict:
            raise BadInput("$", "expected an object")
        take = row.pop  # what is left tells the series
        count, add, stamp = take("count", None), take("add", False), take("timestamp", None)
        if type(count) is not int or not 0 <= count <= MOST_COUNT:
            count = status_series.count(count)
        if type(add) is not bool:
            add = status_series.adds(add)
        try:
            minute = self._minutes[stamp]
        except (KeyError, TypeError):
            minute = self._minute(stamp)
        if type(row.get("auth_code")) is int:
            row["auth_code"] = status_series.code(row["auth_code"])
        if "dimensions" in row and type(row["dimensions"]) is dict:
            row["dimensions"] = tuple(row["dimensions"].items())
        key = tuple(row.items())
        try:
            series = self._known.series.get(key)
        except TypeError:  # a list or an object where a word should be
            series = None
        if series is None:
            series = self._read(index, row, key)
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

    def _read(self, index: int, row: dict[str, Any], key: tuple[Any, ...]) -> Series:
        given = row.get("dimensions")
        if given is not None and type(given) is not tuple:
            raise BadInput("$.dimensions", "expected an object with text values")
        dimensions, unused = dict(given or ()), []
        for name, value in row.items():
            if name in _FIELDS or value is None:
                continue
            if type(value) is str and name not in _EVENT:
                dimensions.setdefault(name, value)
            else:
                unused.append(name)
        text = status_series.dimensions_text(dimensions) if dimensions else ""
        series = status_series.named(row.get("source"), row.get("status"), row.get("auth_code"), text)
        if unused and self._strict:
            raise BadInput(f"$.{unused[0][:100]}", "is not known")
        for name in unused:
            first, count = self.ignored.get(name, (index, 0))
            self.ignored[name] = first, count + 1
        if not unused:
            self._known.put(key, series)
        return series


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
