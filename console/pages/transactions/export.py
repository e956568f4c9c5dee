"""The CSV of the search: everything that the filter finds, amounts as they were sent."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Response, request

from console.page import PageContext
from core import clock
from core.clock import iso
from core.events.money import exact
from core.transactions import search, search_filter
from core.transactions.review import ReviewConfig
from core.transactions.search import Found
from core.transactions.search_filter import FIELDS
from core.web import download as downloads

COLUMNS = (
    "time", "transaction_id", "score", "decision", "label", "label_source", "amount", "money_at_risk", "type", "wallet",
    "ip", "top_feature", "top_value", "model_version",
)  # fmt: skip


def download(context: PageContext) -> Response:
    """As the address asks, from a read replica where there is one."""
    database, _ = context.auth.history.place()
    asked = search.resolved(database, search_filter.strict(given(), clock.now()))
    most = context.auth.settings.section("review", ReviewConfig).export_rows
    rows = capped(map(_cells, search.everything(database, asked)), most)
    held = f"-at-most-{most}-rows" if most else ""
    name = f"gatehouse-transactions-{asked.start:%Y%m%d%H%M}-{asked.end:%Y%m%d%H%M}{held}.csv"
    return downloads.csv(COLUMNS, rows, name)


def given() -> Mapping[str, str]:
    """The texts of the address; a choice of several (decision) comes as several arguments or with commas."""
    found = {name: ",".join(part for part in request.args.getlist(name) if part)[:200] for name in FIELDS}
    return {name: text for name, text in found.items() if text}


def capped(rows: Iterator[Sequence[object]], most: int) -> Iterator[Sequence[object]]:
    """All rows, or the first `most` (0: no limit) and a last row that says that there are more."""
    for place, row in enumerate(rows):
        if most and place == most:
            yield [f"limited to {most:,} rows (export_rows in review.toml); choose a shorter period for the rest"]
            return
        yield row


def _cells(row: Found) -> tuple[Any, ...]:
    return (
        iso(row.at.timestamp()), row.transaction_id, row.score, row.decision, row.label, row.source,
        exact(row.amount), None if row.risk is None else round(row.risk, 2), row.type, row.wallet, row.ip,
        row.top_feature, row.top_value, row.model_version,
    )  # fmt: skip
