"""Data quality of the model with most predictions: the figures of Data quality."""

from alerts.digest.model import Chart, Line, Series
from alerts.digest.reports import Days
from core.analytics import feature_quality as quality
from core.analytics.feature_quality import FeatureQuality
from core.db.engine import Connection

ORDER = 40
TITLE = "Data quality"
SHOWN = 6  # features
WORSE = 0.01  # more of a feature's values with a problem than before is worth colour


def lines(connection: Connection, days: Days) -> list[Line]:
    """All features together, then those with most values that were not as in training."""
    version, now, before = _read(connection, days)
    if not now:
        return []
    whole, earlier = quality.together(now), quality.together(list(before.values()))
    found = [
        Line("Predictions", f"{now[0].counts.values:,} of model {version}, {len(now)} features"),
        Line("Missing values", f"{_percent(whole.share('missing'))}{_was(earlier.share('missing'))}"),
        Line(
            "Not as in training",
            f"{_percent(whole.share('unexpected'))}{_was(earlier.share('unexpected'))}",
        ),
    ]
    for one in _worst(now):
        parts = [
            f"{words} {_percent(one.counts.share(name))}"
            for name, words in zip(
                quality.PROBLEMS, ("missing", "wrong type", "out of range", "unseen word"), strict=True
            )
            if getattr(one.counts, name)
        ]
        was = before[one.place].counts.share("problems") if one.place in before else None
        is_worse = was is not None and (one.counts.share("problems") or 0.0) - was >= WORSE
        found.append(Line(one.feature, f"{', '.join(parts)}{_was(was)}", "bad" if is_worse else ""))
    return found


def charts(connection: Connection, days: Days) -> list[Chart]:
    """The features with most problems, against the days before."""
    _, now, before = _read(connection, days)
    worst = _worst(now)
    if not worst:
        return []
    shares = [_points(one) for one in worst]
    earlier = [_points(before.get(one.place)) for one in worst]
    series = [Series("now", "accent", shares)]
    if any(value is not None for value in earlier):
        series.append(Series("before", "muted", earlier))
    title = "Values missing or not as in training"
    return [Chart(title, "shares", [one.feature for one in worst], series, "% of the feature's values")]


def _read(connection: Connection, days: Days) -> tuple[int, list[FeatureQuality], dict[int, FeatureQuality]]:
    models = quality.models(connection, days.span)
    if not models:
        return 0, [], {}
    version = models[0].version
    before = quality.features(connection, days.before, version)
    return version, quality.features(connection, days.span, version), {one.place: one for one in before}


def _worst(now: list[FeatureQuality]) -> list[FeatureQuality]:
    troubled = [one for one in now if one.counts.problems]
    return sorted(troubled, key=lambda one: (-one.counts.unexpected, -one.counts.missing, one.place))[:SHOWN]


def _points(one: FeatureQuality | None) -> float | None:
    share = one.counts.share("problems") if one else None
    return None if share is None else round(100 * share, 4)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.3g} %"


def _was(share: float | None) -> str:
    return "" if share is None else f" (before {_percent(share)})"
