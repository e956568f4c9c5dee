"""The tables of Data quality: features with their problems, and the log of the newest anomalies."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from console import format
from console.pages.data_quality.reading import LOGGED, Found
from console.panel import Column
from console.table import table
from core.analytics.feature_quality import Anomaly, Counts, Expected, FeatureQuality
from core.analytics.periods import Period

COLUMNS = (
    Column("feature", "Feature", "two", "200px"), Column("values", "Values", "int"),
    Column("missing", "Missing", "right"), Column("type", "Wrong type", "right"),
    Column("range", "Out of range", "right"), Column("unseen", "Unseen word", "right"),
    Column("before", "Problems before", "right"), Column("change", "Change, points", "right"),
    Column("trend", "Trend", "spark"),
)  # fmt: skip
LOG = (
    Column("at", "Time (UTC)", "second", "150px"), Column("feature", "Feature", "mono"),
    Column("problem", "Problem"), Column("value", "Value", "right"), Column("expected", "Trained on"),
    Column("transaction", "Transaction", "two", "240px"),
)  # fmt: skip
WORDS = {"wrong_type": "wrong type", "out_of_range": "out of range", "unseen": "unseen word"}


def table_of(found: Found, period: Period) -> html.Section:
    """Features, those with most problems that are no missing values first."""
    order = sorted(found.features, key=lambda one: (-one.counts.unexpected, -one.counts.missing, one.place))
    rows = [_row(found, one, period) for one in order]
    note = "share of the feature's values; each value has at most one problem"
    return table("features", "Features", COLUMNS, rows, "No features.", note)


def _row(found: Found, one: FeatureQuality, period: Period) -> list[Any]:
    expected, before = found.expected.get(one.place), found.before.get(one.place)
    share = one.counts.share("problems")
    was = before.counts.share("problems") if before else None
    change: Any = format.NONE
    if share is not None and was is not None:
        points = 100 * (share - was)
        change = [f"{points:+.2f}", points]
    trend = [
        found.trend[at][one.place].share("problems") or 0.0
        for at in sorted(found.trend)
        if one.place in found.trend[at]
    ]
    return [
        one.place, [one.feature, trained(expected), of_feature(found, period, one.feature)], one.counts.values,
        *(_share(one.counts, name) for name in ("missing", "wrong_type", "out_of_range", "unseen")),
        format.NONE if was is None else [format.percent(100 * was), was], change, trend,
    ]  # fmt: skip


def log(found: Found, period: Period, feature: str | None) -> html.Section:
    """The newest values that were not as in training."""
    kinds = {one.feature: one for one in found.expected.values()}
    rows = [[f"{place}", *_entry(one, kinds.get(one.feature))] for place, one in enumerate(found.anomalies)]
    about = f"{feature}; " if feature else ""
    note = f"{about}the newest {LOGGED}; of an hour at most 20 of a feature and problem"
    tools = [html.A("All features", href="?" + _query(found, period), className="btn btn-sm btn-secondary")]
    return table(
        "anomalies", "Anomalies", LOG, rows, "All values in this period were as in training.", note,
        tools=tools if feature else (),
    )  # fmt: skip


def _entry(one: Anomaly, expected: Expected | None) -> Sequence[Any]:
    value = format.NONE if one.problem == "unseen" else [f"{one.value:,.6g}", one.value]
    to = f"transactions/one?{urlencode({'id': one.transaction_id})}"
    return [
        int(one.at * 1000), one.feature, WORDS[one.problem], value, trained(expected),
        [one.transaction_id, None, to],
    ]  # fmt: skip


def trained(expected: Expected | None) -> str:
    """What training had, in short."""
    if expected is None:
        return ""
    if expected.kind == "flag":
        return "0 or 1"
    if expected.kind == "category":
        return f"{len(expected.categories):,} words"
    if expected.low is None or expected.high is None:
        return "any number"
    return f"{format.number(expected.low, 4)} to {format.number(expected.high, 4)}"


def of_feature(found: Found, period: Period, feature: str) -> str:
    """The address, under the prefix, at which a feature is chosen."""
    return f"analytics/quality?{_query(found, period, feature)}#values"


def _query(found: Found, period: Period, feature: str = "") -> str:
    parts = [period.query.lstrip("?"), urlencode({"model": found.version or 0})]
    return "&".join(filter(None, [*parts, urlencode({"feature": feature}) if feature else ""]))


def _share(counts: Counts, name: str) -> Any:
    share = counts.share(name)
    return format.NONE if share is None else [format.percent(100 * share), share]
