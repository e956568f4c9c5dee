"""What drift looks like: the features that moved most, before and after, the scores, and the share of fraud."""

from typing import Any

import numpy as np

from api.config import DriftConfig
from api.context import ResourceContext
from api.drift_week import Week, week
from api.performance import champion
from api.window import Window
from core.clock import to_datetime
from core.db.queries import query
from core.models import baselines, drift
from core.models.drift.baseline import Baseline, Category, Numeric
from core.models.performance.interval import wilson
from core.models.registry import ReferenceBins
from core.monitoring.drift_features import DriftFeatures, FraudShare, MovedFeature, ScoreShift

NAME = "drift_features"
REFRESH = 300.0
DAY = 86400
SHOWN = 6
BARS = 20


def read(context: ResourceContext, window: Window) -> DriftFeatures:
    """The champion's predictions of seven days."""
    found = week(context, window)
    start = (found.days[0] - to_datetime(0).date()).total_seconds()
    base = None if found.version is None else _baseline(context, found.version)
    rows = _scores(context, found.version, start, window)
    span = {"start": to_datetime(start), "end": to_datetime(window.end)}
    sums = context.rows(query("confusion.sum"), **span)[0]
    n, features = moved(found, context.config.drift)
    return DriftFeatures(
        n=n,
        minimum=context.config.drift.minimum,
        features=features,
        version=found.version,
        score=scored(base, rows, context.config.drift),
        target=target(base, {name: int(value) for name, value in sums.items()}),
    )


def moved(found: Week, config: DriftConfig) -> tuple[int, list[MovedFeature]]:
    """Number of predictions, and the features that moved most; pure."""
    fitted = drift.Window([bins.name for bins in found.reference], [bins.counts for bins in found.reference])
    usable = [(n, np.asarray(counts)) for n, counts in found.counted.values() if len(counts) == fitted.width]
    n = sum(count for count, _ in usable)
    if n < config.minimum:
        return n, []
    now = sum((counts for _, counts in usable), np.zeros(fitted.width))
    places: dict[str, tuple[ReferenceBins, Any]] = {}
    at = 0
    for bins in found.reference:
        places[bins.name] = (bins, now[at : at + len(bins.counts)])
        at += len(bins.counts)
    ranked = [one for one in fitted.judge(now, config.watch, config.threshold) if places[one.name][0].edges]
    return n, [_moved(one, *places[one.name]) for one in ranked[:SHOWN]]


def scored(base: Baseline | None, rows: list[Any], config: DriftConfig) -> ScoreShift | None:
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
    return ScoreShift(
        before=_shares(before),
        after=_shares(after),
        kl=round(divergence, 5),
        distance=round(float(gap), 5),
        status=drift.status(divergence, config.watch, config.threshold),
        n=int(n),
    )


def target(base: Baseline | None, sums: dict[str, int]) -> FraudShare:
    """The share of fraud before and after; pure."""
    columns = [] if base is None else [c for c in base.columns if c.role == "target" and isinstance(c, Category)]
    before = None
    if columns and columns[0].present:
        before = columns[0].counts.get("fraud", 0) / columns[0].present
    labelled = sum(sums[name] for name in ("tp", "fp", "fn", "tn"))
    frauds = sums["tp"] + sums["fn"]
    return FraudShare(
        before=before,
        after=frauds / labelled if labelled else None,
        interval=wilson(frauds, labelled),
        labelled=labelled,
        total=labelled + sums["flagged_unlabelled"] + sums["clear_unlabelled"],
    )


def _scores(context: ResourceContext, version: int | None, start: float, window: Window) -> list[Any]:
    """The week's scores, read again every five minutes."""
    if version is None:
        return []
    key = ("scores of the week", version, "live" if window.live else window.end)

    def read_now() -> list[Any]:
        return champion.scores(context, version, start, window.end)

    return context.memory.remember(key, champion.KEPT_SECONDS, read_now)


def _baseline(context: ResourceContext, version: int) -> Baseline | None:
    key = ("drift baseline", version)
    return context.memory.remember(key, champion.KEPT_SECONDS, lambda: baselines.baseline(context.database, version))


def _moved(one: drift.FeatureDrift, bins: ReferenceBins, now: Any) -> MovedFeature:
    before, after = np.asarray(bins.counts, dtype=float), np.asarray(now, dtype=float)
    return MovedFeature(
        name=one.name,
        kl=round(one.kl, 5),
        status=one.status,
        edges=[float(f"{edge:.6g}") for edge in bins.edges],
        before=_shares(before)[:-1],
        after=_shares(after)[:-1],
        missing=(_shares(before)[-1], _shares(after)[-1]),
    )


def _shares(counts: Any) -> list[float]:
    total = counts.sum()
    found: list[float] = np.round(counts / total if total else counts, 5).tolist()
    return found
