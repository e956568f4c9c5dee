"""Files of labels against what is stored: which column names our transactions, which ids we never scored; and a file
that a person still has to decide on.
"""

import secrets
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from core import codec
from core.db import engine
from core.db.engine import Connection, Database
from core.db.queries import query, sql
from core.errors import BadInput
from core.transactions import label_rows
from core.transactions.label_file import Rows
from core.transactions.labels import Given

KEPT_SECONDS = 3600.0
LOOKED_AT = 2000  # ids of one statement
_ID = 200


class Matched(Struct, frozen=True):
    """The labels with the ids of the column that names most of our transactions, what was guessed, and the ids that we
    never scored, in the file's order.
    """

    good: list[Given]
    columns: dict[str, str]
    guessed: list[str]
    unmatched: list[str]


class Kept(Struct, frozen=True):
    """A file that waits for its person's decision."""

    name: str
    options: dict[str, str]
    body: bytes


def match(connection: Connection, found: Rows) -> Matched:
    """What was read, by the column whose ids are known here; the likeliest one where none is known better."""
    choice = {column: ids for column, ids in found.ids.items() if all(map(_is_id, ids))}
    if not found.good or not choice:
        return Matched(found.good, found.columns, found.guessed, [])
    known = {column: scored(connection, ids) for column, ids in choice.items()}
    first = next(iter(choice))
    best = max(choice, key=lambda column: (len(known[column]), column == first))
    unmatched = list(dict.fromkeys(name for name in choice[best] if name not in known[best]))
    if len(found.ids) == 1:
        return Matched(found.good, found.columns, found.guessed, unmatched)
    counts = ", ".join(f"{column!r} {len(known[column]):,}" for column in choice)
    said = [sentence for sentence in found.guessed if not sentence.startswith("The transaction is named")]
    said.append(f"The transaction is named by the column {best!r}; ids that are known here: {counts}.")
    pairs = zip(found.good, choice[best], strict=True)
    good = [msgspec.structs.replace(one, transaction_id=name) for one, name in pairs]
    return Matched(good, {**found.columns, "transaction_id": best}, said, unmatched)


def scored(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Which of these transactions we have scored."""
    wanted = sorted(set(ids))
    found: set[str] = set()
    with engine.cursor(connection) as cursor:
        for start in range(0, len(wanted), LOOKED_AT):
            cursor.execute(sql("labels.scored"), (wanted[start : start + LOOKED_AT],))
            found |= {row[0] for row in cursor.fetchall()}
    return found


def keep(database: Database, user: str, name: str, options: dict[str, str], body: bytes) -> str:
    """Keep a person's file for an hour, in place of the one before; returns its token."""
    token = secrets.token_urlsafe(16)
    values = {"user": user, "token": token, "name": name, "body": body, "seconds": KEPT_SECONDS}
    with database.transaction() as connection:
        connection.execute(query("label_files.drop_expired"))
        connection.execute(query("label_files.keep"), {**values, "options": codec.encode(options).decode()})
    return token


def one(database: Database, user: str, token: str) -> Kept | None:
    """A person's file, None when it is not kept any more."""
    with database.transaction() as connection:
        row = connection.execute(query("label_files.one"), {"user": user, "token": token}).mappings().first()
    return None if row is None else Kept(row["name"], dict(row["options"]), bytes(row["body"]))


def _is_id(text: str) -> bool:
    try:
        label_rows.check_id(text, "")
    except BadInput:
        return False
    return len(text) <= _ID and text.isprintable()


def labels_by_word(good: Sequence[Given]) -> dict[str, int]:
    """How many labels say what."""
    return {word: sum(one.label == word for one in good) for word in ("fraud", "legit", "unsure")}
