"""The search over transactions, scored or not: filters, sorting, and pages that continue after a row (keyset).

A page costs what it shows: the time, score and amount indexes are walked from where the last page ended. A search that
would have to look at too much is ended after TIMEOUT_MS, and says so.
"""

import base64
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct, structs

from core import codec
from core.db.engine import Connection, Database, TextClause, at_most, text
from core.db.queries import query, sql
from core.errors import BadInput
from core.transactions.search_filter import Asked, told_apart

TIMEOUT_MS = 8000
MOST = 1000
UNSCORED = "UNSCORED"
_SORTS = {
    "time": ("p.timestamp",),
    "score": ("p.fraud_score",),
    "amount": ("p.amount", "exact_amount(p.amount_usd, p.amount)"),  # what is rounded has the index
}
_UNSCORED_SORTS = {"time": "t.timestamp", "amount": "t.amount"}
_VALUES = {"time": "at", "score": "score", "amount": "amount"}
_FILTERS = ("id", "wallet", "ip", "score_from", "score_to", "amount_from", "amount_to", "type")


class Found(Struct, frozen=True):
    """One row; `amount` and `risk` (score x amount) are exact USD. `label` is what counts, `source` who said it."""

    at: datetime
    transaction_id: str
    score: float | None
    decision: str | None
    top_feature: str | None
    top_value: float | None
    model_version: int | None
    amount: Decimal | None
    risk: Decimal | None
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
    """One page of at most `most` (≤ 1,000) rows. Raises BadInput when the search takes too long,
    DatabaseUnavailable.
    """
    most = min(most, MOST)
    too_much = BadInput("from", "this search covers too much data; choose a shorter period or add a filter")
    with database.transaction() as connection, at_most(connection, TIMEOUT_MS, too_much):
        connection.exec_driver_sql("SET LOCAL jit = off")
        rows = _rows(connection, wanted, after, most + 1)
    more = len(rows) > most
    return Page(rows[:most], cursor(rows[most - 1], wanted) if more else "")


def everything(database: Database, wanted: Asked) -> Iterator[Found]:
    """Rows of all pages, for exports; each page is a transaction of its own."""
    after = ""
    while True:
        found = page(database, wanted, MOST, after)
        yield from found.rows
        after = found.after
        if not after:
            return


def resolved(database: Database, asked: Asked) -> Asked:
    """With `q` told apart: an id that exists, also without blanks around it; else an address, else a wallet."""
    if asked.q is None:
        return asked
    for typed in dict.fromkeys((asked.q, asked.q.strip())):
        if is_known(database, typed):
            return told_apart(structs.replace(asked, q=typed), True)
    return told_apart(asked, False)


def is_known(database: Database, name: str) -> bool:
    """Whether a transaction or a prediction has this id."""
    with database.transaction() as connection:
        return bool(connection.execute(query("search.is_known"), {"id": name}).scalar_one())


def cursor(row: Found, wanted: Asked) -> str:
    """What continues behind a row: its value in the order, and its id."""
    value = getattr(row, _VALUES[wanted.sort])
    value = row.at if value is None else value  # one without a score, behind all that have one
    written = value.isoformat() if isinstance(value, datetime) else str(value)
    return base64.urlsafe_b64encode(codec.encode([written, row.transaction_id])).decode().rstrip("=")


