"""Labels in PostgreSQL: what each source says, what counts, and every change with who, before and after.

`put` runs in the caller's transaction and keeps three things together: the labels, the confusion matrix (see
core/transactions/confusion.py) and the append-only history `label_changes`. `record` and `undo` are what people and
machines call: they audit as well, and so does the writer for labels that come as events (`audit_batch`). A change of
one label is a row of the audit log; a batch is one row with the SHA-256 over its changes, so that no row of the history
can be altered unseen.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, cast

import orjson
from msgspec import Struct

from core.audit.chain import Audit
from core.clock import to_datetime
from core.db import engine, event_keys
from core.db.engine import Connection, execute_values
from core.db.queries import query, sql
from core.errors import BadInput
from core.events.base import LabelSource
from core.events.senders import said_by
from core.events.types import Label
from core.transactions import confusion
from core.transactions.labels import Given, LabelWord

LOOKED_AT = 2000  # labels handled at once: the arrays of one statement


class LabelResult(Struct, frozen=True):
    """What became of one label: `recorded`, `unchanged`, `outdated` (a newer one stands), `repeated` (known key).

    `before` and `after` are what the source says, `counts` is the label that counts now; None: none. `change` is the
    number in the history.
    """

    transaction_id: str
    source: str
    result: str
    before: str | None
    after: str | None
    counts: str | None
    change: int | None = None
    scored: bool = True


class Caller(Struct, frozen=True):
    """Who asks for a change, for the audit log."""

    actor: str
    ip: str | None = None
    correlation_id: str | None = None


Key = tuple[str, str]
Said = tuple[str, float, str | None, str | None]  # label, epoch seconds, comment, actor


def of_event(event: Label) -> Given:
    """A label that came as an event; its key was claimed by the writer."""
    return Given(
        transaction_id=event.transaction_id,
        source=event.source,
        label=event.label,
        at=float(event.timestamp or 0),
        actor=said_by(event.actor, event.sender),
        comment=event.comment,
        sender=event.sender,
    )


def put(cursor: Any, items: Sequence[Given], batch: str | None = None) -> list[LabelResult]:
    """Record labels in the cursor's transaction, which must hold the lock of labels; one outcome an item, in order."""
    fresh = _claimed(cursor, items)
    ids = sorted({item.transaction_id for item in items})
    cursor.execute(sql("labels.known"), (ids,))
    said: dict[Key, Said] = {(row[0], row[1]): tuple(row[2:]) for row in cursor.fetchall()}
    first = dict(said)
    results: dict[int, str] = {}
    last: dict[Key, int] = {}
    for index in sorted(range(len(items)), key=lambda place: items[place].at):
        item = items[index]
        results[index] = "repeated" if index not in fresh else _judge(said, item)
        if results[index] == "recorded":
            last[item.transaction_id, item.source] = index
    counted = confusion.relabel(cursor, ids, lambda: _write(cursor, first, said))
    changes = _note(cursor, items, first, last, counted, batch)
    cursor.execute(sql("labels.scored"), (ids,))
    scored = {row[0] for row in cursor.fetchall()}
    return [_outcome(items[i], i, results[i], first, said, counted, last, changes, scored) for i in range(len(items))]


def record(
    connection: Connection, audit: Audit, items: Sequence[Given], caller: Caller, batch: str | None = None
) -> list[LabelResult]:
    """Record labels in the caller's transaction and audit them."""
    outcomes: list[LabelResult] = []
    with engine.cursor(connection) as cursor:
        cursor.execute(sql("writer.lock_labels"))
        for start in range(0, len(items), LOOKED_AT):
            outcomes += put(cursor, items[start : start + LOOKED_AT], batch)
    if len(items) == 1 and outcomes[0].change is not None:
        _audit_one(connection, audit, items[0], outcomes[0], caller)
    else:
        audit_batch(connection, audit, outcomes, caller, batch or "")
    return outcomes


def audit_batch(connection: Connection, audit: Audit, outcomes: list[LabelResult], caller: Caller, batch: str) -> None:
    """One row of the audit log with the digest of what `put` changed under the name of a batch; none without change."""
    changes = [outcome.change for outcome in outcomes if outcome.change is not None]
    if not changes:
        return
    after = {
        "labels": len(outcomes),
        "changed": len(changes),
        "first_change": min(changes),
        "last_change": max(changes),
        "sha256": batch_digest(connection, batch),
    }
    target = f"labels:{batch}"
    audit.append(connection, caller.actor, "label.batch", target, None, after, caller.ip, caller.correlation_id)


