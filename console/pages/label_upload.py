"""Labels from a file, in the console: looked at first, bad rows named by line and column, then taken whole or not."""

import secrets
from collections import Counter
from typing import Any

from flask import Flask, Response, g, request

from console.auth.door import Door, address
from console.format import number
from console.pages.plain import show
from core import clock, csv_text, label_file
from core.errors import BadInput
from core.label_file import Rows
from core.labels import SOURCES
from core.store import labels
from core.store.labels import Caller

SHOWN = 100


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>transactions/labels`: the form, the file, an example."""
    root = f"{door.prefix}transactions/labels"

    @server.get(root, endpoint="label_upload")
    def form() -> Response:
        return _page(door)

    @server.post(root, endpoint="label_upload_send")
    def send() -> Response:
        typed = {"source": request.form.get("source", ""), "partial": request.form.get("partial", "")}
        given = request.files.get("file")
        if given is None or not given.filename:
            return _page(door, 400, typed=typed, wrong={"file": "Choose a file."})
        if typed["source"] not in SOURCES:
            return _page(door, 400, typed=typed, wrong={"source": "Choose where the labels come from."})
        try:
            ahead = door.settings.config.ingest.future_seconds
            found = label_file.parse(given.read(), clock.now(), g.session.user, ahead, typed["source"])
            if not found.good and not found.bad:
                raise BadInput("file", "has a header and no rows")
        except BadInput as error:
            return _page(door, 400, typed=typed, wrong={"file": f"{given.filename}: {error.field} {error.reason}."})
        if not found.good or (found.bad and not typed["partial"]):
            return _page(door, 400, typed=typed, found=found, name=given.filename)
        return _take(door, found, given.filename, typed)

    @server.get(f"{root}/example.csv", endpoint="label_example")
    def example() -> Response:
        rows = [("tx_000123", "fraud", "2026-01-31T18:00:00Z", "card stolen"), ("tx_000124", "legit", "", "")]
        text = csv_text.lines(("transaction_id", "label", "timestamp", "comment"), rows)
        answer = Response(text, content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="gatehouse-labels-example.csv"'
        return answer


def _take(door: Door, found: Rows, name: str, typed: dict[str, str]) -> Response:
    caller = Caller(g.session.user, address(), g.get("correlation_id"))
    with door.database.transaction() as connection:
        outcomes = labels.record(connection, door.audit, found.good, caller, secrets.token_hex(8))
    counts = Counter(outcome.result for outcome in outcomes)
    unknown = sorted({outcome.transaction_id for outcome in outcomes if not outcome.scored})
    outranked = sum(outcome.result == "recorded" and outcome.counts != outcome.after for outcome in outcomes)
    return _page(
        door, typed=typed, found=found, name=name, counts=counts, unknown=unknown, outranked=outranked, taken=True
    )


def _page(door: Door, status: int = 200, **values: Any) -> Response:
    values = {
        "typed": {"source": "chargeback", "partial": ""}, "wrong": {}, "found": None, "name": "", "counts": Counter(),
        "unknown": [], "outranked": 0, "taken": False, **values,
    }  # fmt: skip
    most = door.settings.config.limits.max_body_bytes
    return show(
        door, "label_upload.html", "transactions", status, sources=SOURCES, shown=SHOWN, rows=label_file.ROWS,
        most=most, number=number, **values,
    )  # fmt: skip
