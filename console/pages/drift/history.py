"""Drift over the period, at least a month: shares of drifted features by report, and the largest KL by day."""

from typing import Any

from dash import html

from console import analytics_parts, changes, format, markup
from console.analytics_parts import Asked
from console.chart_panel import chart_panel, column
from console.figures import drift_history as figures
from console.figures.bins import Bins
from console.page import PageContext
from console.pages.drift.verdicts import VERDICTS
from core.analytics import drift_history
from core.analytics.drift import Day, Limits, Report
from core.analytics.periods import DAY, Span
from core.models.drift import params

LEAST = 30 * DAY  # a day has one point of its own


def charts(context: PageContext, wanted: Asked) -> html.Div:
    """Both charts with their lines and marks of what changed."""
    settings, asked = context.auth.settings, wanted.period.span
    span = Span(min(asked.start, asked.end - LEAST), asked.end)
    limits, terms = drift_history.limits(settings), params.load(settings)

    def both(connection: Any) -> tuple[list[Report], list[Day]]:
        return drift_history.reports(connection, span), drift_history.days(connection, span, limits.minimum)

    reports, days = analytics_parts.read(context, both)
    bins = changes.marked(context.auth.api, Bins(span.start // 60, span.end // 60, 24 * 60))
    lines = (terms.watch_share, terms.retrain_share)
    panels = [_shares(reports, lines, bins), _days(days, limits, bins)]
    return html.Div([column(6, one) for one in panels], className="grid mb-3", id="history")


def _shares(found: list[Report], lines: tuple[float, float], bins: Bins) -> html.Section:
    title = "Drifted features by report"
    if not any(one.share is not None for one in found):
        return markup.sheet("drift-shares", title, markup.calm("graph-up", "No report in this period.", SOON))
    rows = [
        [one.id, markup.minute(one.at), one.model_version or format.NONE, VERDICTS[one.verdict].word,
         format.percent_of(one.share), f"{one.drifted} of {one.judged}"]
        for one in reversed(found)
    ]  # fmt: skip
    return chart_panel(
        "drift-shares", title, figures.shares(found, *lines, bins), "Share of drifted features of each drift report",
        [">Report", "Created (UTC)", ">Model", "Verdict", ">Share", ">Features"], rows, "share of judged features",
    )  # fmt: skip


SOON = "Request one below, or schedule python -m ml drift --days 7."


def _days(found: list[Day], limits: Limits, bins: Bins) -> html.Section:
    title = "Largest drift per day"
    if not any(one.kl is not None for one in found):
        enough = f"A day needs at least {limits.minimum} predictions of one model version."
        return markup.sheet("drift-days", title, markup.calm("graph-up", "Insufficient data.", enough))
    rows = [
        [f"{one.day}", one.model_version, f"{one.n:,}", format.NONE if one.kl is None else f"{one.kl:.3f}",
         one.feature or format.NONE]
        for one in reversed(found)
    ]  # fmt: skip
    return chart_panel(
        "drift-days", title, figures.divergences(found, limits, bins), "Largest KL divergence of each day",
        ["Day", ">Model", ">Predictions", ">KL", "Feature"], rows, "KL divergence against training, nats",
    )  # fmt: skip
