"""One column against its reference: the tests still without adjustment, effects, quantiles and bars. Pure."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np

from core.models.drift import divergence
from core.models.drift.baseline import Category, Counts, Fitted, Numeric, bucketed
from core.models.drift.columns import Column, Numbers, Singles, Values, Words, categories, read
from core.models.drift.params import DriftParams
from core.models.drift.report import Plot, Side
from ml.drift import significance
from ml.drift.turnover import Turnover, turnover

QUANTILES = {"min": 0.0, "p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95, "max": 1.0}
SHOWN = 24
# A column of numbers stays one until most of what comes is none: the rest is reported as unreadable.
STILL_NUMBERS = 0.5
OTHER = "all others"


@dataclass(slots=True)
class Finding:
    """One test before adjustment; `effect` is the kind that counts most, `text` what happened."""

    name: str
    statistic: float
    p: float
    effect_name: str
    effect: float
    limit: float
    text: str

    @property
    def relevant(self) -> bool:
        """Whether the effect is big enough to matter."""
        return self.effect >= self.limit


@dataclass(slots=True)
class Compared:
    """A column's numbers; `findings` is empty when there were too few rows."""

    kind: str
    findings: list[Finding]
    reference: Side
    current: Side
    kl: float | None = None
    psi: float | None = None
    superiority: float | None = None
    plot: Plot | None = None
    notes: list[str] = field(default_factory=list)
    turnover: Turnover | None = None


def read_like(values: Values, base: Fitted) -> Column:
    """The column as its reference was read: one that was of words, `True` among them, is of words again, and one that
    was of truths knows each truth beside words that are none.
    """
    if isinstance(base, Category) and base.declared:
        return categories(values)
    if isinstance(base, Numeric) or (isinstance(base, Category) and base.numeric and base.counts):
        of_truths = isinstance(base, Category) and base.counts.keys() <= {"0", "1"}
        return read(values, STILL_NUMBERS, "each" if of_truths else "alone")
    return read(values, truths="never" if isinstance(base, Category) and not base.numeric else "alone")


def compare(base: Numeric | Category, column: Column, params: DriftParams) -> Compared:
    """The comparison; values are tested from `params.minimum` present ones on, missing ones from as many rows on."""
    if isinstance(base, Numeric):
        found = _numbers(base, column if isinstance(column, Numbers) else Numbers(_NONE, column.rows), params)
    else:
        found = _categories(base, column, params)
    rows, missing = found.current.rows, found.current.missing
    # Labels that have not come yet are missing, and say nothing.
    if base.role != "target" and (missing or base.missing) and min(rows, base.rows) >= params.minimum:
        found.findings.append(_missing(missing, rows, base.missing, base.rows, params))
    return found


def of_column(column: Column) -> Side:
    """The sample of a column that has no reference."""
    if isinstance(column, Numbers):
        return Side(column.rows, column.missing + column.unreadable, _quantiles(column.values))
    return Side(column.rows, column.missing if isinstance(column, Words) else 0)


_NONE: Singles = np.empty(0, dtype=np.float32)


def _numbers(base: Numeric, column: Numbers, params: DriftParams) -> Compared:
    values = column.values
    n, m = len(values), base.present
    found = Compared(
        "number",
        [],
        Side(base.rows, base.missing, {name: base.quantile(share) for name, share in QUANTILES.items()}),
        Side(column.rows, column.missing + column.unreadable, _quantiles(values)),
    )
    if column.unreadable:
        found.notes.append(f"{column.unreadable:,} values are not numbers, such as {column.example}")
    if not n:
        return found
    below, upto = np.searchsorted(values, base.grid), np.searchsorted(values, base.grid, side="right")
    low, high = below / n - base.below / m, upto / n - base.upto / m
    distance = float(max(np.abs(low).max(), np.abs(high).max()))
    bins = np.diff(upto[base.deciles], prepend=0, append=n)
    reference = np.diff(base.upto[base.deciles], prepend=0.0, append=m)
    found.kl, found.psi = divergence.kl(bins, reference), divergence.psi(bins, reference)
    found.superiority = 1 - _superiority(base, below.astype(float), upto.astype(float), n)
    bars = np.diff(np.searchsorted(values, base.edges, side="right"), prepend=0, append=n)
    found.plot = Plot(_shares(base.bars), _shares(bars), edges=base.edges.tolist())
    found.notes += _outside(base, values)
    if min(n, m) < params.minimum:
        return found
    p = significance.kolmogorov_smirnov(distance, n, m)
    effect = ("D", distance, params.distance)
    if distance < params.distance and found.psi >= params.psi:
        effect = ("PSI", found.psi, params.psi)
    text = f"median {_short(base.quantile(0.5))} → {_short(found.current.quantiles['median'])}"
    found.findings.append(Finding("Kolmogorov-Smirnov", distance, p, *effect, text))
    return found


def _superiority(base: Numeric, below: Counts, upto: Counts, n: int) -> float:
    """P(reference > current) + half of P(equal), on the grid."""
    m = base.present
    at, before = base.upto - base.below, np.diff(base.below, append=float(m)) - (base.upto - base.below)
    here, gap = upto - below, np.append(below[1:], n) - upto
    left = upto / n  # current values up to each grid value
    higher = at * (below / n + here / n / 2) + before * (left + gap / n / 2)
    return float(higher.sum() / m)


