"""Transactions: search, filter, sort, CSV, and one transaction with all that is known of it beside the list.

The address carries the filter and the open transaction, so a link shows the same. The list reads the store; what is
known of one transaction is asked of the monitoring API, which explains scores.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, request

from console import label_maturity
from console.auth.context import Door
from console.auth.roles import reaches
from console.figures import waterfall
from console.figures.template import template
from console.format import NONE, money, number, sentence
from console.pages import transaction_label
from console.pages.rendering import show
from core import clock, codec
from core.clock import iso
from core.errors import BadInput, Unreachable
from core.events.money import exact
from core.http import HttpClient
from core.transactions import search, search_filter
from core.transactions.ids import ADDRESS, is_id
from core.transactions.review import ReviewConfig
from core.transactions.search import Found
from core.transactions.search_filter import FIELDS, SPANS, USUAL, Asked
from core.web import download as downloads
from core.web.problems import problem

PAGE = 50
MOST_AFTER = 2000
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
        asked = search.resolved(database, search_filter.strict(given, clock.now()))
        most = config.export_rows
        rows = capped(map(_cells, search.everything(database, asked)), most)
        held = f"-at-most-{most}-rows" if most else ""
        name = f"gatehouse-transactions-{asked.start:%Y%m%d%H%M}-{asked.end:%Y%m%d%H%M}{held}.csv"
        return downloads.csv(COLUMNS, rows, name)

    @server.get(f"{root}/one", endpoint="transaction")
    def one() -> Response:
        name = request.args.get("id", "")
        if not is_id(name):
            return problem(400, "Give the id of a transaction.", field="?id")
        values = known(door, client, name)
        fragment = request.args.get("fragment") == "1"
        page = "transaction_detail.html" if fragment else "transaction.html"
        return show(door, page, "transactions", values.pop("status"), **values)


def capped(rows: Iterator[Sequence[object]], most: int) -> Iterator[Sequence[object]]:
    """All rows, or the first `most` (0: no limit) and a last row that says that there are more."""
    for place, row in enumerate(rows):
        if most and place == most:
            yield [f"cut after {most:,} rows by export_rows of review.toml; choose a shorter span for the rest"]
            return
        yield row


def known(door: Door, client: HttpClient, name: str) -> dict[str, Any]:
    """What the template of one transaction wants; a failure is a sentence in `error`."""
    values: dict[str, Any] = {
        "id": name, "error": "", "status": 200, "document": None, "figure": "", "similar": [], "similar_error": "",
        "number": number, "money": money, "dash": NONE, "can_label": reaches(g.session.role, "analyst"),
        "template_json": codec.encode(template()).decode(), **transaction_label.of(door, name),
    }  # fmt: skip
    try:
        found = client.get(ADDRESS, {"id": name})
        if found.status == 200:
            document = values["document"] = found.json()
            prediction = document.get("prediction") or {}
            features = prediction.get("features") or []
            if any(feature.get("contribution") is not None for feature in features):
                values["figure"] = codec.encode(waterfall.draw(features, prediction["score"])).decode()
            answer = client.get(f"{ADDRESS}/similar", {"id": name}) if prediction else None
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
    asked, wrong = search_filter.parse(given, clock.now())
    found, failed = search.Page([], ""), ""
    if not wrong:
        try:
            asked = search.resolved(door.database, asked)
            found = search.page(door.database, asked, PAGE, request.args.get("after", "")[:MOST_AFTER])
        except BadInput as error:
            failed = sentence(error.reason)
    opened = request.args.get("open", "")
    shown = known(door, client, opened) if is_id(opened) else {}
    shown.pop("status", None)
    with door.database.transaction() as connection:
        maturity = label_maturity.maturity(connection, asked.start, asked.end)
    return show(
        door, "transactions.html", "transactions", 400 if wrong or failed else 200, rows=found.rows, typed=given,
        wrong=wrong, failed=failed, asked=asked, spans=list(SPANS), usual=USUAL, maturity=maturity,
        decisions=search_filter.DECISIONS, labels=search_filter.LABELS, types=search_filter.TYPES,
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
        iso(row.at.timestamp()), row.transaction_id, row.score, row.decision, row.label, row.source,
        exact(row.amount), None if row.risk is None else round(row.risk, 2), row.type, row.wallet, row.ip,
        row.top_feature, row.top_value, row.model_version,
    )  # fmt: skip
