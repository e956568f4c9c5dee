"""The Model page's charts with the numbers behind each: what is drawn is also a table, and a file. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from console.figures import before_after, changes, drift, input_names, label_delay, model_card, performance
from console.format import NONE
from console.model_page.data import BACK_DAYS, DAY, Gathered
from console.model_page.narrative import Story
from core import codec
from core.monitoring.drift import Drift
from core.monitoring.drift_features import MovedFeature, ScoreShift
from core.monitoring.input_names import CallerNames, InputNames, NameCount
from core.monitoring.label_delay import DelayCurve, LabelDelay
from core.monitoring.model import Model

Rows = list[list[str]]
NAME_KINDS = {"feature": "unknown feature", "missing": "feature left out", "field": "unknown field"}


class Chart(NamedTuple):
    """A figure as JSON, and the table behind it: heads (a leading ">" aligns right) and rows."""

    figure: str
    heads: Sequence[str]
    rows: Rows


def charts(found: Gathered, told: Story) -> dict[str, Chart]:
    """Every chart that there is data for, by its name."""
    known, card = found.resources, found.stored.card or {}
    made: dict[str, Chart] = {}
    if known.model and any(day.total or day.estimated for day, _ in told.days):
        made["performance"] = _performance(told, known.model, known.label_delay.known if known.label_delay else 1.0)
    if known.label_delay and known.label_delay.predictions.cases:
        made["delay"] = _delay(known.label_delay)
    if card.get("calibration"):
        made["calibration"] = _calibration(card["calibration"])
    if card.get("by_threshold"):
        made["tradeoff"] = _tradeoff(found, card["by_threshold"])
    if known.drift and any(day.kl is not None for day in known.drift.days):
        made["kl"] = _kl(known.drift)
    if known.drift_features:
        made |= {f"feature-{place}": _feature(one) for place, one in enumerate(known.drift_features.features)}
        if known.drift_features.score:
            made["scores"] = _scores(known.drift_features.score)
    if known.input_names and any(_misnamed(one) for one in known.input_names.callers):
        made["names"] = _names(known.input_names)
    if told.changes:
        made["changes"] = _changes(found, told)
    return made


def misnamed(found: Gathered, most: int = 6) -> list[tuple[str, NameCount]]:
    """Names that nothing knows, each with its caller, those of the caller with most of them first."""
    callers = found.resources.input_names.callers if found.resources.input_names else []
    names = [(one.caller, name) for one in callers for name in one.names]
    return [(caller, name) for caller, name in names if name.kind != "missing" and name.name][:most]


def share(value: Any, digits: int = 3) -> str:
    """A share 0..1 with decimals; a dash for none."""
    return NONE if value is None else f"{value:.{digits}f}"


def day_of(milliseconds: float) -> str:
    """A day of epoch ms, UTC."""
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d}"


def _chart(figure: dict[str, Any], heads: Sequence[str], rows: Rows) -> Chart:
    return Chart(codec.encode(figure).decode(), heads, rows)


def _bounds(pair: Any) -> list[str]:
    return [share(pair[0]), share(pair[1])] if pair else [NONE, NONE]


def _performance(told: Story, model: Model, mature_from: float) -> Chart:
    events = [change.as_event() for change in told.changes]
    figure = performance.draw(told.days, model.baseline_precision, mature_from, events)
    heads = ["Day", ">Predictions", ">Labelled", ">Frauds known"]
    for name in ("precision", "recall"):
        for kind in ("measured", "estimated"):
            heads += [f">{name.title()} {kind}", ">from", ">to"]
    rows = []
    for day, frauds_known in reversed(told.days):
        row = [day_of(day.day), f"{day.total:,}", f"{day.labelled:,}", share(frauds_known, 2)]
        for name in ("precision", "recall"):
            row += [share(getattr(day.measured, name)), *_bounds(getattr(day.intervals, name))]
            row += [
                share(getattr(day.estimated, name, None)), *_bounds(getattr(day.estimated_intervals, name, None)),
            ]  # fmt: skip
        rows.append(row)
    return _chart(figure, heads, rows)


def _delay(found: LabelDelay) -> Chart:
    heads = ["Age (days)", ">All predictions", ">from", ">to", ">Frauds", ">from", ">to"]
    rows = []
    for place, age in enumerate(found.predictions.ages):
        row = [f"{age:g}", *_known_at(found.predictions, place)]
        row += _known_at(found.frauds, place) if found.enough else [NONE] * 3
        rows.append(row)
    return _chart(label_delay.draw(found), heads, rows)


def _known_at(curve: DelayCurve, place: int) -> list[str]:
    if place >= len(curve.ages):
        return [NONE] * 3
    return [share(curve.share[place]), share(curve.low[place]), share(curve.high[place])]


def _calibration(rows: Any) -> Chart:
    heads = ["Scores", ">Rows", ">Mean score", ">Observed", ">from", ">to"]
    table = [
        [
            f"{row['from']:.1f} to {row['to']:.1f}", f"{row['n']:,}", share(row["mean_score"]), share(row["observed"]),
            share(row["low"]), share(row["high"]),
        ]
        for row in rows
    ]  # fmt: skip
    return _chart(model_card.calibration(rows), heads, table)


def _tradeoff(found: Gathered, rows: Any) -> Chart:
    policy = found.stored.policy
    figure = model_card.tradeoff(rows, policy.fraud_threshold if policy else None, found.resources.model)
    heads = [">Threshold", ">Precision", ">Recall", ">F1", ">TP", ">FP", ">FN", ">TN"]
    table = [
        [share(row["threshold"], 2), *(share(row[name]) for name in ("precision", "recall", "f1")),
         *(f"{row[name]:,}" for name in ("tp", "fp", "fn", "tn"))]
        for row in rows
    ]  # fmt: skip
    return _chart(figure, heads, table)


def _kl(found: Drift) -> Chart:
    heads = ["Day", ">Largest KL", "Feature", ">Predictions"]
    rows = [[day_of(day.day), share(day.kl), day.feature or NONE, f"{day.n:,}"] for day in reversed(found.days)]
    figure = drift.draw(found, [])
    figure["layout"]["height"] = 260
    return _chart(figure, heads, rows)


def _feature(one: MovedFeature) -> Chart:
    names = before_after.bins(one.edges)
    rows = [
        [name, share(old), share(new)] for name, old, new in zip(names, one.before, one.after, strict=True)
    ]  # fmt: skip
    rows.append(["missing", share(one.missing[0]), share(one.missing[1])])
    return _chart(before_after.feature(one), ["Values", ">Training", ">Now"], rows)


def _scores(found: ScoreShift) -> Chart:
    size = len(found.before)
    rows = [
        [f"{place / size:.2f} to {(place + 1) / size:.2f}", share(old, 5), share(new, 5)]
        for place, (old, new) in enumerate(zip(found.before, found.after, strict=True))
    ]
    return _chart(before_after.scores(found), ["Scores", ">Training", ">Now"], rows)


def _misnamed(one: CallerNames) -> int:
    return sum(one.feature) + sum(one.missing) + sum(one.field)


def _names(found: InputNames) -> Chart:
    """Three hours by minute in the figure; in the table each name that nothing knows, or that was left out."""
    heads = ["Caller", "Problem", "Name", "Nearest known", ">Times", "Last seen (UTC)"]
    rows = [
        [
            one.caller, NAME_KINDS[name.kind], name.name or "others", name.nearest or NONE,
            f"{name.count:,}", f"{datetime.fromtimestamp(name.last / 1000, UTC):%H:%M}",
        ]
        for one in found.callers for name in one.names
    ]  # fmt: skip
    return _chart(input_names.draw(found), heads, rows)


def _changes(found: Gathered, told: Story) -> Chart:
    end = found.now * 1000
    figure = changes.draw([one.as_event() for one in told.changes], end - BACK_DAYS * DAY * 1000, end)
    heads = ["When (UTC)", "Kind", "Change", "By"]
    rows = [[f"{one.at:%Y-%m-%d %H:%M:%S}", changes.LANES[one.kind], one.text, one.who] for one in told.changes]
    return _chart(figure, heads, rows)
