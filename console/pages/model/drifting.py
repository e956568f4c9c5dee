"""Whether the model's data drifts: the largest drift by day, each feature before and after, and the share of fraud."""

from typing import Any

from dash import html

from console.format import NONE
from console.markup import minute, pairs
from console.model_page.charts import Chart
from console.model_page.data import Gathered
from console.page import PageContext
from console.pages.model.parts import (
    AWAY,
    NO_API,
    STATUS,
    Why,
    csv,
    figure,
    frame,
    heading,
    level,
    missing,
    numbers,
    panel,
)  # fmt: skip
from core.monitoring.drift_features import DriftFeatures, MovedFeature

ALIKE = 0.01  # a change of the share that is missing which is not worth a word


def parts(context: PageContext, found: Gathered, charts: dict[str, Chart]) -> list[Any]:
    """The heading and both panels."""
    drift, note = found.resources.drift, ""
    if drift and drift.largest is not None:
        note = (
            f"largest KL divergence of the week: {drift.largest:.3f}; watch from {drift.watch:.2f}, drifted above "
            f"{drift.threshold:.2f}"
        )
    panels = [_days(context, found, charts), _features(found, charts)]
    return [heading("drift", "Drift", note=note), html.Div(panels, className="story")]


def _days(context: PageContext, found: Gathered, charts: dict[str, Chart]) -> html.Section:
    drift = found.resources.drift
    why = Why(AWAY, found.errors.get("drift") or NO_API)
    if drift:
        enough = f"Drift needs at least {drift.minimum} predictions of one model version; there are {drift.n:,}."
        why = Why("Insufficient data", enough)
    moved = found.resources.drift_features
    after = [*([_target(found, moved)] if moved else []), _report(context, found)]
    return panel(
        "kl", "Largest drift per day", "KL divergence against training", "w4", charts.get("kl"), "drift-days",
        "Largest KL divergence of each of seven days, with the lines 0.10 and 0.15", why, after=after,
    )  # fmt: skip


def _target(found: Gathered, moved: DriftFeatures) -> html.Div:
    target = moved.target
    after: Any = NONE
    if target.after is not None:
        bounds = target.interval or (None, None)
        after = [_percent(target.after), " ", html.Small(f"({_plain(bounds[0])}–{_plain(bounds[1])})")]
    known = {"Training": _percent(target.before), "Labelled, 7 days": after}
    known[f"Estimated, {found.window}"] = _estimated(found)
    words = (
        "The estimate is valid only while scores stay calibrated. Frauds get their labels first, so the labelled share "
        f"is too high while {target.labelled:,} of {target.total:,} are labelled."
    )
    parts = [html.H4("Share of fraud (target)"), pairs(known), html.P(words, className="quiet")]
    return html.Div(parts, className="words", id="target")


def _percent(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:.2f} %"


def _plain(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:.2f}"


def _estimated(found: Gathered) -> Any:
    some = found.resources.model.estimated if found.resources.model else None
    if not some or some.fraud_rate is None:
        return NONE
    bounds = some.intervals.get("fraud_rate")
    range_of = [" ", html.Small(f"({_plain(bounds[0])}–{_plain(bounds[1])})")] if bounds else []
    return [_percent(some.fraud_rate), *range_of]


def _report(context: PageContext, found: Gathered) -> html.P:
    report = found.stored.report
    address = f"{context.prefix}model/drift"
    if not report:
        way = html.A("No full report on this model yet", href=address, className="link")
        return html.P([way, ": it tests every feature, corrected for multiple testing."], className="keys-of")
    way = html.A(f"Full report {report['id']}", href=address, className="link")
    features = f"{report['drifted']} of {report['judged']} features"
    words = f" of {minute(report['created_at'])} UTC: {report['verdict']}, {features}."
    return html.P([way, words], className="keys-of")


def _features(found: Gathered, charts: dict[str, Chart]) -> html.Section:
    moved = found.resources.drift_features
    if not moved:
        body: Any = missing(Why(AWAY, found.errors.get("drift_features") or NO_API))
    elif not moved.features:
        enough = (
            f"Comparing features needs at least {moved.minimum} predictions of one model version; there are "
            f"{moved.n:,}."
        )
        body = missing(Why("Insufficient data", enough))
    else:
        figures = [_feature(one, charts[f"feature-{at}"]) for at, one in enumerate(moved.features)]
        body = html.Div([*figures, *_scores(moved, charts)], className="multiples")
    counted = f"; {moved.n:,} predictions" if moved and moved.features else ""
    note = f"grey: training, line: the last 7 days{counted}"
    return frame("p-features", "Largest changes", note, "w8", [body])


def _feature(one: MovedFeature, chart: Chart) -> html.Figure:
    name, before, now = one.name, *one.missing
    file = f"feature-{name}"
    gone = []
    if abs(before - now) > ALIKE:
        gone = [html.Small(f"missing {100 * before:.1f} % → {100 * now:.1f} %", className="quiet")]
    status = level(STATUS[one.status], f"KL {one.kl:.3f}")
    return html.Figure(
        [
            html.Figcaption([html.B(name, className="mono"), status, csv(file, name, "")]),
            figure(chart, file, f"{name} before and after"),
            *gone,
            numbers(chart, file, name),
        ],
        id=file,
    )


def _scores(moved: DriftFeatures, charts: dict[str, Chart]) -> list[html.Figure]:
    if not moved.score:
        return []
    status = level(STATUS[moved.score.status], f"KL {moved.score.kl:.3f}")
    caption: list[Any] = [html.B("Scores"), " ", html.Small("(log scale)"), status, csv("scores", "scores", "")]
    chart = charts["scores"]
    return [
        html.Figure(
            [
                html.Figcaption(caption),
                figure(chart, "scores", "Scores before and after"),
                numbers(chart, "scores", "Scores"),
            ],
            id="feature-scores",
        )
    ]
