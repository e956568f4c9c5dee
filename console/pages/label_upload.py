"""Labels from a file, in the console: read first, bad rows named by line and column, then taken whole or not.

What was guessed of a file, as which column names the transaction in a processor's export, is shown before it counts:
the file is kept for its person until they record it.
"""

import secrets
from collections import Counter
from typing import Any

from flask import Flask, Response, g, make_response, redirect, request

from console.auth.audited import address
from console.auth.context import Door
from console.format import number
from console.pages.rendering import show
from core import bounded_process, clock
from core.errors import BadInput
from core.transactions import label_file, label_file_store, label_store
from core.transactions.label_file import Asked, Rows
from core.transactions.label_file_store import Kept, Matched
from core.transactions.label_store import Caller
from core.transactions.labels import SOURCES
from core.web import download as downloads

SHOWN = 100
FIELDS = ("source", "partial", "zone", "id_column")


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>transactions/labels`: the form, the file, what was read of it, an example."""
    root = f"{door.prefix}transactions/labels"

    @server.get(root, endpoint="label_upload")
    def form() -> Response:
        return _page(door)

    @server.post(root, endpoint="label_upload_send")
    def send() -> Response:
        typed = {name: request.form.get(name, "").replace("\0", "").strip()[:200] for name in FIELDS}
        if typed["source"] not in SOURCES:
            return _page(door, 400, typed=typed, wrong={"source": "Choose where the labels come from."})
        token = request.form.get("token", "")
        kept = label_file_store.one(door.database, g.session.user, token) if token else _given(typed)
        if kept is None:
            return _page(door, 400, typed=typed, wrong={"file": _gone(token)})
        try:
            found = _read(door, kept, typed)
            if not found.good and not found.bad:
                raise BadInput("file", "has a header and no rows")
        except BadInput as error:
            return _page(door, 400, typed=typed, wrong={"file": f"{kept.name}: {error.field} {error.reason}."})
        if not found.good or (found.bad and not typed["partial"]):
            return _page(door, 400, typed=typed, found=found, name=kept.name)
        with door.database.transaction() as connection:
            matched = label_file_store.match(connection, found)
        agreed = request.form.get("agreed") == "1" and bool(token)
        if found.kind or matched.unmatched:
            token = label_file_store.keep(door.database, g.session.user, kept.name, typed, kept.body)
        if found.kind and not agreed:
            words = label_file_store.labels_by_word(matched.good)
            return _page(door, typed=typed, found=found, name=kept.name, matched=matched, words=words, token=token)
        return _take(door, found, matched, kept.name, typed, token)

    @server.get(f"{root}/unmatched.csv", endpoint="label_unmatched")
    def unmatched() -> Response:
        kept = label_file_store.one(door.database, g.session.user, request.args.get("token", ""))
        if kept is None:
            return make_response(redirect(root, 303))
        with door.database.transaction() as connection:
            found = label_file_store.match(connection, _read(door, kept, kept.options))
        rows = [(name,) for name in found.unmatched]
        return downloads.csv(("transaction_id",), rows, "gatehouse-unmatched-ids.csv")

    @server.get(f"{root}/example.csv", endpoint="label_example")
    def example() -> Response:
        rows = [("tx_000123", "fraud", "2026-01-31T18:00:00Z", "card stolen"), ("tx_000124", "legit", "", "")]
        return downloads.csv(("transaction_id", "label", "timestamp", "comment"), rows, "gatehouse-labels-example.csv")


def _given(typed: dict[str, str]) -> Kept | None:
    """The file that came with the form."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return None
    return Kept(given.filename[:200], typed, given.stream.read())


def _gone(token: str) -> str:
    return "The file is not kept any more; choose it again." if token else "Choose a file."


def _read(door: Door, kept: Kept, typed: dict[str, str]) -> Rows:
    config = door.settings.config
    asked = Asked(typed.get("source") or None, typed.get("zone", ""), typed.get("id_column", ""))
    return bounded_process.call(
        label_file.parse, kept.body, clock.now(), g.session.user, config.ingest.future_seconds, asked,
        label_file.Limits.of(config.uploads), bounds=bounded_process.reading(config.uploads),
    )  # fmt: skip


def _take(door: Door, found: Rows, matched: Matched, name: str, typed: dict[str, str], token: str) -> Response:
    caller = Caller(g.session.user, address(), g.get("correlation_id"))
    with door.database.transaction() as connection:
        outcomes = label_store.record(connection, door.audit, matched.good, caller, secrets.token_hex(8))
    counts = Counter(outcome.result for outcome in outcomes)
    unknown = sorted({outcome.transaction_id for outcome in outcomes if not outcome.scored})
    outranked = sum(outcome.result == "recorded" and outcome.counts != outcome.after for outcome in outcomes)
    return _page(
        door, typed=typed, found=found, name=name, counts=counts, unknown=unknown, outranked=outranked, taken=True,
        token=token, said=matched.guessed,
    )  # fmt: skip


def _page(door: Door, status: int = 200, **values: Any) -> Response:
    values = {
        "typed": {"source": "chargeback"}, "wrong": {}, "found": None, "name": "", "counts": Counter(), "unknown": [],
        "outranked": 0, "taken": False, "matched": None, "words": {}, "token": "", "said": [], **values,
    }  # fmt: skip
    most, rows = door.settings.config.limits.max_body_bytes, door.settings.config.uploads.labels_rows
    return show(
        door, "label_upload.html", "transactions", status, sources=SOURCES, shown=SHOWN, rows=rows,
        most=most, number=number, **values,
    )  # fmt: skip
