"""The values that a rule was judged by, read back from recorded evaluations: what an incident's chart shows.

A record is written by `alerts/evaluate/tick_log.py`: zlib over a MessagePack array whose fifth entry maps each rule to
its readings, each of which begins with series and value.
"""

import zlib
from typing import Any

import msgspec

from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query

READINGS = 4
_decoder = msgspec.msgpack.Decoder(list[Any])


def values(
    connection: Connection, rule: str, series: str, start: float, end: float, most: int = 400
) -> list[tuple[float, float | None]]:
    """(epoch seconds, value) of a series in [start, end), oldest first, thinned evenly to `most`; None: no data."""
    bounds = {"start": to_datetime(start), "end": to_datetime(end)}
    n = int(connection.execute(query("alert_reads.tick_count"), bounds).scalar_one())
    every = max(1, -(-n // most))
    rows = connection.execute(query("alert_reads.ticks"), {**bounds, "every": every})
    return [(row.at.timestamp(), _value(bytes(row.readings), rule, series)) for row in rows]


def _value(record: bytes, rule: str, series: str) -> float | None:
    try:
        readings = _decoder.decode(zlib.decompress(record))[READINGS].get(rule, [])
    except (zlib.error, msgspec.DecodeError, IndexError, AttributeError):
        return None
    found = [reading[1] for reading in readings if reading[0] == series]
    return None if not found or found[0] is None else float(found[0])
