"""The events that the product takes in: their types, their validation, and their form in the stream.

Parsed times are epoch seconds UTC. What processes report of their own work is in `core.events.performance`.
"""

import secrets
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from core import codec
from core.errors import BadInput
from core.events import bodies, ecs, provenance, status_series
from core.events.addresses import address as address
from core.events.base import (
    ONE_LINE,
    Base,
    FeatureName,
    Key,
    LabelSource,
    LabelValue,
    Line,
    Millis,
    Money,
    Name,
    Real,
    Score,
    Severity,
)
from core.events.ecs_values import FieldChange
from core.events.limits import Shape
from core.events.performance.kinds import Report
from core.events.performance.reported import Reported
from core.events.retention import Kept
from core.events.times import when as when
from core.policy import Decision, Policy, decide

_SET_HERE = {"readOnly": True, "description": "Set by the server: the policy that decided, if it was one of ours."}


class Transaction(Base, tag="transaction"):
    """A completed ticket purchase or transfer; amounts in USD."""

    transaction_id: Key
    type: Literal["purchase", "transfer"]
    amount: Money
    platform_fee: Money = 0.0
    wallet: Name | None = None
    counterparty: Name | None = None
    event_id: Name | None = None
    ticket_id: Name | None = None
    ip: str | None = None


class Prediction(Base, tag="prediction"):
    """One scored transaction. `threshold`: the score from which it counts as predicted fraud (default: policy).
    `holdout`: its score means BLOCKED, but this share of such transactions is let through to REVIEW, and it was.
    `event_id`: the event that its ticket is for; of a blocked one no sale will say it.
    `replayed`: it is of the past and sent again, so that neither live KPIs nor Analytics count it.

    Features come by name, or as `feature_values` in the order of `model_version` (null: missing); contributions too.
    """

    transaction_id: Key
    score: Score
    decision: Decision | None = None
    threshold: Score | None = None
    top_feature: FeatureName | None = None
    top_value: Real | None = None
    model_version: Annotated[int, Meta(ge=0, le=2_000_000_000)] | None = None
    latency_ms: Millis | None = None
    amount: Money | None = None
    wallet: Name | None = None
    ip: str | None = None
    features: dict[FeatureName, Real | bool | None] | None = None
    contributions: dict[FeatureName, Real] | None = None
    feature_values: Annotated[list[Real | None], Meta(max_length=1000)] | None = None
    contribution_values: Annotated[list[Real], Meta(max_length=1000)] | None = None
    holdout: Annotated[float, Meta(gt=0, le=1)] | None = None
    event_id: Name | None = None
    replayed: bool = False
    policy_version: Annotated[int, Meta(extra_json_schema=_SET_HERE)] | None = None


class Request(Base, tag="request"):
    """One HTTP request that a service answered."""

    ip: str
    method: Annotated[str, Meta(min_length=1, max_length=20, pattern=r"^(?!.*\n)[A-Za-z_-]+$")]
    path: Annotated[str, Meta(min_length=1, max_length=2000, pattern=ONE_LINE)]
    status: Annotated[int, Meta(ge=100, le=599)]
    duration_ms: Millis
    service: Name = "platform"
    user: Name | None = None
    bytes: Annotated[int, Meta(ge=0, le=2_000_000_000)] | None = None


class Security(Base, tag="security"):
    """One security event."""

    severity: Severity
    text: Annotated[Line, Meta(min_length=1)]
    category: Name = "host"
    action: Name | None = None
    outcome: Literal["success", "failure", "unknown"] = "unknown"
    actor: Name | None = None
    ip: str | None = None
    correlation_id: Name | None = None
    source: Name = "platform"
    document: dict[str, Any] | None = None


class Label(Base, tag="label"):
    """What a transaction really was; `unsure` is kept and never counts."""

    transaction_id: Key
    label: LabelValue
    source: LabelSource
    actor: Name | None = None
    comment: Line | None = None


class Heartbeat(Base, tag="heartbeat"):
    """A service says that it lives."""

    service: Name
    status: Literal["UP", "SLOW", "DOWN"] = "UP"
    latency_ms: Millis | None = None
    detail: Line | None = None


class Status(Base, tag="status"):
    """How many transactions of a status, of a code, or of both a minute had; `add` adds to what was said before.

    `received_at` is set at the entrance: of two counts of a minute the one that was received later counts.
    """

    count: int | float | str
    status: str | None = None
    auth_code: str | int | None = None
    source: str = status_series.SOURCE
    add: bool = False
    dimensions: Annotated[dict[str, str], Meta(max_length=status_series.MOST_DIMENSIONS)] = {}
    received_at: Annotated[float, Meta(extra_json_schema={"readOnly": True})] = 0.0


class StatusRows(Base, tag="status-rows"):
    """Many rows of statuses at once, as `api.status_rows` makes them: nobody outside can send one.

    Row i counts `counts[i]` of `series[numbers[i]]` in `minutes[i]` of the epoch; those at `adds` are added. Its
    timestamp is when it was received.
    """

    series: list[status_series.Series]
    numbers: list[int]
    minutes: list[int]
    counts: list[int]
    adds: list[int] = []


