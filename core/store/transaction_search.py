"""The search over scored transactions: filters, sorting, and pages that continue after a row (keyset).

A page costs what it shows: the time, score and amount indexes are walked from where the last page ended. A search that
would have to look at too much is ended after TIMEOUT_MS, and says so.
"""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import TextClause, text
from sqlalchemy.exc import OperationalError

from core import codec
from core.errors import BadInput
from core.store.db import Database
from core.store.queries import query, sql
from core.transaction_filter import Asked, told_apart

TIMEOUT_MS = 8000
MOST = 1000
_CANCELLED = "57014"
_SORTS = {"time": "p.timestamp", "score": "p.fraud_score", "amount": "p.amount"}
_VALUES = {"time": "at", "score": "score", "amount": "amount"}


class Found(Struct, frozen=True):
    """One row; `risk` is score x amount in USD. `label` is the one that counts and `source` who said it."""

    at: datetime
    transaction_id: str
    score: float | None
    decision: str | None
    top_feature: str | None
    top_value: float | None
    model_version: int | None
    amount: float | None
    risk: float | None
    type: str | None
    wallet: str | None
    ip: str | None
    label: str | None
    source: str | None


class Page(Struct, frozen=True):
    """Rows in the wanted order; `after` continues behind the last one, and is empty at the end."""

    rows: list[Found]
    after: str


def page(database: Database, wanted: Asked, most: int = 50, after: str = "") -> Page:
    """One page of at most `most` (≤ 1,000) rows. Raises BadInput when the search takes too long, DatabaseAway."""
    most = min(most, MOST)
    statement, values = _unscored(wanted, after) if "UNSCORED" in wanted.decision else _scored(wanted, after)
    with database.transaction() as connection:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {TIMEOUT_MS}")
        connection.exec_driver_sql("SET LOCAL jit = off")
        try:
            rows = [Found(**row) for row in connection.execute(statement, {**values, "most": most + 1}).mappings()]
        except OperationalError as error:
            if getattr(error.orig, "pgcode", "") == _CANCELLED:
                raise BadInput("from", "this search looks at too much; shorten the time or add a filter") from None
            raise
    more = len(rows) > most
    return Page(rows[:most], cursor(rows[most - 1], wanted) if more else "")


def everything(database: Database, wanted: Asked, most: int) -> Iterator[Found]:
    """Rows of all pages, at most `most`; for exports."""
    after, left = "", most
    while left > 0:
        found = page(database, wanted, min(left, MOST), after)
        yield from found.rows
        left -= len(found.rows)
        after = found.after
        if not after:
            return


def resolved(database: Database, asked: Asked) -> Asked:
    """With `q` told apart: an address, an id that exists, else a wallet."""
    return told_apart(asked, asked.q is not None and is_known(database, asked.q))


def is_known(database: Database, name: str) -> bool:
    """Whether a transaction or a prediction has this id."""
    with database.transaction() as connection:
        return bool(connection.execute(query("search.is_known"), {"id": name}).scalar_one())


def cursor(row: Found, wanted: Asked) -> str:
    """What continues behind a row: its value in the order, and its id."""
    value = getattr(row, _VALUES[wanted.sort])
    written = value.isoformat() if isinstance(value, datetime) else repr(value)
    return base64.urlsafe_b64encode(codec.encode([written, row.transaction_id])).decode().rstrip("=")


def _position(after: str) -> dict[str, str]:
    try:
        value, name = codec.decode(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if not (isinstance(value, str) and isinstance(name, str)) or "\0" in value + name or len(value) > 40:
            raise ValueError
        datetime.fromisoformat(value) if "T" in value else float(value)
    except (ValueError, TypeError):
        raise BadInput("after", "this is no place in a list; begin at its first page") from None
    return {"after_value": value, "after_id": name}


def _scored(wanted: Asked, after: str) -> tuple[TextClause, dict[str, Any]]:
    names = ("id", "wallet", "ip", "score_from", "score_to", "amount_from", "amount_to", "type")
    values: dict[str, Any] = {"start": wanted.start, "end": wanted.end}
    conditions = []
    for name in names:
        if (value := getattr(wanted, name)) is not None:
            values[name] = value
            conditions.append(sql(f"search.if_{name}"))
    if wanted.decision:
        values["decision"] = list(wanted.decision)
        conditions.append(sql("search.if_decision"))
    if wanted.label:
        conditions.append(sql(f"search.if_label_{wanted.label}"))
    if wanted.sort == "amount":
        conditions.append("p.amount IS NOT NULL")
    way = "asc" if wanted.ascending else "desc"
    if after:
        values |= _checked(after, wanted.sort)
        conditions.append(sql(f"search.by_{wanted.sort}_{way}"))
    order = f"ORDER BY {_SORTS[wanted.sort]} {way}, p.transaction_id {way} LIMIT :most"
    return text(" AND ".join([sql("search.scored"), *(_bare(part) for part in conditions)]) + f" {order}"), values


def _unscored(wanted: Asked, after: str) -> tuple[TextClause, dict[str, Any]]:
    values = _checked(after, "time") if after else {"after_value": "infinity", "after_id": ""}
    return query("search.unscored"), {"start": wanted.start, "end": wanted.end, **values}


def _checked(after: str, sort: str) -> dict[str, str]:
    found = _position(after)
    if ("T" in found["after_value"]) != (sort == "time"):
        raise BadInput("after", "this place belongs to another order; begin at the first page")
    return found


def _bare(block: str) -> str:
    """A condition without the sentence above it."""
    return "\n".join(line for line in block.splitlines() if not line.startswith("--"))
