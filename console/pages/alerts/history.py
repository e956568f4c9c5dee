"""Incidents that were: filtered, newest first, in pages, and all of them as CSV."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import html
from flask import Response

from console import forms, incident_parts
from console.page import PageContext
from console.pages.status_style import length, look
from console.panel import Column
from console.panel_layout import icon
from console.rule_format import limited, measured
from console.table import table, when
from core import clock
from core.alerting import alert_reads
from core.alerting.alert_reads import Filter
from core.alerting.incident import Incident
from core.untrusted_text import settled
from core.web import download as downloads

ROWS = 50
FILTERS = ("rule", "severity", "status", "words", "from", "to")
SEVERITIES = ("critical", "high", "medium", "low")
STATUSES = ("open", "acknowledged", "resolved")
COLUMNS = (
    Column("opened", "Opened", "time"), Column("severity", "Severity", "state"), Column("what", "Alert", "what"),
    Column("state", "State", "state"), Column("lasted", "Duration"), Column("peak", "Peak", "mono"),
    Column("limit", "Limit", "mono"), Column("hand", "Acknowledged by"), Column("by", "Resolved by"),
)  # fmt: skip
CSV = (
    "id", "rule", "series", "kind", "severity", "status", "title", "summary", "value", "peak", "limit_value", "unit",
    "began_at", "opened_at", "acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by", "assignee",
    "correlation_id",
)  # fmt: skip


def shown(connection: Any, args: Mapping[str, str], prefix: str, now: datetime) -> html.Section:
    """The incidents that the address asks for, with the form that changes what it asks."""
    wanted, typed, wrong = _filter(args)
    found = alert_reads.incidents(connection, wanted, _below(args), ROWS + 1)
    rules = sorted({rule.id for rule in alert_reads.rules(connection)} | {one.rule for one in found})
    query = {name: value for name, value in typed.items() if value}
    empty = "No incidents match. Clear a filter or choose a longer period." if query else (
        "No incidents yet. Alerts that fired stay here after they resolve."
    )  # fmt: skip
    older = []
    if len(found) > ROWS:
        last = found[ROWS - 1]
        mark = {"tab": "history", **query, "below": f"{last.opened_at.isoformat()}~{last.id}"}
        address = f"{prefix}alerts?{urlencode(mark)}"
        older = [html.P(html.A("Older", href=address, className="btn btn-sm btn-secondary"), className="more")]
    address = f"{prefix}alerts.csv?{urlencode(query)}"
    csv = html.A([icon("download"), "CSV"], href=address, className="tool", download="")
    return table(
        "history", "History", COLUMNS, [_row(one, now) for one in found[:ROWS]], empty,
        note="newest first, times are UTC", tools=[csv], above=[_form(prefix, typed, wrong, rules)], below=older,
        whole=False,
    )  # fmt: skip


def _row(one: Incident, now: datetime) -> list[Any]:
    peak = one.peak if one.peak is not None else one.value
    return [
        one.id, when(one.opened_at), [*look(one.severity), ""], incident_parts.what(one, one.summary),
        [*look(one.status), ""], length(one.opened_at, one.resolved_at or now),
        measured(peak, one.unit, one.details), limited(one.limit_value, one.unit, one.details),
        one.acknowledged_by, one.resolved_by,
    ]  # fmt: skip


def _form(prefix: str, typed: Mapping[str, str], wrong: Mapping[str, str], rules: list[str]) -> html.Form:
    lists = (("rule", "Rule", rules), ("severity", "Severity", SEVERITIES), ("status", "State", STATUSES))
    texts = (("words", "Search text", "search"), ("from", "From (UTC)", "date"), ("to", "To (UTC)", "date"))
    fields = [_select(name, label, options, typed[name]) for name, label, options in lists]
    fields += [_text(name, label, kind, typed[name], wrong.get(name, "")) for name, label, kind in texts]
    return html.Form(
        [forms.hidden("tab", "history"), *fields, dbc.Button("Show", type="submit")],
        className="filter",
        method="get",
        action=f"{prefix}alerts",
    )


def _select(name: str, label: str, options: Any, chosen: str) -> html.Div:
    listed = [{"value": "", "label": "any"}, *[{"value": one, "label": settled(one)} for one in options]]
    field = dbc.Select(id=f"f-{name}", name=name, options=listed, value=chosen)
    return html.Div([html.Label(label, htmlFor=f"f-{name}"), field])


def _text(name: str, label: str, kind: str, value: str, wrong: str) -> html.Div:
    field = dbc.Input(
        id=f"f-{name}", name=name, type=kind, value=settled(value), autocomplete="off", invalid=bool(wrong)
    )
    return html.Div([html.Label(label, htmlFor=f"f-{name}"), field, html.P(wrong, id=f"w-{name}", className="wrong")])


def _below(args: Mapping[str, str]) -> tuple[datetime, str] | None:
    at, _, name = args.get("below", "").partition("~")
    try:
        return (clock.moment(at.replace(" ", "+")), name[:200]) if name else None
    except ValueError:
        return None


def _filter(args: Mapping[str, str]) -> tuple[Filter, dict[str, str], dict[str, str]]:
    """What the address asks for, as typed, and what is wrong with it by field; dates are whole days, UTC."""
    typed = {name: args.get(name, "").replace("\0", "").strip()[:200] for name in FILTERS}
    wrong: dict[str, str] = {}
    start, end = _day("from", typed, wrong), _day("to", typed, wrong)
    wanted = Filter(
        rule=typed["rule"] or None,
        severity=typed["severity"] if typed["severity"] in SEVERITIES else None,
        status=typed["status"] if typed["status"] in STATUSES else None,
        words=typed["words"] or None,
        start=start,
        end=end + timedelta(days=1) if end else None,
    )
    return wanted, typed, wrong


def _day(name: str, typed: dict[str, str], wrong: dict[str, str]) -> datetime | None:
    try:
        return clock.day(typed[name]) if typed[name] else None
    except ValueError:
        wrong[name] = "Enter a date as YYYY-MM-DD."
        return None


def download(context: PageContext) -> Response:
    """Everything that the filter finds, as CSV."""
    wanted, _, _ = _filter(context.args)
    found = alert_reads.every_incident(context.auth.database, wanted)
    rows = ([_cell(getattr(one, name)) for name in CSV] for one in found)
    return downloads.csv(CSV, rows, f"gatehouse-incidents-{clock.to_datetime(clock.now()):%Y%m%d-%H%M%S}.csv")


def _cell(value: Any) -> Any:
    return clock.iso(value.timestamp()) if isinstance(value, datetime) else value
