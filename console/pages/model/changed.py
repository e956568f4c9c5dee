"""What changed in thirty days, and the challenger in the shadow beside the champion."""

from typing import Any

from dash import html

from console.markup import moment
from console.model_page.charts import Chart, share
from console.model_page.data import Gathered
from console.model_page.narrative import NarrativeEvent, Story
from console.page import PageContext
from console.pages.model.parts import AWAY, NO_API, csv, figure, frame, heading, numbers, says
from console.panel import Column
from console.panel_layout import icon
from console.table import plain_table
from core import clock
from core.monitoring.shadow import ShadowComparison

KINDS = {"role": "Model", "training": "Training", "policy": "Policy", "incident": "Drift"}
LISTED, LONGEST = 12, 150
SHADOW = (
    Column("champion", "Champion decision"),
    Column("challenger", "Challenger decision"),
    Column("n", "Transactions", "int"),
    Column("frauds", "Frauds of labelled"),
)
NOBODY = (
    "A challenger scores live traffic in shadow mode and is compared with the champion. Start one on the Versions page "
    "or with python -m ml shadow N."
)


def parts(context: PageContext, found: Gathered, told: Story, charts: dict[str, Chart]) -> list[Any]:
    """The heading and both panels."""
    note = "last 30 days: roles, training runs, policy, drift incidents"
    panels = [_timeline(context, found, told, charts.get("changes")), _shadow(found)]
    return [heading("changed", "Changes", note=note), html.Div(panels, className="story")]


def _timeline(context: PageContext, found: Gathered, told: Story, chart: Chart | None) -> html.Section:
    tools, body = [], []
    if chart is not None:
        tools = [csv("changes", "timeline")]
        label = "Changes of the model, training, policy and drift incidents over 30 days"
        lines = [_line(context, one, found.now) for one in told.changes[:LISTED]]
        body = [
            figure(chart, "changes", label),
            html.Ul(lines, className="lines changes", id="changes-list"),
            numbers(chart, "changes", "Changes", f"All {len(told.changes)} changes as a table"),
        ]
    elif "PostgreSQL" in found.away:
        body = [says("wifi-off", AWAY, "PostgreSQL cannot be reached.")]
    else:
        body = [
            says(
                "clock", "Nothing changed", "No role change, training run, policy change or drift incident in 30 days."
            )
        ]
    return frame("p-changes", "Timeline", "newest first; UTC", "w8", body, tools)


def _line(context: PageContext, one: NarrativeEvent, now: float) -> html.Li:
    text = one.text if len(one.text) <= LONGEST else f"{one.text[: LONGEST - 1]}…"
    what: Any = text
    if one.address:
        what = html.A(text, href=context.prefix + one.address, className="link", title=one.text)
    who = html.Small(one.who)
    return html.Li(
        [html.Span(KINDS[one.kind], className="tag"), " ", what, " ", who, " ", moment(one.at, clock.to_datetime(now))]
    )


def _shadow(found: Gathered) -> html.Section:
    shadow = found.resources.shadow
    note = ""
    if shadow is None:
        body = [says("wifi-off", AWAY, found.errors.get("shadow") or NO_API)]
    elif shadow.challenger is None:
        body = [says("person-check", "No model in shadow mode", NOBODY)]
    else:
        note = f"model {shadow.challenger} against {shadow.champion}"
        body = _beside(shadow) if shadow.n else [_waits(shadow)]
    return frame("shadow", "Challenger in shadow mode", note, "w4", body)


def _waits(shadow: ShadowComparison) -> html.Div:
    text = "It scores the same traffic as the champion. No transactions yet."
    return says("clock", f"Model {shadow.challenger} is waiting for traffic", text)


def _beside(shadow: ShadowComparison) -> list[Any]:
    rows = [
        [
            f"{pair.champion}/{pair.challenger}", pair.champion.lower(), pair.challenger.lower(), pair.n,
            f"{pair.frauds:,} of {pair.labelled:,}" if pair.labelled else "–",
        ]
        for pair in sorted(shadow.pairs, key=lambda pair: -pair.n)
    ]  # fmt: skip
    same: list[Any] = [
        "Same decision on ", html.B(f"{100 * (shadow.same_decision or 0):.1f} %"),
        f" of {shadow.n:,}; scores differ by {shadow.mean_difference or 0:+.3f} on average.",
    ]  # fmt: skip
    facts = [html.Li([icon("check-lg"), html.Span(same)]), _ranking(shadow)]
    table = plain_table("shadow-rows", "Decisions compared", SHADOW, rows)
    return [table, html.Ul(facts, className="facts-list", id="shadow-facts")]


def _ranking(shadow: ShadowComparison) -> html.Li:
    precision = shadow.average_precision
    if precision is None:
        words: list[Any] = [
            "Which model ranks frauds better is ", html.B("unknown yet"),
            f": {shadow.frauds} known frauds so far, {shadow.least_frauds} needed.",
        ]  # fmt: skip
        return html.Li([icon("question-circle"), html.Span(words)])
    difference = precision.challenger - precision.champion
    words = [
        "Average precision ", html.B(share(precision.challenger)), f" against {share(precision.champion)}: "
        f"{difference:+.3f}, 95 % {precision.low:+.3f} to {precision.high:+.3f}, ", html.B(precision.verdict),
        f" ({shadow.frauds} frauds of {shadow.labelled:,} labelled).",
    ]  # fmt: skip
    return html.Li([icon("bar-chart-line"), html.Span(words)])
