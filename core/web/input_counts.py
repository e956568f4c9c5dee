"""How often each caller sent names that nothing knows, or left features out, by minute: the last hours, in Redis.

Every process adds what it counted; the chart of the Model page reads it. It is gone with Redis, and comes again with
the next request.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from core import codec
from core.db import keys
from core.db.redis_client import Live

MINUTE = 60
Kind = Literal["requests", "feature", "missing", "field"]  # asked; unknown feature, absent feature, unknown field


class Cell(NamedTuple):
    """What is counted: who sent it, which kind of name, the name ('' for all others), the nearest known one ('')."""

    caller: str
    kind: Kind
    name: str = ""
    nearest: str = ""


def add(live: Live, minute: int, counts: Mapping[Cell, int]) -> None:
    """Add to a minute (epoch second of its start). Raises RedisUnavailable, and then nothing may have been added."""
    key = keys.input_names(minute)
    with live.reach() as client:
        pipe = client.pipeline(transaction=False)
        for cell, count in counts.items():
            pipe.hincrby(key, codec.encode(list(cell)), count)
        pipe.expire(key, keys.INPUT_NAMES_TTL)
        pipe.execute()


def read(live: Live, first: int, minutes: int) -> dict[int, dict[Cell, int]]:
    """What was counted in each of `minutes` minutes from `first` on; minutes without anything are left out."""
    starts = [first + MINUTE * n for n in range(minutes)]
    with live.reach() as client:
        pipe = client.pipeline(transaction=False)
        for start in starts:
            pipe.hgetall(keys.input_names(start))
        answers = pipe.execute()
    return {
        start: {Cell(*codec.decode(field)): int(count) for field, count in answer.items()}
        for start, answer in zip(starts, answers, strict=True)
        if answer
    }
