"""Minutes as they come in, kept in Redis for a quarter of an hour: for advice before they are stored and judged.

Nothing depends on it: what counts is stored in PostgreSQL, and the judge reads only that.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from core.db import keys
from core.db.redis_client import Live
from core.statuses.feed import Counts

_APART = "\x1f"


class Row(NamedTuple):
    """How many of a series a minute of the epoch had."""

    minute: int
    status: str
    auth_code: str
    dimensions: str
    value: int
    add: bool


def note(live: Live, source: str, rows: Iterable[Row], wanted: Iterable[int]) -> dict[int, Counts]:
    """Note rows, and give back what there is of the `wanted` minutes then. Raises RedisUnavailable."""
    asked = list(wanted)
    with live.reach() as client:
        pipe = client.pipeline(transaction=False)
        told: dict[int, dict[str, int]] = defaultdict(dict)  # a command a minute: one a row costs ten times as much
        for row in rows:
            field = _APART.join(row[1:4])
            if row.add and field not in told[row.minute]:
                pipe.hincrby(keys.status_minute(source, row.minute), field, row.value)
            else:
                told[row.minute][field] = row.value + (told[row.minute][field] if row.add else 0)
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
        field = _APART.join(row[1:4]).encode()
        of = minutes[row.minute]
        of[field] = row.value + (of.get(field, 0) if row.add else 0)
    return {minute: _sums(of) for minute, of in minutes.items()}


def _sums(given: dict[bytes, int]) -> Counts:
    statuses: dict[str, float] = defaultdict(float)
    codes: dict[str, float] = defaultdict(float)
    for field, count in given.items():
        status, code, _ = field.decode().split(_APART, 2)
        if status:
            statuses[status] += int(count)
        if code:
            codes[code] += int(count)
    return Counts(dict(statuses) or None, dict(codes) or None)