def _position(after: str) -> dict[str, str]:
    try:
        value, name = codec.decode(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if not (isinstance(value, str) and isinstance(name, str)) or "\0" in value + name or len(value) > 40:
            raise ValueError
        datetime.fromisoformat(value) if "T" in value else float(value)
    except (ValueError, TypeError):
        raise BadInput("after", "invalid page cursor; start at the first page") from None
    return {"after_value": value, "after_id": name}


def _rows(connection: Connection, wanted: Asked, after: str, most: int) -> list[Found]:
    """Scored and unscored ones in one order. By score, those without one come last, in the order of time."""

    def read(statement: TextClause, values: dict[str, Any], most: int) -> list[Found]:
        return [Found(**row) for row in connection.execute(statement, {**values, "most": most}).mappings()]

    if UNSCORED not in wanted.decision:
        return read(*_scored(wanted, after), most)
    only_unscored = set(wanted.decision) == {UNSCORED}
    if wanted.score_from is not None or wanted.score_to is not None:  # nothing unscored has such a score
        return [] if only_unscored else read(*_scored(wanted, after), most)
    if only_unscored:
        return read(*_unscored(wanted, after), most)
    if wanted.sort == "score":
        if after and "T" in _position(after)["after_value"]:
            return read(*_unscored(wanted, after), most)
        rows = read(*_scored(wanted, after), most)
        return rows + read(*_unscored(wanted, ""), most - len(rows)) if len(rows) < most else rows
    (scored, values), (unscored, _) = _scored(wanted, after), _unscored(wanted, after)
    way = _way(wanted)
    either = f"(\n{scored.text}\n) UNION ALL (\n{unscored.text}\n)"
    order = f"{_VALUES[wanted.sort]} {way}, transaction_id {way}"
    both = f"SELECT * FROM ({either}) found ORDER BY {order} LIMIT :most"  # nosec B608: named queries and our own names
    return read(text(both), values, most)


def _scored(wanted: Asked, after: str) -> tuple[TextClause, dict[str, Any]]:
    conditions = [sql(f"search.if_{name}") for name in _FILTERS if getattr(wanted, name) is not None]
    values = _values(wanted)
    if decisions := [one for one in wanted.decision if one != UNSCORED]:
        values["decision"] = decisions
        conditions.append(sql("search.if_decision"))
    if wanted.label:
        conditions.append(sql(f"search.if_label_{wanted.label}"))
    if wanted.sort == "amount":
        conditions.append("p.amount IS NOT NULL")
    way = _way(wanted)
    if after:
        values |= _checked(after, wanted.sort)
        conditions.append(sql(f"search.by_{wanted.sort}_{way}"))
    order = ", ".join(f"{column} {way}" for column in (*_SORTS[wanted.sort], "p.transaction_id"))
    return _statement("search.scored", conditions, order), values


def _unscored(wanted: Asked, after: str) -> tuple[TextClause, dict[str, Any]]:
    conditions = [sql(f"search.unscored_if_{name}") for name in _FILTERS if getattr(wanted, name) is not None]
    values = _values(wanted)
    if wanted.label:
        place = "unscored_if" if wanted.label == "unsure" else "if"
        conditions.append(sql(f"search.{place}_label_{wanted.label}"))
    sort, way = "time" if wanted.sort == "score" else wanted.sort, _way(wanted)
    if after:
        values |= _checked(after, sort)
        conditions.append(sql(f"search.unscored_by_{sort}_{way}"))
    return _statement("search.unscored", conditions, f"{_UNSCORED_SORTS[sort]} {way}, t.transaction_id {way}"), values


def _statement(name: str, conditions: list[str], order: str) -> TextClause:
    return text(" AND ".join([sql(name), *map(_bare, conditions)]) + f"\nORDER BY {order} LIMIT :most")


def _way(wanted: Asked) -> str:
    return "asc" if wanted.ascending else "desc"


def _values(wanted: Asked) -> dict[str, Any]:
    found = {name: value for name in _FILTERS if (value := getattr(wanted, name)) is not None}
    money: dict[str, Any] = {name: Decimal(repr(found[name])) for name in ("amount_from", "amount_to") if name in found}
    return {"start": wanted.start, "end": wanted.end, **found, **money}


def _checked(after: str, sort: str) -> dict[str, str]:
    found = _position(after)
    if ("T" in found["after_value"]) != (sort == "time"):
        raise BadInput("after", "this page cursor belongs to another sort order; start at the first page")
    return found


def _bare(block: str) -> str:
    """A condition without the sentence above it."""
    return "\n".join(line for line in block.splitlines() if not line.startswith("--"))
