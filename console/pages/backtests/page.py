"""Backtests (A13): choose a rule and a span, try another threshold beside it, see both; a worker runs them."""

from collections.abc import Mapping
from typing import Any

from dash import html
from flask import g

from console import forms
from console.actions import Done, Form, action
from console.auth.context import AuthContext
from console.markup import page, sheet
from console.page import Page, PageContext, Place, View
from console.pages.backtests import one
from console.pages.backtests.spec import SPANS, lasting, limit_of, series_of, spec_of, typed_of
from console.pages.status_style import look
from console.panel import Column
from console.panel_layout import icon
from console.table import table, when
from core import clock
from core.alerting import alert_reads, backtests
from core.settings import Settings
from core.tabular import series as series_file

NEWEST = 30
EVERY = 5.0  # seconds
COLUMNS = (
    Column("id", "No.", "int"),
    Column("state", "State", "state"),
    Column("rule", "Rule", "two"),
    Column("over", "Data"),
    Column("tries", "Variants", "mono"),
    Column("asked", "Requested (UTC)", "when"),
    Column("by", "By"),
)
EMPTY = "No backtests yet. Choose a rule above; results take a few seconds."


def content(context: PageContext) -> View:
    """The form and the newest backtests."""
    with context.auth.database.transaction() as connection:
        newest = backtests.newest(connection, NEWEST)
    shown = page(
        "backtests",
        "Backtests",
        _request_form(context) if context.can("analyst") else None,
        table("newest", "Recent backtests", COLUMNS, [_row(found) for found in newest], EMPTY, "newest first"),
        wide=True,
    )
    return View(shown, every=EVERY)


def _request_form(context: PageContext) -> html.Section:
    typed = typed_of(context.args)
    with context.auth.database.transaction() as connection:
        rules = alert_reads.rules(connection)
    names = {rule.id: f"{rule.id}: {rule.title}" + (f" ({limit_of(rule)})" if limit_of(rule) else "") for rule in rules}
    configured = {"placeholder": "as configured"}
    fields = [
        forms.choice("rule", "Rule", {"": "choose", **names}, typed["rule"] if typed["rule"] in names else ""),
        forms.text("limit", "Test another limit", typed["limit"], inputmode="decimal", maxlength=20, **configured),
        forms.text("hold", "Test another “for” (90s, 10m)", typed["hold"], maxlength=10, **configured),
        forms.choice("span", "Over the last", SPANS, typed["span"] if typed["span"] in SPANS else "24h"),
        forms.text("from", "Or from (UTC)", typed["from"], type="datetime-local"),
        forms.text("to", "to (UTC)", typed["to"], type="datetime-local"),
    ]
    made = forms.form(
        context.prefix,
        request,
        [
            html.Div(fields, className="grid cols-1 cols-md-3 row-gap-0 align-items-end"),
            _own_series(context.auth, typed),
        ],
        [icon("graph-up"), "Run"],
    )
    note = "runs the production evaluator on stored or uploaded data"
    return sheet("ask", "New backtest", made, note=note)


def _own_series(auth: AuthContext, typed: Mapping[str, str]) -> html.Details:
    largest = auth.settings.config.uploads.series_bytes
    ways = {"": "report an error", **{way: way for way in series_file.COMBINED}}
    fields = [
        forms.upload("file", "File", ".csv,text/csv", largest),
        forms.text("time", "Time column", typed["time"], maxlength=100),
        forms.text("value", "Value column", typed["value"], maxlength=100),
        forms.text("by", "Series column", typed["by"], maxlength=100, placeholder="one series"),
        forms.choice("combine", "Duplicate timestamps", ways, typed["combine"]),
        forms.text("unit", "Unit", typed["unit"], maxlength=20, placeholder="e.g. ms"),
    ]
    summary = html.Summary(f"Your own series (CSV, at most {largest // 1024**2} MB)")
    return html.Details(
        [summary, html.Div(fields, className="grid cols-1 cols-md-3 row-gap-0 align-items-end")],
        className="border rounded px-3 mt-2",
    )


def _row(found: backtests.Backtest) -> list[Any]:
    tries = "; ".join(
        ", ".join(f"{name} {value}" for name, value in variant["set"].items()) for variant in found.spec["variants"][1:]
    )
    return [
        found.id, found.id, [*look(found.state), ""],
        [found.spec["rule"], found.message, f"alerts/backtests/{found.id}"], lasting(found.spec), tries or "–",
        when(found.requested_at), found.requested_by,
    ]  # fmt: skip


def _largest(settings: Settings) -> int:
    return settings.config.uploads.series_bytes


@action("alerts/backtests", role="analyst", name="backtest_request", largest=_largest)
def request(auth: AuthContext, form: Form) -> Done:
    """Ask for a backtest; a worker runs it."""
    typed, now = typed_of(form.values), clock.now()
    series = series_of(typed, form.file("file"), auth.settings.config.uploads)
    with auth.database.transaction() as connection:
        rules = {rule.id: rule for rule in alert_reads.rules(connection)}
        spec = spec_of(typed, rules, series, now)
        number = backtests.request(connection, auth.audit, spec, g.session.user, now)
    return Done("", go=f"alerts/backtests/{number}")


PAGE = Page(
    name="backtests",
    path="alerts/backtests",
    title="Backtests",
    role="viewer",
    content=content,
    place=Place(65, "b", "More"),
    actions=(request,),
)
PAGES = (PAGE, one.PAGE)
