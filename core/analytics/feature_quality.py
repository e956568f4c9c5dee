"""Data quality of what a model gets, by feature over a span of hours (`sql/queries/analytics/feature_quality.sql`).

A value is missing, not of the trained type, out of the trained range, or a word that training did not have, as the
stored `data_quality_score` judges it (`core/models/data_quality.py`); what a model expects is in the view
`feature_expectations`. Counted are predictions that came with the values of all features; replayed ones are left out.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from core.analytics.periods import Span
from core.db.engine import Connection
from core.db.queries import query

PROBLEMS = (
    "missing",
    "wrong_type",
    "out_of_range",
    "unseen",
)  # as the columns are called; 1 to 4 as a problem of a row
MOST_HOURS = 500  # of features, that are looked through for the log
HALF = 0.5
OTHER = "any other word"
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class ModelRows(NamedTuple):
    """A model and the number of its predictions."""

    version: int
    predictions: int


class Counts(NamedTuple):
    """Values, and how many of them have which problem; each has at most one."""

    values: int = 0
    missing: int = 0
    wrong_type: int = 0
    out_of_range: int = 0
    unseen: int = 0

    @property
    def problems(self) -> int:
        """Values with any problem."""
        return self.missing + self.wrong_type + self.out_of_range + self.unseen

    @property
    def unexpected(self) -> int:
        """Values that are there, but not as training had them."""
        return self.wrong_type + self.out_of_range + self.unseen

    def share(self, name: str) -> float | None:
        """The share (0..1) of values with a problem by its name, `problems` or `unexpected`; None without values."""
        return getattr(self, name) / self.values if self.values else None

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*(one + more for one, more in zip(self, other, strict=True)))


class FeatureQuality(NamedTuple):
    """A feature by its place in the model's order; `low`, `high` and `total` are of its values, None without any."""

    place: int
    feature: str
    counts: Counts
    low: float | None
    high: float | None
    total: float | None

    @property
    def mean(self) -> float | None:
        """The mean of the values that are there."""
        there = self.counts.values - self.counts.missing
        return None if self.total is None or not there else self.total / there


class Expected(NamedTuple):
    """What a model expects: kind (number, flag or category), trained range, code of unseen words, the known words by
    their codes, inner edges of its bins, and training's counts of them with missing values at the end.
    """

    place: int
    feature: str
    kind: str
    low: float | None
    high: float | None
    unseen: float | None
    categories: list[str]
    edges: list[float]
    before: list[int]

    @property
    def labels(self) -> list[str]:
        """What each bin of a category holds; nothing for numbers."""
        if not self.categories:
            return []
        codes = {float(code): word for code, word in enumerate(self.categories)}
        if self.unseen is not None:
            codes[self.unseen] = OTHER
        return [codes[code] for code in sorted(codes)]


class Anomaly(NamedTuple):
    """A value that was not expected: `at` in epoch seconds, and which of `PROBLEMS`."""

    at: float
    transaction_id: str
    feature: str
    problem: str
    value: float


def models(connection: Connection, span: Span) -> list[ModelRows]:
    """The models that predicted, most predictions first."""
    return [ModelRows(*row) for row in connection.execute(query("feature_quality.models"), span.given)]


def features(connection: Connection, span: Span, version: int) -> list[FeatureQuality]:
    """A model's features in its order."""
    rows = connection.execute(query("feature_quality.features"), {**span.given, "version": version})
    return [FeatureQuality(row[0], row[1], Counts(*row[2:7]), row.low, row.high, row.total) for row in rows]


def bins(connection: Connection, span: Span, version: int) -> dict[int, list[int]]:
    """Counts of the bins of each feature by its place, the last one of missing values."""
    rows = connection.execute(query("feature_quality.bins"), {**span.given, "version": version})
    return {row.place: list(row.bins) for row in rows}


def trend(connection: Connection, span: Span, version: int, step: int) -> dict[int, dict[int, Counts]]:
    """Counts by bins of `step` seconds (their beginning, epoch seconds), then by the feature's place."""
    rows = connection.execute(query("feature_quality.trend"), {**span.given, "version": version, "step": step})
    found: dict[int, dict[int, Counts]] = defaultdict(dict)
    for row in rows:
        found[row.at][row.place] = Counts(*row[2:7])
    return found


def expected(connection: Connection, version: int) -> list[Expected]:
    """What a model expects of its features, in its order."""
    return [Expected(*row) for row in connection.execute(query("feature_quality.expected"), {"version": version})]


def anomalies(
    connection: Connection, span: Span, version: int, most: int, feature: str | None = None
) -> list[Anomaly]:  # fmt: skip
    """The newest unexpected values, of all features or of one."""
    given = {**span.given, "version": version, "feature": feature, "most": most, "hours": MOST_HOURS}
    rows = connection.execute(query("feature_quality.anomalies"), given)
    return [Anomaly(row[0], row[1], row[2], PROBLEMS[row[3] - 1], row[4]) for row in rows]


def scores(connection: Connection, span: Span, version: int) -> list[tuple[int, int]]:
    """(score of the data in thousandths, predictions), the lowest first; -1 is unknown."""
    rows = connection.execute(query("data_quality.scores"), {**span.given, "version": version})
    return [(row.score, row.predictions) for row in rows]


def together(found: Sequence[FeatureQuality]) -> Counts:
    """All features together."""
    whole = Counts()
    for one in found:
        whole = whole.plus(one.counts)
    return whole


def quantiles(
    counts: Sequence[int], edges: Sequence[float], low: float | None, high: float | None,
    shares: Sequence[float] = QUANTILES,
) -> list[float] | None:  # fmt: skip
    """Estimated quantiles from the counts of bins (missing at the end), even within a bin, so that each lies in the bin
    that holds the true one; `low` and `high` bound the outer bins. Between edges that are all halves, values are whole.
    None without values or bounds. Pure.
    """
    there = list(counts)[:-1]
    total = sum(there)
    if not total or low is None or high is None or len(there) != len(edges) + 1:
        return None
    is_whole = bool(edges) and all(edge % 1 == HALF for edge in edges)
    bounds = [low, *(min(max(edge, low), high) for edge in edges), high]
    found = []
    for share in shares:
        left = share * total
        at = 0
        while at < len(there) - 1 and left > there[at]:
            left -= there[at]
            at += 1
        within = min(left / there[at], 1.0) if there[at] else 0.0
        value = bounds[at] + within * (bounds[at + 1] - bounds[at])
        found.append(min(max(round(value), math.ceil(bounds[at])), math.floor(bounds[at + 1])) if is_whole else value)
    return found
