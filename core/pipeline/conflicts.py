"""One transaction, two predictions: what our own scoring said stands, whoever reported another one first or later (X8).

A reported prediction of a transaction that we have scored is not stored. One that was stored before our own is taken
out again, with what it added to the roll-ups and the confusion matrix. Either way, when the two differ, a security
event names the sender, once a minute.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from core.db import event_keys
from core.db.queries import sql
from core.events.senders import OWN, OWN_IDS
from core.events.types import Prediction, Security
from core.transactions import confusion

ALIKE = 1e-5
NAMED = 10


class Reported(NamedTuple):
    """A stored prediction that somebody reported."""

    timestamp: float
    transaction_id: str
    score: float
    decision: str
    flagged: bool
    latency_ms: float | None
    sender: str
    replayed: bool


def mark(event: Prediction) -> str:
    """The key that says: somebody has reported a prediction of this transaction."""
    return event_keys.key("reported-prediction", event.transaction_id)


def superseded(cursor: Any, predictions: list[Prediction]) -> list[Reported]:
    """Take out what was reported before of the transactions that we have scored now; what it was."""
    marks = {mark(one): one.transaction_id for one in predictions if one.sender == OWN}
    ids = [marks[one] for one in event_keys.known(cursor, sorted(marks))]
    if not ids:
        return []
    cursor.execute(sql("writer.known_labels"), (ids,))
    labels = dict(cursor.fetchall())
    cursor.execute(sql("writer.drop_reported"), (ids,))
    found = [Reported(*row) for row in cursor.fetchall()]
    deltas: confusion.Deltas = defaultdict(confusion.nothing)
    for one in found:
        confusion.count(deltas, one.timestamp, one.flagged, one.decision, labels.get(one.transaction_id), -1)
    confusion.apply(cursor, deltas)
    return found


def disputed(cursor: Any, refused: list[Prediction]) -> list[tuple[str, str]]:
    """Of reported predictions that were not stored: sender and transaction of those that differ from our own."""
    if not refused:
        return []
    cursor.execute(sql("writer.own_predictions"), ([one.transaction_id for one in refused],))
    own = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
    return [
        (one.sender, one.transaction_id)
        for one in refused
        if one.transaction_id in own and differs(own[one.transaction_id], (one.score, one.decision or ""))
    ]


def differs(ours: tuple[float, str], theirs: tuple[float, str]) -> bool:
    """Whether two predictions say something else."""
    return abs(ours[0] - theirs[0]) > ALIKE or ours[1] != theirs[1]


def events(found: Iterable[tuple[str, str]], now: float) -> list[Security]:
    """What is told: one event for each sender and minute."""
    by_sender: dict[str, list[str]] = defaultdict(list)
    for sender, transaction_id in found:
        by_sender[sender].append(transaction_id)
    return [
        Security(
            id=f"{OWN_IDS}prediction-conflict:{sender}:{int(now // 60)}",
            timestamp=now,
            severity="medium",
            text=f"{sender} reported different predictions for transactions scored by Gatehouse, which were kept: "
            + ", ".join(ids[:NAMED])[:1500],
            category="intrusion_detection",
            action="prediction-conflict",
            outcome="failure",
            actor=sender[:200],
            source="gatehouse",
        )
        for sender, ids in sorted(by_sender.items())
    ]
