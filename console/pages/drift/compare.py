"""Drift report comparison side by side: what new drift, what ceased."""

from collections.abc import Sequence
from typing import Any

from dash import html

from console import analytics_parts
from console.format import NONE
from console.markup import calm, chip, link, page, sheet
from console.page import Page, PageContext, View
from console.pages.drift.verdicts import VERDICTS, picker
from console.panel import Column
from console.table import table
from core.models import drift_reports
from core.models.drift import changes
from core.models.drift.report import Report

KINDS = {
    "began": ("blocked", "exclamation-octagon-fill", "new drift"),
    "ceased": ("good", "check-circle-fill", "ceased"),
    "other": ("review", "exclamation-triangle-fill", "changed"),
    "same": ("", "dash-circle", "as before"),
}


def content(context: PageContext) -> View:
    """The two of the address, or what is missing to compare."""
    database = context.auth.database
    reports = drift_reports.listed(database, None, drift_reports.MOST)
    chosen = [context.args.get(name, "") for name in ("first", "second")]
    numbers = [int(text) if text.isdecimal() and len(text) < 19 else 0 for text in chosen]
    found = [drift_reports.load(database, number) if number else None for number in numbers]
    first, second = found
    parts = [_missing(chosen, found)] if first is None or second is None else _both(context, chosen, first, second)
    shown = page(
        "drift_compare",
        "Drift report comparison",
        analytics_parts.tabs(context, "model/drift"),
        html.Div(picker(context, reports, chosen), className="panel sheet card"),
        *parts,
        back=("All reports", f"{context.prefix}model/drift"),
        wide=True,
    )
    return View(shown)


def _missing(chosen: list[str], found: list[Report | None]) -> html.Section:
    gone = [text for text, report in zip(chosen, found, strict=True) if text and report is None]
    words = f"Drift report {gone[0][:20]} does not exist." if gone else "Choose two reports."
    return html.Section(calm("table", words), className="panel sheet card")


def _both(context: PageContext, chosen: Sequence[str], first: Report, second: Report) -> list[Any]:
    heads = [_summary(context, name, report) for name, report in zip(chosen, (first, second), strict=True)]
    columns = (
        Column("name", "Column", "two"),
        Column("change", "Change", "state"),
        Column("before", f"Report {chosen[0]}"),
        Column("after", f"Report {chosen[1]}"),
        Column("effect_before", f"Effect in {chosen[0]}", "meter"),
        Column("effect_after", f"Effect in {chosen[1]}", "meter"),
    )
    rows = [
        [
            row.name, [row.name, "" if row.role == "feature" else row.role], [*KINDS[row.kind], ""],
            row.before or "missing", row.after or "missing", _effect(row.effect_before), _effect(row.effect_after),
        ]
        for row in changes.between(first, second).columns
    ]  # fmt: skip
    note = "largest changes first; effect relative to the relevance limit (1)"
    return [
        html.Div(heads, className="grid cols-1 cols-md-2 align-items-start mb-3"),
        table("columns", "Columns", columns, rows, "No columns.", note),
    ]


def _summary(context: PageContext, name: str, report: Report) -> html.Section:
    share = NONE
    if report.share is not None:
        share = f"{report.drifted} of {report.judged} drifted ({100 * report.share:.0f} %)"
    about = f"{report.current}, {report.current_rows:,} rows, against {report.reference}; {share}"
    return sheet(
        f"report-{name}",
        f"Report {name}",
        html.P(report.summary),
        html.P(about, className="text-body-secondary mb-2"),
        tools=[chip(*VERDICTS[report.verdict]), link("Open", f"{context.prefix}model/drift/{name}")],
    )


def _effect(value: float | None) -> list[Any]:
    return ["not tested"] if value is None else [f"{value:.2f}", min(value / 2, 1.0), "blocked" if value >= 1 else ""]


PAGE = Page(
    name="drift_compare",
    path="model/drift/compare",
    title="Drift report comparison",
    role="viewer",
    content=content,
    under="analytics",
)
