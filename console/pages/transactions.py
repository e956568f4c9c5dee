"""Transactions: search, filter, sort, CSV, and one transaction with all that is known of it beside the list.

The address carries the filter and the open transaction, so a link shows the same. The list reads the store; what is
known of one transaction is asked of the monitoring API, which explains scores.
"""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, g, request

from console.auth.door import Door
from console.figures import waterfall
from console.figures.template import template
from console.format import NONE, money, number, sentence
from console.pages import verdict
from console.pages.plain import show
from core import clock, codec, csv_text, transaction_filter
from core.clock import iso
from core.errors import BadInput, Unreachable
from core.http import HttpClient
from core.roles import reaches
from core.store import confusion_reads, transaction_search
from core.store.review import ReviewConfig
from core.store.transaction_search import Found
from core.transaction_filter import FIELDS, SPANS, USUAL, Asked
from core.web.problems import problem

PAGE = 50
LONGEST_ID = 200
COLUMNS = (
    "time", "transaction_id", "score", "decision", "label", "label_source", "amount", "money_at_risk", "type", "wallet",
    "ip", "top_feature", "top_value", "model_version",
)  # fmt: skip


def install(server: Flask, door: Door, client: HttpClient) -> None:
    """Add `<prefix>transactions`, its CSV, and the page of one transaction."""
    root = f"{door.prefix}transactions"
    config = door.settings.section("review", ReviewConfig)

    @server.get(root, endpoint="transactions")
    def page() -> Response:
        return _list(door, client)

    @server.get(f"{root}.csv", endpoint="transactions_csv")
    def download() -> Response:
        given = _given()
        database, _ = door.history.place()
        asked = transaction_search.resolved(database, transaction_filter.strict(given, clock.now()))
        rows = transaction_search.everything(database, asked, config.export_rows)
        name = f"gatehouse-transactions-{asked.start:%Y%m%d%H%M}-{asked.end:%Y%m%d%H%M}.csv"
        answer = Response(csv_text.lines(COLUMNS, map(_cells, rows)), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    @server.get(f"{root}/one", endpoint="transaction")
    def one() -> Response:
        name = request.args.get("id", "")
        if not 0 < len(name) <= LONGEST_ID or "\0" in name:
            return problem(400, "Give the id of a transaction.", field="?id")
        values = known(door, client, name)
        fragment = request.args.get("fragment") == "1"
        page = "transaction_detail.html" if fragment else "transaction.html"
        return show(door, page, "transactions", values.pop("status"), **values)


def known(door: Door, client: HttpClient, name: str) -> dict[str, Any]:
    """What the template of one transaction wants; a failure is a sentence in `error`."""
    values: dict[str, Any] = {
        "id": name, "error": "", "status": 200, "document": None, "figure": "", "similar": [], "similar_error": "",
        "number": number, "money": money, "dash": NONE, "can_label": reaches(g.session.role, "analyst"),
        "template_json": codec.encode(template()).decode(), **verdict.of(door, name),
    }  # fmt: skip
    try:
        found = client.get(f"/api/v1/transactions/{quote(name, safe='')}")
        if found.status == 200:
            document = values["document"] = found.json()
            prediction = document.get("prediction") or {}
            features = prediction.get("features") or []
            if any(feature.get("contribution") is not None for feature in features):
                values["figure"] = codec.encode(waterfall.draw(features, prediction["score"])).decode()
            answer = client.get(f"/api/v1/transactions/{quote(name, safe='')}/similar") if prediction else None
            if answer is not None and answer.status == 200:
                values["similar"] = answer.json()
            elif answer is not None:
                values["similar_error"] = f"The monitoring API answered {answer.status}."
        elif found.status == 404:
            values["error"] = "No transaction has this id. It may be older than the retention, or not stored yet."
            values["status"] = 404
        else:
            values["error"] = f"The monitoring API answered {found.status}. Try again in a moment."
            values["status"] = 502
    except Unreachable:
        values["error"] = "The monitoring API cannot be reached. Labels can still be given."
        values["status"] = 503
    return values


def _list(door: Door, client: HttpClient) -> Response:
    given = _given()
    asked, wrong = transaction_filter.parse(given, clock.now())
    found, failed = transaction_search.Page([], ""), ""
    if not wrong:
        try:
            asked = transaction_search.resolved(door.database, asked)
            found = transaction_search.page(door.database, asked, PAGE, request.args.get("after", "")[:600])
        except BadInput as error:
            failed = sentence(error.reason)
    opened = request.args.get("open", "")[:LONGEST_ID]
    shown = known(door, client, opened) if opened and "\0" not in opened else {}
    shown.pop("status", None)
    with door.database.transaction() as connection:
        maturity = confusion_reads.maturity(connection, asked.start, asked.end)
    return show(
        door, "transactions.html", "transactions", 400 if wrong or failed else 200, rows=found.rows, typed=given,
        wrong=wrong, failed=failed, asked=asked, spans=list(SPANS), usual=USUAL, maturity=maturity,
        decisions=transaction_filter.DECISIONS, labels=transaction_filter.LABELS, types=transaction_filter.TYPES,
        link=_linker(door, given), more=found.after, opened=opened, is_later=bool(request.args.get("after")),
        filters=_words(asked), **{"number": number, "money": money, "dash": NONE, **shown},
    )  # fmt: skip


def _given() -> dict[str, str]:
    """The texts of the address; a choice of several (decision) comes as several arguments or with commas."""
    found = {name: ",".join(part for part in request.args.getlist(name) if part)[:200] for name in FIELDS}
    return {name: text for name, text in found.items() if text}


def _linker(door: Door, given: dict[str, str]) -> Any:
    """`link(sort="score", …)`: this page with something changed; an empty value takes it away."""

    def link(page: str = "transactions", **changes: str) -> str:
        query = {name: text for name, text in {**given, **changes}.items() if text}
        return f"{door.prefix}{page}" + (f"?{urlencode(query)}" if query else "")

    return link


def _words(asked: Asked) -> str:
    """The filter in a sentence's worth of words, for the head of the table."""
    order = {"time": "newest", "score": "highest score", "amount": "dearest"}
    back = {"time": "oldest", "score": "lowest score", "amount": "cheapest"}
    first = (back if asked.ascending else order)[asked.sort]
    end = min(asked.end, clock.to_datetime(clock.now()))
    return f"{asked.start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC, {first} first"


def _cells(row: Found) -> tuple[Any, ...]:
    return (
        iso(row.at.timestamp()), row.transaction_id, row.score, row.decision, row.label, row.source, row.amount,
        None if row.risk is None else round(row.risk, 2), row.type, row.wallet, row.ip, row.top_feature, row.top_value,
        row.model_version,
    )  # fmt: skip
