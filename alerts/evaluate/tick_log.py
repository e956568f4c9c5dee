"""A recorded evaluation: what was seen and what was decided, small, and equal again when it is read (A13)."""

import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from alerts.evaluate.evaluation import Key, SeriesChange, TickInput
from alerts.evaluate.machine import State
from alerts.evaluate.rule import Reading


class Tick(NamedTuple):
    """What was seen, the rules' fingerprints, and the decisions as lines `rule series what incident`.

    `states` are those before the evaluation, in the first of a worker and now and then: there a replay can begin.
    """

    seen: TickInput
    fingerprints: dict[str, str]
    decisions: list[str]
    states: dict[Key, State] | None


class _Document(msgspec.Struct, array_like=True):
    now: float
    elapsed: float
    closed: list[str]
    fingerprints: dict[str, str]
    readings: dict[str, list[tuple[str, float | None, int, str, bool, tuple[float, float] | None]]]
    decisions: list[str]
    states: list[tuple[str, str, State]] | None = None


_decoder = msgspec.msgpack.Decoder(_Document)


def encode(
    seen: TickInput,
    fingerprints: Mapping[str, str],
    changes: list[SeriesChange],
    states: Mapping[Key, State] | None = None,
) -> bytes:
    """The record of an evaluation, with the states before it where they are given."""
    readings = {
        rule: [(one.series, one.value, one.n, one.error, one.gone, one.band) for one in found]
        for rule, found in seen.readings.items()
    }
    document = _Document(seen.now, seen.elapsed, sorted(seen.closed), dict(fingerprints), readings, decisions(changes))
    if states is not None:
        document.states = [(*key, state) for key, state in states.items()]
    return zlib.compress(msgspec.msgpack.encode(document), 1)


def decode(data: bytes) -> Tick:
    """The evaluation of a record. Raises ValueError when it is none of ours."""
    try:
        found = _decoder.decode(zlib.decompress(data))
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(f"not a recorded evaluation: {error}") from None
    readings: Mapping[str, Any] = {rule: [Reading(*row) for row in rows] for rule, rows in found.readings.items()}
    seen = TickInput(found.now, found.elapsed, readings, frozenset(found.closed))
    states = None if found.states is None else {(rule, series): state for rule, series, state in found.states}
    return Tick(seen, found.fingerprints, found.decisions, states)


def decisions(changes: list[SeriesChange]) -> list[str]:
    """What was decided, one line each, in a fixed order."""
    lines = [
        f"{change.key[0]} {change.key[1] or '-'} {one.what} {one.incident or '-'}"
        for change in changes
        for one in change.transitions
    ]
    return sorted(lines)
