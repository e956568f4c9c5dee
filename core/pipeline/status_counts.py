"""Counts of transaction statuses in PostgreSQL: the value of each key that was received last, or what was added up.

Each minute that changed is noted for the judge in the same transaction, that of our own predictions and sales too.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.db.queries import sql
from core.events import status_series
from core.events.status_series import SALES, SCORING, Series
from core.events.time_buckets import COUNTERS, MINUTE, Bucket
from core.events.types import Status, StatusRows

MOST = 10**15  # of a key, whatever is added
_SOLD = COUNTERS.index("predictions")  # the counters before it are of sales
_SCORED = slice(_SOLD, COUNTERS.index("requests"))
_MINUTE_BITS = 32


def lock(cursor: Any, events: Sequence[Status | StatusRows]) -> None:
    """Keep transactions that store counts from waiting for one another in a circle."""
    if events:
        adding = any(one.add if isinstance(one, Status) else one.adds for one in events)
        cursor.execute(sql("status_counts.lock_for_adding" if adding else "status_counts.lock"))


def put(cursor: Any, events: Sequence[Status | StatusRows]) -> None:
    """Store what was counted, in the order in which it was received, and note the minutes."""
    numbers: dict[Series, int] = {}
    told: dict[int, tuple[int, float]] = {}  # by number and minute: count, and when it was received
    added: dict[int, tuple[int, float]] = {}
    changed: dict[tuple[str, int], float] = {}
    for at, event in sorted([(_received(one), _rows(one)) for one in events], key=lambda pair: pair[0]):
        own = [numbers.setdefault(series, len(numbers) + 1) << _MINUTE_BITS for series in event.series]
        keys = [own[number] | minute for number, minute in zip(event.numbers, event.minutes, strict=True)]
        if event.adds or added:
            _fold(keys, event, at, told, added)
        else:
            told.update(zip(keys, [(count, at) for count in event.counts], strict=True))
        sources = [series[0] for series in event.series]
        changed |= dict.fromkeys([(sources[n], m) for n, m in zip(event.numbers, event.minutes, strict=True)], at)
    for counts, adding in ((told, False), (added, True)):
        if counts:
            _store(cursor, list(numbers), counts, adding)
    note(cursor, changed)


def note_own(cursor: Any, filled: Mapping[tuple[int, int], Bucket], now: float) -> None:
    """Note the minutes to which our own predictions and sales were added; `filled` by width and start."""
    changed = {}
    for (width, start), bucket in filled.items():
        if width == MINUTE:
            for source, counts in ((SALES, bucket.counts[:_SOLD]), (SCORING, bucket.counts[_SCORED])):
                if any(counts):
                    changed[source, start // MINUTE] = now
    if changed:
        note(cursor, changed)


def note(cursor: Any, changed: Mapping[tuple[str, int], float]) -> None:
    """Note minutes of sources that wait to be judged, with the times at which that became known."""
    sources, minutes = [source for source, _ in changed], _array(minute for _, minute in changed)
    cursor.execute(sql("status_counts.note_changes"), (sources, minutes, _array(changed.values())))


def _fold(
    keys: list[int],
    event: StatusRows,
    at: float,
    told: dict[int, tuple[int, float]],
    added: dict[int, tuple[int, float]],
) -> None:
    adds = set(event.adds)
    for place, (key, count) in enumerate(zip(keys, event.counts, strict=True)):
        if place in adds:
            added[key] = min(added.get(key, (0, at))[0] + count, MOST), at
        else:
            told[key] = count, at
            added.pop(key, None)


def _store(cursor: Any, series: list[Series], counts: dict[int, tuple[int, float]], adding: bool) -> None:
    sources, statuses, codes, dimensions = map(list, zip(*series, strict=True))
    mask = (1 << _MINUTE_BITS) - 1
    given = {
        "numbers": _array([key >> _MINUTE_BITS for key in counts]),
        "minutes": _array([key & mask for key in counts]),
        "counts": _array([count for count, _ in counts.values()]),
        "at": _array([at for _, at in counts.values()]),
        "sources": sources,
        "statuses": statuses,
        "codes": codes,
        "dimensions": dimensions,
        "add": adding,
        "most": MOST,
    }
    cursor.execute(sql("status_counts.put"), given)


def _rows(event: Status | StatusRows) -> StatusRows:
    if isinstance(event, StatusRows):
        return event
    series = status_series.series(event.source, event.status or None, event.auth_code, event.dimensions)
    return StatusRows(
        series=[series],
        numbers=[0],
        minutes=[int(float(event.timestamp or 0) // MINUTE)],
        counts=[status_series.count(event.count)],
        adds=[0] if event.add else [],
    )


def _received(event: Status | StatusRows) -> float:
    return float((event.received_at if isinstance(event, Status) else event.timestamp) or 0)


def _array(values: Iterable[float]) -> str:
    return "{" + ",".join(map(str, values)) + "}"
