"""The Model page's charts with the numbers behind each: what is drawn is also a table, and a file. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from console.figures import before_after, changes, drift, label_delay, model_card, performance
from console.figures.marks import NOTHING
from console.format import NONE
from console.pages.model_reads import BACK_DAYS, DAY, Gathered
from console.pages.model_story import Story
from core import codec

Rows = list[list[str]]


class Chart(NamedTuple):
    """A figure as JSON, and the table behind it: heads (a leading ">" aligns right) and rows."""

    figure: str
    heads: Sequence[str]
    rows: Rows


def charts(found: Gathered, told: Story) -> dict[str, Chart]:
    """Every chart that there is data for, by its name."""
    parts, card = found.parts, found.stored.card or {}
    made: dict[str, Chart] = {}
    model, delay, moved = parts.get("model"), parts.get("label_delay"), parts.get("drift_features")
    if model and any(day["total"] or day["estimated"] for day in told.days):
        made["performance"] = _performance(found, told, model, (delay or {}).get("known", 1.0))
    if delay and delay["predictions"]["cases"]:
        made["delay"] = _delay(delay)
    if card.get("calibration"):
        made["calibration"] = _calibration(card["calibration"])
    if card.get("by_threshold"):
        made["tradeoff"] = _tradeoff(found, card["by_threshold"], model)
    if parts.get("drift") and any(day["kl"] is not None for day in parts["drift"]["days"]):
        made["kl"] = _kl(parts["drift"])
    if moved:
        made |= {f"feature-{place}": _feature(one) for place, one in enumerate(moved["features"])}
        if moved["score"]:
            made["scores"] = _scores(moved["score"])
    if told.changes:
        made["changes"] = _changes(found, told)
    return made


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


def _performance(found: Gathered, told: Story, model: Any, mature_from: float) -> Chart:
    events = [change.as_event() for change in told.changes]
    figure = performance.draw(told.days, model["baseline_precision"], mature_from, events)
    heads = ["Day", ">Predictions", ">Labelled", ">Frauds known"]
    for name in ("precision", "recall"):
        for kind in ("measured", "estimated"):
            heads += [f">{name.title()} {kind}", ">from", ">to"]
    rows = []
    for day in reversed(told.days):
        row = [day_of(day["day"]), f"{day['total']:,}", f"{day['labelled']:,}", share(day["frauds_known"], 2)]
        for name in ("precision", "recall"):
            row += [share(day["measured"][name]), *_bounds((day["intervals"] or {}).get(name))]
            row += [
                share((day["estimated"] or {}).get(name)), *_bounds((day["estimated_intervals"] or {}).get(name)),
            ]  # fmt: skip
        rows.append(row)
    return _chart(figure, heads, rows)


def _delay(part: Any) -> Chart:
    heads = ["Age (days)", ">All predictions", ">from", ">to", ">Frauds", ">from", ">to"]
    curves = [part["predictions"], part["frauds"] if part["enough"] else {"ages": []}]
    rows = []
    for place, age in enumerate(part["predictions"]["ages"]):
        row = [f"{age:g}"]
        for curve in curves:
            there = place < len(curve["ages"])
            row += [share(curve[name][place]) if there else NONE for name in ("share", "low", "high")]
        rows.append(row)
    return _chart(label_delay.draw(part), heads, rows)


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


def _tradeoff(found: Gathered, rows: Any, model: Any) -> Chart:
    policy = found.stored.policy
    figure = model_card.tradeoff(rows, policy.fraud_threshold if policy else None, model)
    heads = [">Threshold", ">Precision", ">Recall", ">F1", ">TP", ">FP", ">FN", ">TN"]
    table = [
        [share(row["threshold"], 2), *(share(row[name]) for name in ("precision", "recall", "f1")),
         *(f"{row[name]:,}" for name in ("tp", "fp", "fn", "tn"))]
        for row in rows
    ]  # fmt: skip
    return _chart(figure, heads, table)


def _kl(part: Any) -> Chart:
    heads = ["Day", ">Largest KL", "Feature", ">Predictions"]
    rows = [
        [day_of(day["day"]), share(day["kl"]), day["feature"] or NONE, f"{day['n']:,}"]
        for day in reversed(part["days"])
    ]
    figure = drift.draw(part, NOTHING)
    figure["layout"]["height"] = 260
    return _chart(figure, heads, rows)


def _feature(one: Any) -> Chart:
    names = before_after.bins(one["edges"])
    rows = [
        [name, share(old), share(new)] for name, old, new in zip(names, one["before"], one["after"], strict=True)
    ]  # fmt: skip
    rows.append(["missing", share(one["missing"][0]), share(one["missing"][1])])
    return _chart(before_after.feature(one), ["Values", ">Training", ">Now"], rows)


def _scores(found: Any) -> Chart:
    size = len(found["before"])
    rows = [
        [f"{place / size:.2f} to {(place + 1) / size:.2f}", share(old, 5), share(new, 5)]
        for place, (old, new) in enumerate(zip(found["before"], found["after"], strict=True))
    ]
    return _chart(before_after.scores(found), ["Scores", ">Training", ">Now"], rows)


def _changes(found: Gathered, told: Story) -> Chart:
    end = found.now * 1000
    figure = changes.draw([one.as_event() for one in told.changes], end - BACK_DAYS * DAY * 1000, end)
    heads = ["When (UTC)", "Kind", "What", "By"]
    rows = [[f"{one.at:%Y-%m-%d %H:%M:%S}", changes.LANES[one.kind], one.text, one.who] for one in told.changes]
    return _chart(figure, heads, rows)
