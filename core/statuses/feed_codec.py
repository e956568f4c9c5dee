"""A source's state as bytes, for PostgreSQL. Pure.

What an older release wrote, with other rows of state, cannot be read: the source is judged anew from its counts.
"""

import msgspec
import numpy as np

from core.errors import BadInput
from core.statuses.detector import composition, profile, volume
from core.statuses.detector.arrays import FLOAT, Array
from core.statuses.detector.detector import Source, State
from core.statuses.detector.episodes import Alarm, Log
from core.statuses.feed import Feed, Presence

VERSION = 1


class _Stored(msgspec.Struct, array_like=True):
    version: int
    at: int
    names: list[tuple[int, str]]
    watched: str
    presence: Presence
    alarms: list[Alarm]
    shares: bytes
    volumes: bytes
    halves: bytes
    source: list[bytes]


_decoder = msgspec.msgpack.Decoder(_Stored)


def encode(feed: Feed) -> bytes:
    """The state as bytes."""
    state, source = feed.state, feed.state.source
    stored = _Stored(
        VERSION,
        feed.at,
        list(feed.names),
        feed.watched,
        feed.presence,
        feed.log.alarms,
        state.composition.tobytes(),
        state.volume.rows.tobytes(),
        state.volume.halves.tobytes(),
        [part.tobytes() for part in source],
    )
    return msgspec.msgpack.encode(stored)


def decode(data: bytes) -> Feed:
    """The state again. Raises BadInput when another release wrote it, or it is broken."""
    try:
        stored = _decoder.decode(data)
        if stored.version != VERSION:
            raise BadInput("state", f"has version {stored.version}, not {VERSION}")
        shares = _array(stored.shares, composition.ROWS)
        past = volume.State(_array(stored.volumes, volume.ROWS), _array(stored.halves, volume.SINCE.stop, profile.HALF))
        before, typical, age = stored.source
        source = Source(_array(before, composition.DELAY), _array(typical, 1)[0], _array(age, 1)[0])
        if shares.shape[1] != len(stored.names) + 2 or past.rows.shape[1] != 2 or len(source.age) != 2:
            raise BadInput("state", "has another number of series than names")
    except (msgspec.DecodeError, ValueError) as error:
        raise BadInput("state", f"cannot be read: {error}") from None
    log = Log(stored.alarms, {one.series: one for one in stored.alarms if one.told is None})
    return Feed(stored.at, tuple(stored.names), stored.watched, State(shares, past, source), stored.presence, log)


def _array(data: bytes, rows: int, kind: type = FLOAT) -> Array:
    return np.frombuffer(data, kind).reshape(rows, -1).copy()
