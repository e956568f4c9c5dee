"""Where an episode is (T8): the slice of dimensions that explains what moved most, from the rows as they came."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace

from core import codec
from core.db.engine import Connection
from core.db.queries import query
from core.statuses.episode import MINUTE, Evidence, Moved, Slice
from core.statuses.slices import rows as made
from core.statuses.slices import search

BEFORE = 180  # minutes before the onset that the episode is compared with
MOST = 50_000  # combinations of dimensions


def located(connection: Connection, source: str, evidence: Evidence, until: int) -> Evidence:
    """The evidence with the slices that explain it, up to minute `until`; as it was where rows have no dimensions."""
    first = next((one for one in evidence.moved if one.kind != "silence"), None)
    if first is None:
        return evidence
    values = {
        "source": source,
        "code": first.kind == "code",
        "name": first.name,
        "onset": first.onset * MINUTE,
        "start": (first.onset - BEFORE) * MINUTE,
        "end": until * MINUTE,
        "most": MOST,
    }
    found = connection.execute(query("status_slices.share"), values).all()
    sides = (max(1, until - first.onset), BEFORE)
    slices, everywhere = where(found, first, sides)
    return replace(evidence, where=slices, everywhere=everywhere) if slices or everywhere else evidence


def where(found: Sequence[Any], moved: Moved, minutes: tuple[int, int]) -> tuple[list[Slice], bool]:
    """The slices that explain a change, from rows of (dimensions, bad and all before, bad and all since); pure.

    `minutes` are those of the episode and before it. The second value says that it is everywhere.
    """
    names = [codec.decode(row[0]) if row[0] else {} for row in found]
    attributes = sorted({name for one in names for name in one})
    if not attributes:
        return [], False
    columns = {name: made.coded([one.get(name) for one in names]) for name in attributes}
    counts = np.array([row[1:] for row in found], float)
    direction: search.Direction = "up" if moved.direction > 0 else "down"
    if moved.kind == "volume" and not moved.name:
        counts[:, [0, 2]] = counts[:, [1, 3]]
    if moved.kind == "volume":
        counts[:, [1, 3]] = counts[:, [0, 2]]
        result = search.find_volume(made.from_counts(columns, counts), minutes[0] / minutes[1], direction)
    else:
        result = search.find(made.from_counts(columns, counts), direction)
    volume = moved.kind == "volume"
    slices = [
        Slice(
            {name: "missing" if value is None else value for name, value in one.conditions},
            _share(one.before, minutes[1] if volume else None),
            _share(one.during, minutes[0] if volume else None),
            int(one.during.bad),
            round(one.explains, 3),
        )
        for one in result.slices
    ]
    return slices, not slices


def _share(side: search.Side, minutes: int | None) -> float:
    """Percent of its transactions; of a volume transactions a minute."""
    return round(side.total / minutes if minutes else 100 * (side.share or 0.0), 2)