def undo(connection: Connection, audit: Audit, change: int, now: float, caller: Caller) -> LabelResult:
    """Take back one's own change: what the source said before stands again.

    Raises BadInput when it is not the caller's, or the label was changed since.
    """
    row = connection.execute(query("labels.change"), {"id": change}).mappings().one_or_none()
    if row is None or row["actor"] != caller.actor:
        raise BadInput("change", "you can only undo your own label")
    connection.execute(query("writer.lock_labels"))
    newest = connection.execute(
        query("labels.newest_change"), {"id": row["transaction_id"], "source": row["source"]}
    ).scalar_one()
    if newest != change:
        raise BadInput("change", "the label has changed meanwhile; reload the transaction")
    comment = connection.execute(query("labels.previous_comment"), dict(row)).scalar_one_or_none()
    back = Given(
        transaction_id=row["transaction_id"],
        source=cast(LabelSource, row["source"]),
        label=cast("LabelWord | None", row["before"]),
        at=now,
        actor=caller.actor,
        comment=comment if row["before"] else None,
    )
    return record(connection, audit, [back], caller)[0]


def digest(rows: Sequence[Sequence[Any]]) -> str:
    """SHA-256 over changes in their order, each as a JSON array; see the query labels.of_batch for the columns."""
    return sha256(b"\n".join(orjson.dumps(list(row)) for row in rows)).hexdigest()


def batch_digest(connection: Connection, batch: str) -> str:
    """The digest of a batch as the history has it now; equal to `sha256` of its row in the audit log."""
    return digest([tuple(row) for row in connection.execute(query("labels.of_batch"), {"batch": batch})])


def _judge(said: dict[Key, Said], item: Given) -> str:
    """What an item is against what its source said; puts what it says into `said` when it stands."""
    key = item.transaction_id, item.source
    old = said.get(key)
    if item.label is None:
        return "recorded" if said.pop(key, None) else "unchanged"
    if old is not None and item.at < old[1]:
        return "outdated"
    if old is not None and old[0] == item.label and (item.comment is None or old[2] == item.comment):
        if item.dated:
            said[key] = (old[0], item.at, *old[2:])
        return "unchanged"
    said[key] = (item.label, item.at, item.comment, item.actor)
    return "recorded"


def _write(cursor: Any, first: dict[Key, Said], said: dict[Key, Said]) -> None:
    changed = [key for key in said if said[key] != first.get(key)]
    if changed:
        rows = [(*key, said[key][0], to_datetime(said[key][1]), said[key][3], said[key][2]) for key in sorted(changed)]
        execute_values(cursor, sql("labels.put"), rows, page_size=len(rows))
    gone = sorted(first.keys() - said.keys())
    if gone:
        execute_values(cursor, sql("labels.withdraw"), gone, page_size=len(gone))


def _note(
    cursor: Any,
    items: Sequence[Given],
    first: dict[Key, Said],
    last: dict[Key, int],
    counted: dict[str, tuple[str | None, str | None]],
    batch: str | None,
) -> dict[int, int]:
    """Write the history; the number of the change by the index of its item."""
    rows = []
    order = sorted(last.values())
    for index in order:
        item = items[index]
        before = first.get((item.transaction_id, item.source))
        counts = counted[item.transaction_id]
        row = (item.transaction_id, item.source, before and before[0], item.label, *counts)
        rows.append((*row, item.actor, item.comment, batch))
    if not rows:
        return {}
    found = execute_values(cursor, sql("labels.note_changes"), rows, page_size=len(rows), fetch=True)
    return {index: int(row[0]) for index, row in zip(order, found, strict=True)}


def _outcome(
    item: Given,
    index: int,
    result: str,
    first: dict[Key, Said],
    said: dict[Key, Said],
    counted: dict[str, tuple[str | None, str | None]],
    last: dict[Key, int],
    changes: dict[int, int],
    scored: set[str],
) -> LabelResult:
    key = item.transaction_id, item.source
    before, after = first.get(key), said.get(key)
    if result == "recorded" and last[key] != index:
        result = "outdated"
    return LabelResult(
        item.transaction_id,
        item.source,
        result,
        before and before[0],
        after and after[0],
        counted[item.transaction_id][1],
        changes.get(index),
        item.transaction_id in scored,
    )


def _claimed(cursor: Any, items: Sequence[Given]) -> set[int]:
    """The indices of items that count: those without a key, and of each new key the first."""
    keys: dict[str, int] = {}
    bare: dict[str, str] = {}
    fresh = {index for index, item in enumerate(items) if item.key is None}
    for index, item in enumerate(items):
        if item.key is not None:
            key = event_keys.key("label", item.key, item.sender)
            keys.setdefault(key, index)
            bare[key] = event_keys.key("label", item.key)
    if keys:
        fresh |= {keys[key] for key in event_keys.claim(cursor, bare)}
    return fresh


def _audit_one(connection: Connection, audit: Audit, item: Given, outcome: LabelResult, caller: Caller) -> None:
    audit.append(
        connection,
        caller.actor,
        "label.withdraw" if item.label is None else "label.set",
        f"transaction:{item.transaction_id}",
        {"source": item.source, "label": outcome.before},
        {"source": item.source, "label": outcome.after, "counts": outcome.counts, "comment": item.comment},
        caller.ip,
        caller.correlation_id,
    )