def _categories(base: Category, column: Column, params: DriftParams) -> Compared:
    words = column.words() if isinstance(column, Numbers) else column if isinstance(column, Words) else Words()
    rows = column.rows
    n, m = words.rows - words.missing, base.present
    found = Compared("category", [], Side(base.rows, base.missing), Side(rows, rows - n))
    if not n:
        return found
    keys = list(dict.fromkeys([*base.counts, *words.counts]))
    old = np.array([base.counts.get(key, 0) for key in keys], dtype=float)
    new = np.array([words.counts.get(key, 0) for key in keys], dtype=float)
    a, b = (new, old) if base.buckets is None else (bucketed(words.counts), base.buckets)
    found.kl, found.psi = divergence.kl(a, b), divergence.psi(a, b)
    found.plot = _bars(base.counts, words.counts, m, n)
    found.turnover = turnover(base, words)
    found.notes += found.turnover.told() if found.turnover else []
    if min(n, m) < params.minimum or len(keys) < 2:
        return found
    chi, freedom, p = significance.chi_squared(a, b, seed=zlib.crc32(base.name.encode()))
    w = float(np.sqrt(max(0.0, chi - freedom) * (1 / n + 1 / m)))
    moved = _moved(new, old, n, m, params) if base.buckets is None else None
    most = int(np.argmax(np.abs(new / n - old / m))) if moved is None else moved
    text = f"{keys[most]!r} {_percent(old[most] / m)} → {_percent(new[most] / n)}"
    effect = ("w", w, params.cohen_w)
    if w < params.cohen_w and moved is not None:
        effect = ("factor", _factor(new[moved], n, old[moved], m), params.ratio)
    found.findings.append(Finding("chi-squared", chi, p, *effect, text))
    return found


def _moved(new: Counts, old: Counts, n: int, m: int, params: DriftParams) -> int | None:
    """The category whose share changed by the factor `ratio` beyond chance (Bonferroni within the column), or None."""
    a, b = new / n, old / m
    ratio = ((new + 0.5) / (n + 1)) / ((old + 0.5) / (m + 1))
    pooled = (new + old) / (n + m)
    error = np.sqrt(np.maximum(pooled * (1 - pooled), 1e-12) * (1 / n + 1 / m))
    z = np.abs(a - b) / error
    strong = NormalDist().inv_cdf(1 - params.alpha / 2 / len(new))
    large = (np.maximum(ratio, 1 / ratio) >= params.ratio) & (np.maximum(a, b) >= params.ratio_share) & (z >= strong)
    return int(np.argmax(np.where(large, z, -1))) if large.any() else None


def _missing(a: int, n: int, b: int, m: int, params: DriftParams) -> Finding:
    p = significance.shares(a, n, b, m)
    now, was = a / n, b / m
    factor, points = _factor(a, n, b, m), abs(now - was)
    often = max(now, was) >= params.ratio_share and factor >= params.ratio
    effect = ("change", points, params.missing_points)
    if points < params.missing_points and often:
        effect = ("factor", factor, params.ratio)
    return Finding("missing values", points, p, *effect, f"missing {_percent(was)} → {_percent(now)}")


def _factor(a: float, n: int, b: float, m: int) -> float:
    """By which factor the share a/n is another than b/m, up or down; half a case more on both sides."""
    ratio = ((a + 0.5) / (n + 1)) / ((b + 0.5) / (m + 1))
    return float(max(ratio, 1 / ratio))


def _outside(base: Numeric, values: Singles) -> list[str]:
    low, high = base.grid[0], base.grid[-1]
    notes = []
    if (under := int(np.searchsorted(values, low))) > 0:
        notes.append(f"{under:,} below the reference's minimum {_short(low)}, the lowest {_short(values[0])}")
    if (over := len(values) - int(np.searchsorted(values, high, side="right"))) > 0:
        notes.append(f"{over:,} above the reference's maximum {_short(high)}, the highest {_short(values[-1])}")
    return notes


def _bars(old: Mapping[str, int], new: Mapping[str, int], m: int, n: int) -> Plot:
    """The commonest categories of both, then all others."""
    total = {key: old.get(key, 0) / max(m, 1) + new.get(key, 0) / max(n, 1) for key in [*old, *new]}
    keys = sorted(total, key=lambda key: (-total[key], key))
    shown = keys if len(keys) <= SHOWN else keys[: SHOWN - 1]
    was = [old.get(key, 0) / max(m, 1) for key in shown]
    now = [new.get(key, 0) / max(n, 1) for key in shown]
    rest = max(0.0, 1 - sum(was)) if m else 0.0, max(0.0, 1 - sum(now)) if n else 0.0
    if len(shown) < len(keys):
        return Plot([*was, rest[0]], [*now, rest[1]], labels=[*shown, OTHER])
    return Plot(was, now, labels=shown)


def _quantiles(values: Singles) -> dict[str, float]:
    """Order statistics by name; nothing of no values."""
    if not len(values):
        return {}
    return {name: float(values[round(share * (len(values) - 1))]) for name, share in QUANTILES.items()}


def _shares(counts: Counts) -> list[float]:
    total = float(counts.sum())
    return [float(v) for v in np.asarray(counts) / total] if total else [0.0] * len(counts)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share == 0 or share >= 0.001 else f"{100 * share:.2g} %"


def _short(value: float) -> str:
    return f"{float(value):.3g}" if abs(value) < 1000 else f"{float(value):,.0f}"
