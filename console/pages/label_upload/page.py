"""Labels from a file, in the console: read first, bad rows named by line and column, then taken whole or not.

What was guessed of a file, as which column names the transaction in a processor's export, is shown before it counts:
the file is kept for its person until they record it.
"""

import secrets
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from flask import Response, g, make_response, redirect

from console import forms
from console.actions import Done, Form, Refusal, action
from console.auth.audited import address
from console.auth.context import AuthContext
from console.format import number
from console.looks import NOTE
from console.page import File, Page, PageContext
from console.pages.label_upload import results
from console.pages.label_upload.results import PLACE, Sent
from console.panel_layout import icon
from console.transaction_parts import tabs
from core import bounded_process, clock
from core.errors import BadInput
from core.transactions import label_file, label_file_store, label_store
from core.transactions.label_file import Asked, Rows
from core.transactions.label_file_store import Kept
from core.transactions.label_store import Caller
from core.transactions.labels import SOURCES
from core.web import download as downloads

PATH = "transactions/labels"
FIELDS = ("source", "partial", "zone", "id_column")
ACCEPT = ".csv,.gz,.xz,.bz2,text/csv,text/plain,application/gzip"
COLUMNS = {
    "transaction_id": "or txn_id, id, or the id column of a payment processor's export",
    "label": (
        "fraud, legit or unsure; 1 or 0. Not needed for chargebacks: each row is a fraud. In dispute exports from "
        "Stripe, Adyen, Braintree and PayPal the outcome decides: lost is fraud, won is legit, open is unsure."
    ),
    "source": "chargeback outranks appeal, appeal outranks analyst",
    "timestamp": (
        "ISO 8601, epoch seconds or a spreadsheet date; the time of the chargeback, not of the payment; default: now"
    ),
    "comment, actor": "stored with the label",
}


def content(context: PageContext) -> Any:
    """The form, a place for what came of it, and what a file looks like."""
    limits = context.auth.settings.config
    note = f"CSV, at most {limits.uploads.labels_rows:,} rows and {number(limits.limits.max_body_bytes / 1048576)} MiB"
    form = forms.form(
        context.prefix,
        send,
        [
            forms.upload("file", "File", ACCEPT, limits.limits.max_body_bytes),
            forms.choice("source", "Default source", {one: one for one in SOURCES}, "chargeback"),
            forms.text("id_column", "Transaction id column", maxlength=200, placeholder="detected"),
            forms.text("zone", "Default time zone", maxlength=64, placeholder="UTC"),
            dbc.Checkbox(
                id="f-partial-1", name="partial", label="Import valid rows even if others are invalid", value=False,
            ),
        ],
        "Upload",
    )  # fmt: skip
    example = html.A(
        [icon("download"), "Example"],
        href=f"{context.prefix}{PATH}/example.csv",
        className="btn btn-sm btn-outline-secondary",
    )
    looks = [
        html.P(
            "The first row names the columns. By default, a file is imported completely or not at all.",
            className="text-body-secondary mb-2",
        ),
        html.Dl([part for name, text in COLUMNS.items() for part in (html.Dt(name, className="mono"), html.Dd(text))],
                className="pairs"),
        html.P(
            "Delimiter: comma, semicolon, tab or bar. Encoding: UTF-8 with or without BOM, UTF-16 or windows-1252. "
            "Compression: gzip, xz or bzip2. Uploading the same file again changes nothing.",
            className="text-body-secondary mb-2",
        ),
    ]  # fmt: skip
    return html.Div(
        [
            html.H1("Labels from a file", className="page-title"),
            tabs(context, PATH),
            html.Div(id=PLACE),
            html.Div(
                [_sheet("Upload", form, note, example), _sheet("File format", looks)],
                className="grid cols-1 cols-md-2 align-items-start mb-3",
            ),
        ]
    )


