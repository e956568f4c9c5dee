"""Score against time (F1): BLOCKED and REVIEW point by point, APPROVED as a density: cost stays as traffic grows.

A rolling window's density has columns aligned to whole multiples of their width, so a past column does not change from
one refresh to the next: it is kept, only the newest columns are read again, and the whole is read anew now and then for
events that came late.
"""

from typing import Any, TypedDict

from api import rollups
from api.context import Context, milliseconds
from api.window import Window
from core.clock import to_datetime
from core.store import policies
from core.store.queries import query

NAME = "fraud_scatter"
REFRESH = 5.0
MOST = 4000
NX, NY = 120, 25
AGAIN_SECONDS = 120.0  # columns of the last two minutes are read at each refresh
WHOLE_SECONDS = 60.0  # the whole density of an hour is read anew after this, longer ranges in proportion


class PolicyData(TypedDict):
    """The policy in force."""

    version: int
    profile: str
    fraud_threshold: float
    review_from: float
    block_from: float


class Points(TypedDict):
    """Columns of points, newest first; `t` in ms."""

    t: list[int]
    score: list[float]
    id: list[str]


class Density(TypedDict):
    """Counts of APPROVED: `z[y][x]` with score from y/ny and time from t0 + x·dt (ms)."""

    t0: int
    dt: int
    nx: int
    ny: int
    z: list[list[int]]


class Counts(TypedDict):
    """Predictions of the window by decision."""

    APPROVED: int
    REVIEW: int
    BLOCKED: int


class Held(TypedDict):
    """The decisions drawn point by point."""

    BLOCKED: Points
    REVIEW: Points


Data = TypedDict(
    "Data",
    {
        "policy": PolicyData | None,
        "from": int,
        "to": int,
        "points": Held,
        "density": Density,
        "counts": Counts,
        "truncated": bool,
    },
)


def read(context: Context, window: Window) -> dict[str, Any]:
    """The picture of one window."""
    points = {name: _points(context, window, name) for name in ("BLOCKED", "REVIEW")}
    density = _density(context, window)
    truncated = any(len(columns["t"]) == MOST for columns in points.values())
    policy = policies.current(context.live, context.database)
    return {
        "policy": None
        if policy is None
        else {
            "version": policy.version,
            "profile": policy.profile,
            "fraud_threshold": policy.fraud_threshold,
            "review_from": policy.review_from,
            "block_from": policy.block_from,
        },
        "from": milliseconds(window.start),
        "to": milliseconds(window.end),
        "points": points,
        "density": density,
        "counts": _rolled_up(context, window) if window.live or truncated else _drawn_counts(points, density),
        "truncated": truncated,
    }


def _rolled_up(context: Context, window: Window) -> dict[str, int]:
    """Counts by decision from whole slots."""
    width = rollups.width_for(context, window.start, window.end)
    approved, review, blocked = context.tuples(query("rollups.decisions"), width=width, **window.bounds())[0]
    return {"APPROVED": int(approved), "REVIEW": int(review), "BLOCKED": int(blocked)}


def _drawn_counts(points: dict[str, dict[str, list[Any]]], density: dict[str, Any]) -> dict[str, int]:
    """Counts by decision of all that is drawn: an absolute window seldom begins with a slot."""
    return {"APPROVED": sum(map(sum, density["z"])), **{name: len(columns["t"]) for name, columns in points.items()}}


def _points(context: Context, window: Window, decision: str) -> dict[str, list[Any]]:
    rows = context.tuples(query("predictions.points"), decision=decision, most=MOST, **window.bounds())
    return {"t": [row[0] for row in rows], "score": [row[1] for row in rows], "id": [row[2] for row in rows]}


def _density(context: Context, window: Window) -> dict[str, Any]:
    step = window.seconds / NX
    if not window.live:
        return _drawn(_columns(context, window.start, window.end, window.start, step), 0, window.start, step)
    last = int((window.end - 0.001) // step)
    first = last - NX + 1
    whole = context.memory.remember(
        ("density", window.label),
        WHOLE_SECONDS * max(1.0, window.seconds / 3600),
        lambda: _columns(context, first * step, window.end, 0.0, step),
    )
    newest = max(whole, default=first)
    since = max(first, min(newest, int((window.end - AGAIN_SECONDS) // step)))
    for column in [old for old in list(whole) if old >= since or old < first]:
        whole.pop(column, None)
    whole.update(_columns(context, since * step, window.end, 0.0, step))
    return _drawn(whole, first, first * step, step)


def _columns(context: Context, start: float, end: float, origin: float, step: float) -> dict[int, dict[int, int]]:
    """Counts by column (from `origin`) and row of the APPROVED predictions in [start, end)."""
    rows = context.tuples(
        query("predictions.density"), start=to_datetime(start), end=to_datetime(end), origin=origin, step=step, ny=NY
    )
    found: dict[int, dict[int, int]] = {}
    for x, y, count in rows:
        found.setdefault(x, {})[y] = count
    return found


def _drawn(columns: dict[int, dict[int, int]], first: int, origin: float, step: float) -> dict[str, Any]:
    z = [[0] * NX for _ in range(NY)]
    for x, rows in list(columns.items()):
        if 0 <= x - first < NX:
            for y, count in rows.items():
                z[min(y, NY - 1)][x - first] += count
    return {"t0": milliseconds(origin), "dt": round(step * 1000), "nx": NX, "ny": NY, "z": z}
