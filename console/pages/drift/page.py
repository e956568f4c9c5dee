"""Drift (L7, C1): its history over the period, kept reports listed, and a new one asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import html
from flask import g

from console import analytics_parts, forms, training_reads
from console.actions import Done, Form, Refusal, action
from console.auth.context import AuthContext
from console.format import NONE
from console.markup import bar, minute, said, sheet, since
from console.page import Page, PageContext, View
from console.pages.drift import compare, history, report
from console.pages.drift.requesting import FIELDS, SPANS, wanted_of
from console.pages.drift.verdicts import VERDICTS, picker
from console.panel import Column
from console.panel_layout import icon
from console.table import table, when
from core import clock
from core.models import drift_reports, drift_requests

LISTED = 50
EVERY, QUICK = 5.0, 1.0  # seconds; quick while a report is being made
FAILED = 3  # that are shown
COLUMNS = (
    Column("id", "No.", "page"),
    Column("verdict", "Verdict", "state"),
    Column("summary", "Summary", "long"),
    Column("compared", "Data", "two"),
    Column("rows", "Rows", "int"),
    Column("drifted", "Drifted", "two"),
    Column("made", "Created (UTC)", "when"),
    Column("by", "By"),
)


def content(context: PageContext) -> View:
    """What is being made, what failed, and the reports, newest first."""
    auth = context.auth
    with auth.database.transaction() as connection:
        requests = drift_requests.newest(connection)
    below = context.args.get("below", "")
    first = int(below) if below.isdecimal() and len(below) < 19 else None
    reports = drift_reports.listed(auth.database, first, LISTED)
    made = [one for one in requests if one.state in ("queued", "running")]
    failed = [one for one in requests if one.state == "failed"][:FAILED]
    asks = context.can("analyst")
    empty = "No reports yet." + (" Request one above, or schedule python -m ml drift --days 7." if asks else "")
    wanted = analytics_parts.asked(context)
    shown = analytics_parts.page(
        context,
        "model/drift",
        wanted,
        history.charts(context, wanted),
        _request_form(context) if asks else None,
        html.Div([_being_made(one) for one in made], id="being-made"),
        html.Div([_failed(one) for one in failed], id="failed"),
        table(
            "reports", "Reports", COLUMNS, [_row(one) for one in reports], empty, "newest first",
            above=[picker(context, reports, [str(one["id"]) for one in reports[1::-1]])] if len(reports) > 1 else [],
            below=_older(context, reports),
        ),
        title="Drift reports",
    )  # fmt: skip
    return replace(shown, every=QUICK if made else EVERY)


def _older(context: PageContext, reports: Sequence[Mapping[str, Any]]) -> list[Any]:
    if len(reports) < LISTED:
        return []
    address = f"{context.prefix}model/drift?below={reports[-1]['id']}"
    return [
        html.P(
            html.A("Older", href=address, rel="next", className="btn btn-secondary btn-sm"),
            className="d-flex gap-2 px-3 py-2 m-0",
        )
    ]


def _request_form(context: PageContext) -> html.Section:
    known = training_reads.versions(context.auth.database)
    models = {str(one.version): f"model {one.version}" + (f" ({one.role})" if one.role else "") for one in known}
    fields = [
        forms.choice("span", "Predictions of the last", SPANS, "7"),
        forms.text("from", "Or from (UTC)", type="datetime-local"),
        forms.text("to", "to (UTC)", type="datetime-local"),
        forms.choice("version", "Model", {"": "the champion", **models}, ""),
        forms.text(
            "threshold", "Retrain above this share of drifted features, %", inputmode="decimal", maxlength=8,
            placeholder="30",
        ),
    ]  # fmt: skip
    note = "compares stored predictions with the training data; at least 50 rows"
    made = forms.form(
        context.prefix,
        request,
        [html.Div(fields, className="grid cols-1 cols-md-3 row-gap-0 align-items-end")],
        [icon("graph-up"), "Create report"],
    )
    return sheet("ask", "New report", made, note=note)


def _being_made(one: Any) -> html.Section:
    words = "Creating the report" if one.state == "running" else "Waiting for a training worker"
    return html.Section(
        html.Div(
            [
                html.P([f"{words}: requested by {one.requested_by}, ", since(one.requested_at), " ago"]),
                bar("In progress"),
            ],
            className="body card-body",
        ),
        id=f"q{one.id}",
        className="panel sheet card",
    )


def _failed(one: Any) -> html.P:
    words = f"The report requested by {one.requested_by} at {minute(one.requested_at)} UTC failed: {one.message}"
    return said(words, "x-octagon-fill", "bad", f"x{one.id}")


def _row(one: Mapping[str, Any]) -> list[Any]:
    share = (
        [f"{one['drifted']} of {one['judged']}", f"{100 * one['share']:.0f} %"] if one["share"] is not None else [NONE]
    )
    look = VERDICTS[one["verdict"]]
    return [
        one["id"], [str(one["id"]), f"model/drift/{one['id']}"], [*look, ""], one["summary"],
        [one["current"], f"against {one['reference']}"], one["current_rows"], share, when(one["created_at"]),
        one["requested_by"],
    ]  # fmt: skip


@action("model/drift", role="analyst", name="drift_request")
def request(auth: AuthContext, form: Form) -> Done:
    """Ask for a report; a training worker makes it."""
    typed = {name: form.text(name, 40).replace("\0", "") for name in FIELDS}
    wrong: dict[str, str] = {}
    known = {str(one.version) for one in training_reads.versions(auth.database)}
    wanted = wanted_of(typed, clock.now(), known, wrong)
    if wanted is None or wrong:
        raise Refusal.by_field(wrong)
    with auth.database.transaction() as connection:
        drift_requests.request(connection, auth.audit, wanted, g.session.user)
        g.audited = True  # the request has its entry
    return Done("Report requested. It appears in the list when it is ready.")


PAGE = Page(
    name="model_drift",
    path="model/drift",
    title="Drift reports",
    role="viewer",
    content=content,
    actions=(request,),
    under="analytics",
)
PAGES = (PAGE, report.PAGE, compare.PAGE)
