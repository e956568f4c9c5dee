"""Stores events in PostgreSQL, each exactly once, with every roll-up in the same transaction.

Called by the collector with what it reads from the stream, and by `EventPublisher` when Redis is away.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, TypeGuard

from core.audit.chain import Audit
from core.db import copy_rows, engine, event_keys
from core.db.engine import Database
from core.db.queries import sql
from core.errors import BadInput
from core.events import time_buckets as slots
from core.events.money import cents
from core.events.time_buckets import Bucket
from core.events.types import (
    Event,
    Heartbeat,
    Label,
    Prediction,
    Request,
    RequestCounts,
    Security,
    Status,
    StatusRows,
    Transaction,
)
from core.models import registry
from core.models.registry import ReferenceBins
from core.pipeline import conflicts, feature_rows, heartbeats, performance, status_counts
from core.pipeline.conflicts import Reported
from core.pipeline.prediction_quality import Judge
from core.pipeline.slot_rows import add_to_slots
from core.transactions import confusion, label_store, stale_hours
from core.transactions.label_store import Caller

# Who the audit log names for labels that came as events; each label's own actor is in its row.
BY_EVENT = "label-events"


@dataclass(frozen=True)
class WriteCounts:
    """What one call stored: how many events were new and known, and the ten-second slots it touched, packed."""

    new: int
    known: int
    slots: dict[int, bytes] = field(default_factory=dict)


class Writer:
    """Stores batches; keeps the reference bins of the models it has met.

    `normal_block_from` is the score from which the normal profile blocks (rule A1 judges by it while a stricter one is
    on); `slot_seconds` is how far back ten-second slots are kept. Labels are audited with `audit`, if it has a key.
    `bounds` are those of what processes report of their own work.
    """

    def __init__(
        self,
        database: Database,
        normal_block_from: float,
        slot_seconds: float = 48 * 3600,
        audit: Audit | None = None,
        bounds: performance.Bounds = performance.USUAL,
    ) -> None:
        self._database = database
        self._audit = audit if audit is not None and audit.signs else None
        self._normal_block_from = normal_block_from
        self._bounds = bounds
        self.slot_seconds = slot_seconds
        self._references: dict[int, list[ReferenceBins]] = {}
        self.judge = Judge()

    @property
    def database(self) -> Database:
        """Where it stores."""
        return self._database

    def store(self, events: list[Event], now: float) -> WriteCounts:
        """Store events in one transaction. Raises DatabaseUnavailable, and then nothing of the batch is stored."""
        if not events:
            return WriteCounts(0, 0)
        self.references(events)
        with self._database.transaction() as connection:
            with engine.cursor(connection) as cursor:
                _lock(cursor, events)
                fresh = _claim(cursor, events, now)
                touched = self._store_fresh(cursor, fresh, now) if fresh else {}
                said = [label_store.of_event(event) for event in fresh if isinstance(event, Label)]
                batch = token_hex(8) if self._audit else None
                outcomes = label_store.put(cursor, said, batch) if said else []
            if self._audit and batch:
                label_store.audit_batch(connection, self._audit, outcomes, Caller(BY_EVENT), batch)
        return WriteCounts(len(fresh), len(events) - len(fresh), touched)

    def counted(self, events: list[Event]) -> Bucket:
        """What these events add to the slot that holds them all."""
        slot = Bucket()
        for event in events:
            if _is_counted(event):
                self._count(slot, event)
        return slot

    def references(self, events: Sequence[Event]) -> dict[int, list[ReferenceBins]]:
        """The reference bins by model; those that the events name are looked up when they are not known yet."""
        for version in {e.model_version for e in events if isinstance(e, Prediction)} - self._references.keys():
            if version is not None:
                try:
                    self._references[version] = registry.reference(self._database, version)
                except BadInput:
                    continue
        return self._references

    def _store_fresh(self, cursor: Any, events: list[Event], now: float) -> dict[int, bytes]:
        kinds: dict[type, list[Any]] = defaultdict(list)
        for event in events:
            kinds[type(event)].append(event)
        if predictions := kinds[Prediction]:
            self._store_predictions(cursor, predictions)
            taken_out = conflicts.superseded(cursor, predictions)
        else:
            taken_out = []
        if kinds[Transaction]:
            copy_rows.copy(cursor, copy_rows.TRANSACTIONS, map(copy_rows.transaction, kinds[Transaction]))
        if kinds[Request]:
            copy_rows.copy(cursor, copy_rows.REQUESTS, map(copy_rows.request, kinds[Request]))
        if kinds[RequestCounts]:
            copy_rows.copy(cursor, copy_rows.REQUEST_COUNTS, map(copy_rows.request_counts, kinds[RequestCounts]))
        if kinds[Security]:
            copy_rows.copy(cursor, copy_rows.SECURITY, (copy_rows.security(event, now) for event in kinds[Security]))
        if kinds[Heartbeat]:
            heartbeats.put(cursor, kinds[Heartbeat])
        if statuses := [*kinds[Status], *kinds[StatusRows]]:
            status_counts.put(cursor, statuses)
        performance.put(cursor, events, now, self._bounds)
        _note_hours(cursor, kinds, taken_out)
        if taken_out:
            own = {one.transaction_id: (one.score, one.decision or "") for one in predictions if not one.sender}
            told = [
                (one.sender, one.transaction_id)
                for one in taken_out
                if conflicts.differs(own[one.transaction_id], (one.score, one.decision))
            ]
            _tell(cursor, told, now)
        slots_of = self._slots_of(events, now, taken_out)
        status_counts.note_own(cursor, slots_of, now)
        return add_to_slots(cursor, slots_of)

    def _store_predictions(self, cursor: Any, predictions: list[Prediction]) -> None:
        names = {version: [b.name for b in bins] for version, bins in self._references.items()}
        features = feature_rows.by_model(predictions, self._references)
        judged = self.judge.judge(cursor, predictions, features)
        lines = (
            copy_rows.prediction(one, names.get(one.model_version or 0), *found)
            for one, found in zip(predictions, judged, strict=True)
        )
        copy_rows.copy(cursor, copy_rows.PREDICTIONS, lines)
        confusion.add_predictions(cursor, predictions)
        feature_rows.count(cursor, predictions, features, self._references)

    def _slots_of(
        self, events: list[Event], now: float, taken_out: Sequence[Reported] = ()
    ) -> dict[tuple[int, int], Bucket]:
        """What the events add, less what is taken out, by (width, start): ten-second slots, minutes as their sums."""
        fine: dict[int, Bucket] = defaultdict(Bucket)
        for event in events:
            if _is_counted(event):
                self._count(fine[slots.floor(float(event.timestamp or 0))], event)
        for one in taken_out:
            fine[slots.floor(one.timestamp)].subtract(self.counted([_as_event(one)]))
        found: dict[tuple[int, int], Bucket] = defaultdict(Bucket)
        for start, slot in fine.items():
            found[slots.MINUTE, slots.floor(start, slots.MINUTE)].add(slot)
            if start >= now - self.slot_seconds:
                found[slots.WIDTH, start] = slot
        return found

    def _count(self, slot: Bucket, event: Transaction | Prediction | Request | RequestCounts) -> None:
        counts = slot.counts
        if isinstance(event, Transaction):
            sold = event.type == "purchase"
            counts[0] += 1
            counts[1] += sold
            counts[2] += cents(event.platform_fee) + (cents(event.amount) if sold else 0)
        elif isinstance(event, Prediction):
            counts[3] += 1
            counts[4 + ("APPROVED", "REVIEW", "BLOCKED").index(event.decision or "APPROVED")] += 1
            counts[7] += event.score >= self._normal_block_from
            if event.latency_ms is not None:
                slot.add_latency(event.latency_ms)
        elif isinstance(event, RequestCounts):
            counts[8] += event.hits
        else:
            counts[8] += 1
            counts[9] += event.status >= 500


def _is_counted(event: Event) -> TypeGuard[Transaction | Prediction | Request | RequestCounts]:
    """Whether live figures count it: a replayed prediction is of the past, sent again."""
    if isinstance(event, Prediction):
        return not event.replayed
    return isinstance(event, (Transaction, Request, RequestCounts))


def key_of(event: Event) -> str:
    """The idempotency key of an event, apart by sender."""
    return event_keys.key(str(event.__struct_config__.tag), event.id, event.sender)


def _note_hours(cursor: Any, kinds: dict[type, list[Any]], taken_out: Sequence[Reported]) -> None:
    """Note the hours whose rows changed, for the sums of Analytics."""
    stale_hours.note(cursor, "predictions", [float(one.timestamp or 0) for one in (*kinds[Prediction], *taken_out)])
    stale_hours.note(cursor, "transactions", [float(one.timestamp or 0) for one in kinds[Transaction]])
    requests = (*kinds[Request], *kinds[RequestCounts])
    stale_hours.note(cursor, "requests", [float(one.timestamp or 0) for one in requests])


def _lock(cursor: Any, events: list[Event]) -> None:
    if any(isinstance(event, (Security, Request)) for event in events):
        cursor.execute(sql("feed.mark_writer"))
    if any(isinstance(event, Label) for event in events):
        cursor.execute(sql("writer.lock_labels"))
    elif any(isinstance(event, (Prediction, Transaction)) for event in events):
        cursor.execute(sql("writer.lock_predictions"))
    status_counts.lock(cursor, [event for event in events if isinstance(event, (Status, StatusRows))])


def _claim(cursor: Any, events: list[Event], now: float) -> list[Event]:
    """The events whose key was new, each once, in their order; of a transaction that we scored, only our prediction."""
    by_key: dict[str, Event] = {}
    for event in events:
        by_key.setdefault(key_of(event), event)
    bare = {key: _bare(event) if event.sender else key for key, event in by_key.items()}
    both = {key for key, plain in bare.items() if plain != key and plain in by_key}
    marks = {
        conflicts.mark(event): key
        for key, event in by_key.items()
        if isinstance(event, Prediction) and event.sender and key not in both
    }
    wanted = {key: plain for key, plain in bare.items() if key not in both} | {
        mark: bare[key] for mark, key in marks.items()
    }
    fresh = event_keys.claim(cursor, wanted)
    refused = [e for key, e in by_key.items() if isinstance(e, Prediction) and e.sender and key not in fresh]
    _tell(cursor, conflicts.disputed(cursor, refused), now)
    return [event for key, event in by_key.items() if key in fresh]


def _bare(event: Event) -> str:
    return event_keys.key(str(event.__struct_config__.tag), event.id)


def _tell(cursor: Any, found: list[tuple[str, str]], now: float) -> None:
    """Store the security events about predictions that disagreed with ours."""
    said = {key_of(event): event for event in conflicts.events(found, now)}
    if not said:
        return
    cursor.execute(sql("feed.mark_writer"))
    fresh = event_keys.claim(cursor, {key: key for key in said})
    copy_rows.copy(
        cursor, copy_rows.SECURITY, [copy_rows.security(event, now) for key, event in said.items() if key in fresh]
    )


def _as_event(one: Reported) -> Prediction:
    return Prediction(
        transaction_id=one.transaction_id,
        score=round(one.score, 6),
        decision=one.decision,  # type: ignore[arg-type]
        latency_ms=one.latency_ms,
        timestamp=one.timestamp,
        replayed=one.replayed,
    )
