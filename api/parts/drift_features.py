"""What drift looks like: the features that moved most, before and after, the scores, and the share of fraud."""

from typing import Any, Literal, TypedDict

import numpy as np

from api import performance
from api.config import DriftConfig
from api.context import Context
from api.drift_week import Week, week
from api.window import Window
from core import drift
from core.clock import to_datetime
from core.drift.baseline import Baseline, Category, Numeric
from core.performance.interval import wilson
from core.store import baselines
from core.store.models import ReferenceBins
from core.store.queries import query

NAME = "drift_features"
REFRESH = 300.0
DAY = 86400
SHOWN = 6
BARS = 20

Status = Literal["healthy", "watch", "drifted"]


class Moved(TypedDict):
    """One feature: shares of its bins in training and now; `edges` are inner, `missing` the shares without a value."""

    name: str
    kl: float
    status: Status
    edges: list[float]
    before: list[float]
    after: list[float]
    missing: tuple[float, float]


class Scores(TypedDict):
    """The score: shares of equal bins of 0..1 on the rows kept from training and now; `distance` the largest gap
    between the two distribution functions."""

    before: list[float]
    after: list[float]
    kl: float
    distance: float
    status: Status
    n: int


class Target(TypedDict):
    """The share of fraud on the rows kept from training, and among the labelled predictions of the week with its 95 %
    interval. Frauds get their labels first: the latter is too high while few are labelled."""

    before: float | None
    after: float | None
    interval: tuple[float, float] | None
    labelled: int
    total: int


class Data(TypedDict):
    """The seven days that end with the window against training; empty under `minimum` predictions."""

    version: int | None
    n: int
    minimum: int
    features: list[Moved]
    score: Scores | None
    target: Target


def read(context: Context, window: Window) -> dict[str, Any]:
    """The champion's predictions of seven days."""
    found = week(context, window)
    start = (found.days[0] - to_datetime(0).date()).total_seconds()
    base = None if found.version is None else _baseline(context, found.version)
    rows = _scores(context, found.version, start, window)
    span = {"start": to_datetime(start), "end": to_datetime(window.end)}
    sums = context.rows(query("confusion.sum"), **span)[0]
    return {
        **moved(found, context.config.drift),
        "version": found.version,
        "score": scored(base, rows, context.config.drift),
        "target": target(base, {name: int(value) for name, value in sums.items()}),
    }


def moved(found: Week, config: DriftConfig) -> dict[str, Any]:
    """Number of predictions, and the features that moved most; pure."""
    fitted = drift.Window([bins.name for bins in found.reference], [bins.counts for bins in found.reference])
    usable = [(n, np.asarray(counts)) for n, counts in found.counted.values() if len(counts) == fitted.width]
    n = sum(count for count, _ in usable)
    data: dict[str, Any] = {"n": n, "minimum": config.minimum, "features": []}
    if n < config.minimum:
        return data
    now = sum((counts for _, counts in usable), np.zeros(fitted.width))
    places: dict[str, tuple[ReferenceBins, Any]] = {}
    at = 0
    for bins in found.reference:
        places[bins.name] = (bins, now[at : at + len(bins.counts)])
        at += len(bins.counts)
    ranked = [one for one in fitted.judge(now, config.watch, config.threshold) if places[one.name][0].edges]
    data["features"] = [_moved(one, *places[one.name]) for one in ranked[:SHOWN]]
    return data


def scored(base: Baseline | None, rows: list[Any], config: DriftConfig) -> Scores | None:
    """The score before and after from (day, flagged, score, n) rows; None without a reference or enough; pure."""
    columns = [] if base is None else [c for c in base.columns if c.role == "score" and isinstance(c, Numeric)]
    n = sum(row[3] for row in rows)
    if not columns or n < config.minimum:
        return None
    edges = np.arange(1, BARS) / BARS
    before = np.diff(columns[0].at(edges), prepend=0.0, append=columns[0].present)
    values, counts = np.array([row[2] for row in rows], dtype=float), np.array([row[3] for row in rows], dtype=float)
    after = np.bincount(np.searchsorted(edges, values, side="right"), counts, BARS)
    divergence = drift.kl(after, before)
    gap = np.abs(np.cumsum(before) / before.sum() - np.cumsum(after) / after.sum()).max()
    status: Any = drift.status(divergence, config.watch, config.threshold)
    return {
        "before": _shares(before),
        "after": _shares(after),
        "kl": round(divergence, 5),
        "distance": round(float(gap), 5),
        "status": status,
        "n": int(n),
    }


def target(base: Baseline | None, sums: dict[str, int]) -> Target:
    """The share of fraud before and after; pure."""
    columns = [] if base is None else [c for c in base.columns if c.role == "target" and isinstance(c, Category)]
    before = None
    if columns and columns[0].present:
        before = columns[0].counts.get("fraud", 0) / columns[0].present
    labelled = sum(sums[name] for name in ("tp", "fp", "fn", "tn"))
    frauds = sums["tp"] + sums["fn"]
    return {
        "before": before,
        "after": frauds / labelled if labelled else None,
        "interval": wilson(frauds, labelled),
        "labelled": labelled,
        "total": labelled + sums["flagged_unlabelled"] + sums["clear_unlabelled"],
    }


def _scores(context: Context, version: int | None, start: float, window: Window) -> list[Any]:
    """The week's scores, read again every five minutes."""
    if version is None:
        return []
    key = ("scores of the week", version, "live" if window.live else window.end)

    def read_now() -> list[Any]:
        return performance.scores(context, version, start, window.end)

    return context.memory.remember(key, performance.KEPT_SECONDS, read_now)


def _baseline(context: Context, version: int) -> Baseline | None:
    key = ("drift baseline", version)
    return context.memory.remember(key, performance.KEPT_SECONDS, lambda: baselines.baseline(context.database, version))


def _moved(one: drift.FeatureDrift, bins: ReferenceBins, now: Any) -> dict[str, Any]:
    before, after = np.asarray(bins.counts, dtype=float), np.asarray(now, dtype=float)
    return {
        "name": one.name,
        "kl": round(one.kl, 5),
        "status": one.status,
        "edges": [float(f"{edge:.6g}") for edge in bins.edges],
        "before": _shares(before)[:-1],
        "after": _shares(after)[:-1],
        "missing": (_shares(before)[-1], _shares(after)[-1]),
    }


def _shares(counts: Any) -> list[float]:
    total = counts.sum()
    found: list[float] = np.round(counts / total if total else counts, 5).tolist()
    return found
