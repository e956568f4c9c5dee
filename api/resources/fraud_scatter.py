"""Score against time (F1): BLOCKED and REVIEW point by point, APPROVED as a density: cost stays as traffic grows.

A rolling window's density has columns aligned to whole multiples of their width, so a past column does not change from
one refresh to the next: it is kept, only the newest columns are read again, and the whole is read anew now and then for
events that came late.
"""

from api import rollups
from api.context import ResourceContext, milliseconds
from api.window import Window
from core.clock import to_datetime
from core.db.queries import query
from core.monitoring.fraud_scatter import (
    DecisionCounts,
    ExactPoints,
    FraudScatter,
    PolicyInForce,
    ScoreDensity,
    ScorePoints,
)
from core.transactions import policies

NAME = "fraud_scatter"
REFRESH = 5.0
MOST = 4000
NX, NY = 120, 25
AGAIN_SECONDS = 120.0  # columns of the last two minutes are read at each refresh
WHOLE_SECONDS = 60.0  # the whole density of an hour is read anew after this, longer ranges in proportion


def read(context: ResourceContext, window: Window) -> FraudScatter:
    """The picture of one window."""
    points = ExactPoints(BLOCKED=_points(context, window, "BLOCKED"), REVIEW=_points(context, window, "REVIEW"))
    density = _density(context, window)
    truncated = any(len(columns.t) == MOST for columns in (points.BLOCKED, points.REVIEW))
    policy = policies.current(context.live, context.database)
    return FraudScatter(
        policy=None
        if policy is None
        else PolicyInForce(
            version=policy.version,
            profile=policy.profile,
            fraud_threshold=policy.fraud_threshold,
            review_from=policy.review_from,
            block_from=policy.block_from,
        ),
        start=milliseconds(window.start),
        end=milliseconds(window.end),
        points=points,
        density=density,
        counts=_rolled_up(context, window) if window.live or truncated else _drawn_counts(points, density),
        truncated=truncated,
    )


def _rolled_up(context: ResourceContext, window: Window) -> DecisionCounts:
    """Counts by decision from whole slots."""
    width = rollups.width_for(context, window.start, window.end)
    approved, review, blocked = context.tuples(query("rollups.decisions"), width=width, **window.bounds())[0]
    return DecisionCounts(APPROVED=int(approved), REVIEW=int(review), BLOCKED=int(blocked))


def _drawn_counts(points: ExactPoints, density: ScoreDensity) -> DecisionCounts:
    """Counts by decision of all that is drawn: an absolute window seldom begins with a slot."""
    approved = sum(map(sum, density.z))
    return DecisionCounts(APPROVED=approved, REVIEW=len(points.REVIEW.t), BLOCKED=len(points.BLOCKED.t))


def _points(context: ResourceContext, window: Window, decision: str) -> ScorePoints:
    rows = context.tuples(query("predictions.points"), decision=decision, most=MOST, **window.bounds())
    return ScorePoints(t=[row[0] for row in rows], score=[row[1] for row in rows], id=[row[2] for row in rows])


def _density(context: ResourceContext, window: Window) -> ScoreDensity:
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


def _columns(
    context: ResourceContext, start: float, end: float, origin: float, step: float
) -> dict[int, dict[int, int]]:
    """Counts by column (from `origin`) and row of the APPROVED predictions in [start, end)."""
    rows = context.tuples(
        query("predictions.density"), start=to_datetime(start), end=to_datetime(end), origin=origin, step=step, ny=NY
    )
    found: dict[int, dict[int, int]] = {}
    for x, y, count in rows:
        found.setdefault(x, {})[y] = count
    return found


def _drawn(columns: dict[int, dict[int, int]], first: int, origin: float, step: float) -> ScoreDensity:
    z = [[0] * NX for _ in range(NY)]
    for x, rows in list(columns.items()):
        if 0 <= x - first < NX:
            for y, count in rows.items():
                z[min(y, NY - 1)][x - first] += count
    return ScoreDensity(t0=milliseconds(origin), dt=round(step * 1000), nx=NX, ny=NY, z=z)