def _sheet(title: str, body: Any, note: str = "", tool: Any = None) -> html.Section:
    head = html.Div(
        [html.H2(title), html.Span(note, className=NOTE), tool],
        className="head card-header",
    )
    return html.Section([head, html.Div(body, className="body card-body")], className="panel sheet card")


@action(PATH, role="analyst", name="label_upload_send")
def send(auth: AuthContext, form: Form) -> Done:
    """Record the labels of a file, or show what was guessed of it first."""
    typed = {name: form.text(name).replace("\0", "") for name in FIELDS}
    if typed["source"] not in SOURCES:
        raise Refusal(source="Choose the source of the labels.")
    token, root = form.text("token"), auth.prefix + PATH
    kept = label_file_store.one(auth.database, g.session.user, token) if token else _given(form, typed)
    if kept is None:
        raise Refusal(file="The file has expired. Choose it again." if token else "Choose a file.")
    sent = Sent(kept.name, _read(auth, kept, typed))
    if not sent.found.good or (sent.found.bad and not typed["partial"]):
        return Done("", bad=True, place=PLACE, content=results.refused(sent), status=400)
    with auth.database.transaction() as connection:
        matched = label_file_store.match(connection, sent.found)
    agreed = form.text("agreed") == "1" and bool(token)
    if sent.found.kind or matched.unmatched:
        kept_as = label_file_store.keep(auth.database, g.session.user, kept.name, typed, kept.body)
        sent = sent._replace(token=kept_as)
    if sent.found.kind and not agreed:
        return Done("", place=PLACE, content=results.guessed(sent, matched, root, typed))
    caller = Caller(g.session.user, address(), g.get("correlation_id"))
    with auth.database.transaction() as connection:
        outcomes = label_store.record(connection, auth.audit, matched.good, caller, secrets.token_hex(8))
    return Done("", place=PLACE, content=results.recorded(sent, matched, outcomes, root))


def _given(form: Form, typed: dict[str, str]) -> Kept | None:
    """The file that came with the form."""
    given = form.file("file")
    return None if given is None else Kept((given.filename or "")[:200], typed, given.stream.read())


def _read(auth: AuthContext, kept: Kept, typed: dict[str, str]) -> Rows:
    """What the file holds. Raises Refusal, by the field of the file."""
    config = auth.settings.config
    asked = Asked(typed.get("source") or None, typed.get("zone", ""), typed.get("id_column", ""))
    try:
        found = bounded_process.call(
            label_file.parse, kept.body, clock.now(), g.session.user, config.ingest.future_seconds, asked,
            label_file.Limits.of(config.uploads), bounds=bounded_process.reading(config.uploads),
        )  # fmt: skip
        if not found.good and not found.bad:
            raise BadInput("file", "has a header and no rows")
    except BadInput as error:
        raise Refusal(file=f"{kept.name}: {error.field} {error.reason}.") from None
    return found


def unmatched(context: PageContext) -> Response:
    """The ids of a kept file that were never scored here; back to the form when it is not kept any more."""
    kept = label_file_store.one(context.auth.database, context.session.user, context.args.get("token", ""))
    if kept is None:
        return make_response(redirect(context.prefix + PATH, 303))
    with context.auth.database.transaction() as connection:
        found = label_file_store.match(connection, _read(context.auth, kept, kept.options))
    return downloads.csv(("transaction_id",), [(name,) for name in found.unmatched], "gatehouse-unmatched-ids.csv")


def example(context: PageContext) -> Response:
    """A file as it should look."""
    rows = [("tx_000123", "fraud", "2026-01-31T18:00:00Z", "card stolen"), ("tx_000124", "legit", "", "")]
    return downloads.csv(("transaction_id", "label", "timestamp", "comment"), rows, "gatehouse-labels-example.csv")


PAGE = Page(
    name="label_upload",
    path=PATH,
    title="Labels from a file",
    role="analyst",
    content=content,
    actions=(send,),
    files=(
        File("label_unmatched", f"{PATH}/unmatched.csv", unmatched),
        File("label_example", f"{PATH}/example.csv", example),
    ),
    under="transactions",
)