class RequestCounts(Base, tag="request-counts"):
    """Requests of ten seconds of which no `request` event was made (performance.toml, [sampling]): nobody outside can
    send one. `hits` are those of one address, or with no address of the rest; `timed` took about `duration_ms`.
    """

    service: str
    ip: str = ""
    signed_in: bool = False
    hits: int = 0
    timed: int = 0
    duration_ms: float = 0.0


Sent = Transaction | Prediction | Request | Security | Label | Heartbeat | Status | Report
Event = Sent | StatusRows | RequestCounts
_item = msgspec.json.Decoder(Sent)
_many = msgspec.json.Decoder(list[Event])
_USUAL, _FOR_EVER = Shape(), Kept()


class Rejection(Struct, frozen=True):
    """Why one item of a body was not taken."""

    index: int
    field: str
    reason: str


def parse(
    body: bytes,
    now: float,
    policy: Policy,
    *,
    sender: str,
    header_key: str | None = None,
    most: int = 1000,
    ahead: float = 300.0,
    shape: Shape = _USUAL,
    kept: Kept = _FOR_EVER,
    look: Callable[[int, msgspec.Raw, Event], None] = lambda *_: None,
    changed: list[Rejection] | None = None,
) -> tuple[list[Event], list[Rejection]]:
    """The good events of a request body and the rejections, both in the order of the body.

    `sender` is who sends it, never empty; a timestamp may lie `ahead` seconds in the future, and as far back as is
    `kept`. `look` sees each event as it came, and may raise BadInput; `changed` gets what was cut or cleaned in ECS
    documents. Raises BadInput when the body as a whole is not acceptable (not JSON, empty, more than `most` items).
    """
    good: list[Event] = []
    bad: list[Rejection] = []
    for index, raw in enumerate(bodies.items(body, most)):
        try:
            event, changes = _decode_item(raw, shape)
            look(index, raw, event)
            _complete(event, now, policy, f"{header_key}:{index}" if header_key else None, ahead, shape)
            kept.check(str(event.__struct_config__.tag), float(event.timestamp or 0), now)
            provenance.keep(event, sender, now)
            good.append(event)
            if changed is not None:
                changed += [Rejection(index, field, reason) for field, reason in changes]
        except BadInput as error:
            bad.append(Rejection(index, error.field, error.reason))
    return good, bad


def encode(events: list[Event]) -> bytes:
    """The form of events in the stream."""
    return msgspec.json.encode(events)


def weight(event: Event) -> int:
    """How many rows an event brings."""
    return len(event.numbers) if isinstance(event, StatusRows) else 1


def decode(data: bytes) -> list[Event]:
    """Events from the stream; raises ValueError when the entry is not ours."""
    return _many.decode(data)


def _decode_item(raw: msgspec.Raw, shape: Shape) -> tuple[Event, list[FieldChange]]:
    try:
        return _item.decode(raw), []
    except (msgspec.ValidationError, RecursionError, UnicodeDecodeError) as error:
        if found := ecs.event(raw, Security, shape):
            return found
        raise BadInput(*bodies.wrong(str(error))) from None
    except msgspec.DecodeError as error:
        raise BadInput("$", f"not JSON: {error}") from None


def _complete(event: Event, now: float, policy: Policy, header_key: str | None, ahead: float, shape: Shape) -> None:
    """Fill in what may be left out: key, time, canonical address, decision."""
    event.timestamp = when(event.timestamp, now, ahead)
    if isinstance(event, (Transaction, Prediction)):
        event.id = event.id or event.transaction_id
    event.id = event.id or header_key or secrets.token_hex(12)
    if isinstance(event, Status):
        _complete_status(event, now)
    if isinstance(event, Reported):
        event.complete()
    if isinstance(event, Prediction):
        for name in ("features", "contributions", "feature_values", "contribution_values"):
            shape.check_features(getattr(event, name), f"$.{name}")
        event.policy_version = policy.version if event.decision is None else None
        if event.decision is None:
            event.decision = decide(event.score, policy)
        if event.threshold is None:
            event.threshold = policy.fraud_threshold
    if isinstance(event, (Transaction, Prediction, Request, Security)) and event.ip is not None:
        event.ip = address(event.ip)
    if isinstance(event, Security) and event.document:
        shape.check_document(event.document)


def _complete_status(event: Status, now: float) -> None:
    """The row as it is stored, in its minute."""
    found = status_series.series(event.source, event.status, event.auth_code, event.dimensions)
    event.source, event.status, event.auth_code, _ = found
    event.dimensions = codec.decode(found.dimensions) if found.dimensions else {}
    event.count = status_series.count(event.count)
    event.timestamp = float(event.timestamp or 0) // 60 * 60
    event.received_at = now
