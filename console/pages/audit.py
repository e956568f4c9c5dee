"""The audit log: who changed what, when, from where; filters, CSV of what is filtered, and the proof of the chain."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import html
from flask import Response

from console.actions import Action, Done, Form, action
from console.attributes import attributes
from console.audit_diff import difference
from console.auth.context import AuthContext
from console.page import File, Page, PageContext, Place
from console.panel import Column
from console.panel_layout import icon
from console.table import table, when
from core import clock, codec
from core.audit import chain, check
from core.audit.chain import Filter
from core.audit.rows import Entry
from core.untrusted_text import settled
from core.web import download as downloads

PAGE_ROWS = 50
FULL_ROWS = 100_000  # of a longer log the page proves what is new; `make audit` and the alert worker prove all of it
FIELDS = (
    ("actor", "Who", "text"),
    ("action", "Action", "text"),
    ("target", "What", "text"),
    ("from", "From (UTC)", "date"),
    ("to", "To (UTC)", "date"),
)
NAMES = (*(field[0] for field in FIELDS), "batches")
COLUMNS = (
    Column("seq", "No.", "int"),
    Column("at", "When (UTC)", "second"),
    Column("actor", "Who"),
    Column("action", "Action", "mono"),
    Column("target", "What"),
    Column("change", "Change", "long"),
    Column("ip", "From", "mono"),
)


def content(context: PageContext) -> Any:
    """The rows that the address asks for, newest first; 400 and what is wrong by field for a bad day."""
    wanted, wrong = _filter(context)
    below = context.args.get("below", "")
    first = int(below) if below.isdecimal() and len(below) < 16 else None
    rows = chain.listed(context.auth.database, wanted, first, PAGE_ROWS + 1)
    query = {
        name: context.args[name] for name in (*(field[0] for field in FIELDS), "batches") if context.args.get(name)
    }
    empty = "No changes match. Clear a filter or choose a longer period." if query else "No changes yet."
    older = []
    if len(rows) > PAGE_ROWS:
        address = f"{context.prefix}audit?{urlencode({**query, 'below': rows[PAGE_ROWS - 1].seq})}"
        older = [html.P(html.A("Older", href=address, className="btn btn-secondary btn-sm"), className="more")]
    csv = html.A(
        [icon("download"), "CSV"], href=f"{context.prefix}audit.csv?{urlencode(query)}", className="tool", download=""
    )
    prove = html.Button(
        [icon("shield-check"), "Verify"], type="button", className="tool", **attributes(_acts(context, verify))
    )
    page = html.Div(
        [
            html.H1("Audit log", className="page-title"),
            table(
                "changes", "Changes", COLUMNS, [_row(row) for row in rows[:PAGE_ROWS]], empty, "newest first",
                tools=[prove, csv], above=[_filter_form(context, wrong)], below=older, whole=False,
            ),
        ]
    )  # fmt: skip
    return (page, 400) if wrong else page


def _acts(context: PageContext, wanted: Action) -> dict[str, str]:
    return {"data-act": context.prefix + wanted.path}


def _row(row: Entry) -> list[Any]:
    change = [change_of(row) or "–", f"{row.before or 'nothing'} → {row.after or 'nothing'}"]
    return [str(row.seq), row.seq, when(row.at), row.actor, row.action, row.target, change, row.ip]


def change_of(row: Entry) -> str:
    """What a row changed, in words; the page has the documents themselves on hover."""
    before, after = (codec.decode(text.encode()) if text else None for text in (row.before, row.after))
    return difference(before, after)


def _filter_form(context: PageContext, wrong: dict[str, str]) -> html.Form:
    fields = [
        html.Div(
            [
                html.Label(label, htmlFor=f"f-{name}"),
                dbc.Input(
                    id=f"f-{name}", name=name, type=kind, value=settled(context.args.get(name, "")), autocomplete="off",
                    invalid=name in wrong,
                ),
                html.P(wrong.get(name, ""), id=f"w-{name}", className="wrong"),
            ]
        )
        for name, label, kind in FIELDS
    ]  # fmt: skip
    hide = dbc.Checkbox(
        id="f-batches-hide", name="batches", label="Hide batches of labels", class_name="check-line",
        value=context.args.get("batches") == "hide",
    )  # fmt: skip
    return html.Form(
        [*fields, hide, dbc.Button("Show", type="submit")],
        className="filter",
        method="get",
        action=f"{context.prefix}audit",
    )


def _filter(context: PageContext) -> tuple[Filter, dict[str, str]]:
    """What the address asks for, and what is wrong with it by field; dates are whole days, UTC."""
    wrong: dict[str, str] = {}
    start, end = _day(context, "from", wrong), _day(context, "to", wrong)
    texts = {name: context.args.get(name, "").strip()[:300] or None for name in ("actor", "action", "target")}
    hide = context.args.get("batches") == "hide"
    return Filter(**texts, start=start, end=end + timedelta(days=1) if end else None, without_batches=hide), wrong


def _day(context: PageContext, name: str, wrong: dict[str, str]) -> datetime | None:
    text = context.args.get(name, "")
    try:
        return clock.day(text) if text else None
    except ValueError:
        wrong[name] = "Enter a day as YYYY-MM-DD."
        return None


def download(context: PageContext) -> Response:
    """Everything that the filter finds, as CSV."""
    wanted, _ = _filter(context)
    name = f"gatehouse-audit-{clock.to_datetime(clock.now()):%Y%m%d-%H%M%S}.csv"
    rows = chain.everything(context.auth.database, wanted)
    return downloads.attachment(chain.export(rows), "text/csv; charset=utf-8", name)


@action("audit/verify", role="admin", name="audit_verify", audited=False)
def verify(auth: AuthContext, form: Form) -> Done:
    """Prove the chain of the log."""
    newest = chain.listed(auth.database, Filter(), most=1)
    found = check.check(auth.database, auth.audit, full=not newest or newest[0].seq <= FULL_ROWS)
    if found.problem:
        return Done(f"Verification failed at row {found.seq}: {found.problem}", bad=True)
    return Done(f"Verified: {found.rows} rows form an unbroken chain, and the newest is signed.")


PAGE = Page(
    name="audit",
    path="audit",
    title="Audit log",
    short="Audit",
    role="admin",
    content=content,
    place=Place(100, "d", "More"),
    actions=(verify,),
    files=(File("audit_csv", "audit.csv", download),),
)
