"""Minutes as they come in, kept in Redis for a quarter of an hour: for advice before they are stored and judged.

Nothing depends on it: what counts is stored in PostgreSQL, and the judge reads only that.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from core.db import keys
from core.db.redis_client import Live
from core.statuses.feed import Counts

_APART = "\x1f"
_FIELDS = 32768  # of which is remembered what they say: the same come with every minute


class Row(Protocol):
    """How many of a series a minute of the epoch had."""

    @property
    def minute(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def auth_code(self) -> str: ...
    @property
    def dimensions(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def add(self) -> bool: ...


def note(live: Live, source: str, rows: Iterable[Row], wanted: Iterable[int]) -> dict[int, Counts]:
    """Note rows, and give back what there is of the `wanted` minutes then. Raises RedisUnavailable."""
    asked = list(wanted)
    with live.reach() as client:
        pipe = client.pipeline(transaction=False)
        told: dict[int, dict[str, int]] = defaultdict(dict)  # a command a minute: one a row costs ten times as much
        for row in rows:
            field, fields = _field(row), told[row.minute]
            if not row.add:
                fields[field] = row.count
            elif field in fields:
                fields[field] += row.count
            else:
                pipe.hincrby(keys.status_minute(source, row.minute), field, row.count)
        for minute, fields in told.items():
            key = keys.status_minute(source, minute)
            if fields:
                pipe.hset(key, mapping=fields)
            pipe.expire(key, keys.STATUS_MINUTE_TTL)
        for minute in asked:
            pipe.hgetall(keys.status_minute(source, minute))
        answers = pipe.execute()
    found = zip(asked, answers[len(answers) - len(asked) :], strict=True)
    return {minute: _sums(hash_) for minute, hash_ in found if hash_}


def summed(rows: Iterable[Row]) -> dict[int, Counts]:
    """The same of rows alone; pure."""
    minutes: dict[int, dict[bytes, int]] = defaultdict(dict)
    for row in rows:
        field, of = _field(row).encode(), minutes[row.minute]
        of[field] = row.count + (of.get(field, 0) if row.add else 0)
    return {minute: _sums(of) for minute, of in minutes.items()}


def _field(row: Row) -> str:
    return f"{row.status}{_APART}{row.auth_code}{_APART}{row.dimensions}"


@lru_cache(_FIELDS)
def _words(field: bytes) -> tuple[str, str]:
    """The status and the code of a field."""
    status, code, _ = field.decode().split(_APART, 2)
    return status, code


def _sums(given: dict[bytes, int]) -> Counts:
    statuses: dict[str, float] = defaultdict(float)
    codes: dict[str, float] = defaultdict(float)
    for field, count in given.items():
        status, code = _words(field)
        number = int(count)
        if status:
            statuses[status] += number
        if code:
            codes[code] += number
    return Counts(dict(statuses) or None, dict(codes) or None)
