"""Stored values of the features that changed most: quantiles and distribution against training."""

from typing import Any, NamedTuple

from dash import html

from console import format
from console.chart_panel import chart_panel
from console.figures import before_after, data_quality
from console.pages.data_quality.features import of_feature
from console.pages.data_quality.reading import VALUED, Found
from console.panel import Column
from console.table import table
from core.analytics import feature_quality as quality
from core.analytics.feature_quality import Expected, FeatureQuality
from core.analytics.periods import DAY, Period
from core.models import drift
from core.monitoring.drift_features import MovedFeature

SHOWN = 20
COLUMNS = (
    Column("feature", "Feature", "two", "190px"), Column("kl", "KL", "kl", "70px"), Column("low", "Least", "num"),
    *(Column(f"q{share:g}", "Median" if share == 0.5 else f"{100 * share:g} %", "num")
      for share in quality.QUANTILES),
    Column("high", "Greatest", "num"), Column("mean", "Mean", "num"),
)  # fmt: skip


class Stored(NamedTuple):
    """A feature, what was expected, its counts by bin, and the divergence (nats) from training; None without values."""

    feature: FeatureQuality
    expected: Expected
    bins: list[int]
    kl: float | None


def stored(found: Found) -> list[Stored]:
    """The features with bins of training, those that changed most first; at most twenty."""
    known = []
    for one in found.valued:
        expected, bins = found.expected.get(one.place), found.bins.get(one.place)
        if expected is None or bins is None or len(bins) != len(expected.before):
            continue
        able = sum(bins) and sum(expected.before)
        known.append(Stored(one, expected, bins, drift.kl(bins, expected.before) if able else None))
    return sorted(known, key=lambda one: (-(one.kl or 0.0), one.feature.place))[:SHOWN]


def chosen(found: Found, feature: str | None) -> str | None:
    """The feature of the address, or the one that changed most."""
    names = [one.feature.feature for one in stored(found)]
    return feature if feature in names else names[0] if names else None


def table_of(found: Found, period: Period) -> html.Section:
    """Quantiles of each."""
    rows = [_row(found, one, period) for one in stored(found)]
    span = period.span
    newest = f"the newest {VALUED // DAY} days; " if span.end - span.start > VALUED else ""
    note = f"{newest}largest change first; quantiles are estimated within the bins of training"
    return table("values", "Stored values", COLUMNS, rows, "No reference of this model.", note)


def _row(found: Found, one: Stored, period: Period) -> list[Any]:
    low, high = one.feature.low, one.feature.high
    numbers: list[float | None] = [None] * (len(quality.QUANTILES) + 3)
    if one.expected.kind == "number":
        estimated = quality.quantiles(one.bins, one.expected.edges, low, high)
        numbers = [low, *(estimated or numbers[3:]), high, one.feature.mean]
    name = one.feature.feature
    return [one.feature.place, [name, _words(one), of_feature(found, period, name)], one.kl, *numbers]


def _words(one: Stored) -> str:
    """The most frequent words of a category, and both of a flag."""
    labels = ["0", "1"] if one.expected.kind == "flag" else one.expected.labels
    if not labels or len(labels) != len(one.bins) - 1:
        return ""
    total = sum(one.bins) or 1
    most = sorted(zip(one.bins, labels, strict=False), reverse=True)[:2]
    return ", ".join(f"{word} {100 * n / total:.0f} %" for n, word in most if n)


def one(found: Found, feature: str | None) -> html.Section:
    """The distribution of a feature against training."""
    shown = next((each for each in stored(found) if each.feature.feature == feature), None)
    if shown is None:
        return html.Section(id="distribution")
    names = shown.expected.labels
    if len(names) != len(shown.bins) - 1:
        names = before_after.bins(shown.expected.edges)
    before, now = (_shares(counts) for counts in (shown.expected.before, shown.bins))
    moved = MovedFeature(
        name=shown.feature.feature, kl=shown.kl or 0.0, status=drift.status(shown.kl or 0.0),
        edges=shown.expected.edges, before=before[:-1], after=now[:-1], missing=(before[-1], now[-1]),
    )  # fmt: skip
    figure = data_quality.distribution(moved, names, shown.expected.kind == "category")
    rows = [
        [words, format.percent_of(old), format.percent_of(new), f"{n:,}"]
        for words, old, new, n in zip([*names, "missing"], before, now, shown.bins, strict=True)
    ]
    return chart_panel(
        "distribution", f"{shown.feature.feature} against training", figure,
        f"Distribution of {shown.feature.feature}, training and this period",
        ["Values", ">Training", ">Now", ">Predictions"], rows, "grey: training, line: this period",
    )  # fmt: skip


def _shares(counts: list[int]) -> list[float]:
    total = sum(counts)
    return [n / total if total else 0.0 for n in counts]
