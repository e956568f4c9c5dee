"""The events that the product takes in: their types, their validation, and their form in the stream.

Limits on text keep out what PostgreSQL cannot store (NUL and control characters). Parsed times are epoch seconds UTC.
"""

import ipaddress
import math
import secrets
import socket
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from core import codec, ecs
from core.errors import BadInput
from core.policy import Decision, Policy, decide

Key = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Line = Annotated[str, Meta(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Money = Annotated[float, Meta(ge=0, le=1e11)]
Real = Annotated[float, Meta(ge=-1e30, le=1e30)]
Millis = Annotated[float, Meta(ge=0, le=1e9)]
Score = Annotated[float, Meta(ge=0, le=1)]
Severity = Literal["critical", "high", "medium", "low"]
LabelValue = Literal["fraud", "legit", "unsure"]
LabelSource = Literal["chargeback", "analyst", "appeal"]
Status = Literal["UP", "SLOW", "DOWN"]
FeatureName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
OLDEST = 946_684_800.0  # 2000-01-01


class Base(Struct, tag_field="kind", omit_defaults=True, kw_only=True):
    """What every event has: an idempotency key and a time (ISO 8601, or epoch seconds)."""

    id: Key | None = None
    timestamp: str | float | None = None


class Transaction(Base, tag="transaction"):
    """A completed ticket purchase or transfer; amounts in USD."""

    transaction_id: Key
    type: Literal["purchase", "transfer"]
    amount: Money
    platform_fee: Money = 0.0
    wallet: Name | None = None
    counterparty: Name | None = None
    event_id: Name | None = None
    ip: str | None = None


class Prediction(Base, tag="prediction"):
    """One scored transaction. `threshold`: the score from which it counts as predicted fraud (default: policy).
    `holdout`: its score means BLOCKED, but this share of such transactions is let through to REVIEW, and it was.

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


class Request(Base, tag="request"):
    """One HTTP request that a service answered."""

    ip: str
    method: Annotated[str, Meta(min_length=1, max_length=20, pattern=r"^[A-Za-z_-]+$")]
    path: Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"^[^\x00-\x1f\x7f]+$")]
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
    status: Status = "UP"
    latency_ms: Millis | None = None
    detail: Line | None = None


Event = Transaction | Prediction | Request | Security | Label | Heartbeat
_item = msgspec.json.Decoder(Event)
_many = msgspec.json.Decoder(list[Event])
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_any = msgspec.json.Decoder()


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
    header_key: str | None = None,
    most: int = 1000,
    ahead: float = 300.0,
) -> tuple[list[Event], list[Rejection]]:
    """The good events of a request body and the rejections, both in the order of the body.

    `ahead` is how many seconds a timestamp may lie in the future. Raises BadInput when the body as a whole is not
    acceptable (not JSON, empty, more than `most` items).
    """
    raws = _items(body, most)
    good: list[Event] = []
    bad: list[Rejection] = []
    for index, raw in enumerate(raws):
        try:
            event = _decode_item(raw)
            _complete(event, now, policy, f"{header_key}:{index}" if header_key else None, ahead)
            good.append(event)
        except BadInput as error:
            bad.append(Rejection(index, error.field, error.reason))
    return good, bad


def encode(events: list[Event]) -> bytes:
    """The form of events in the stream."""
    return msgspec.json.encode(events)


def decode(data: bytes) -> list[Event]:
    """Events from the stream; raises ValueError when the entry is not ours."""
    return _many.decode(data)


def when(value: str | float | None, now: float, ahead: float = 300.0) -> float:
    """Epoch seconds of a timestamp; a time without an offset is UTC. Raises BadInput outside 2000 … now + `ahead`."""
    if value is None:
        return now
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
            seconds = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            raise BadInput("$.timestamp", f"{value[:60]!r} is not an ISO 8601 time") from None
    else:
        seconds = float(value)
    if not math.isfinite(seconds) or seconds < OLDEST:
        raise BadInput("$.timestamp", "before the year 2000 or not a time (epoch times are in seconds)")
    if seconds > now + ahead:
        raise BadInput("$.timestamp", f"more than {ahead:g} s in the future (epoch times are in seconds)")
    return round(seconds, 6)


def address(value: str, field: str = "$.ip") -> str:
    """A canonical IP address, IPv4 where it is one within IPv6; raises BadInput when it is none."""
    try:
        return socket.inet_ntop(socket.AF_INET, socket.inet_pton(socket.AF_INET, value))
    except (OSError, ValueError):
        pass
    try:
        parsed = ipaddress.ip_address(value)
        return str(getattr(parsed, "ipv4_mapped", None) or parsed).partition("%")[0]
    except ValueError:
        raise BadInput(field, f"{value[:60]!r} is not an IP address") from None


def _items(body: bytes, most: int) -> list[msgspec.Raw]:
    try:
        start = body.lstrip()[:1]
        if start == b"[":
            raws = _raws.decode(body)
        else:
            whole = _any.decode(body)
            if not isinstance(whole, dict):
                raise BadInput("$", 'expected an event, a list of events, or {"events": [...]}')
            if "events" in whole and "kind" not in whole:
                if not isinstance(whole["events"], list):
                    raise BadInput("$.events", "expected a list of events")
                raws = [msgspec.Raw(msgspec.json.encode(item)) for item in whole["events"]]
            else:
                raws = [msgspec.Raw(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("$", f"the body is not JSON: {error}") from None
    if not raws:
        raise BadInput("$", "there is no event in the body")
    if len(raws) > most:
        raise BadInput("$", f"{len(raws)} events in one body; at most {most} are taken")
    return raws


def _decode_item(raw: msgspec.Raw) -> Event:
    try:
        event: Event = _item.decode(raw)
        return event
    except (msgspec.ValidationError, RecursionError, UnicodeDecodeError) as error:
        document = _ecs(raw)
        if document is not None:
            return document
        reason, _, path = str(error).rpartition(" - at `")
        raise BadInput(path.rstrip("`") if reason else _missing(str(error)), _plain(reason or str(error))) from None
    except msgspec.DecodeError as error:
        raise BadInput("$", f"not JSON: {error}") from None


def _plain(reason: str) -> str:
    return "holds characters that are not allowed here" if "matching regex" in reason else reason


def _missing(message: str) -> str:
    """The field that a message of the form `Object missing required field `x`` is about."""
    parts = message.split("`")
    return f"$.{parts[1]}" if len(parts) >= 3 and "missing" in message else "$"


def _ecs(raw: msgspec.Raw) -> Security | None:
    try:
        document = _any.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    if not isinstance(document, dict) or "@timestamp" not in document or document.get("kind", "security") != "security":
        return None
    try:
        return msgspec.convert(ecs.to_security(document), Security)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).rpartition(" - at `")
        raise BadInput(path.rstrip("`") or "$", f"ECS document: {_plain(reason or str(error))}") from None


def _complete(event: Event, now: float, policy: Policy, header_key: str | None, ahead: float) -> None:
    """Fill in what may be left out: key, time, canonical address, decision."""
    event.timestamp = when(event.timestamp, now, ahead)
    if isinstance(event, (Transaction, Prediction)):
        event.id = event.id or event.transaction_id
    event.id = event.id or header_key or secrets.token_hex(12)
    if isinstance(event, Prediction):
        if event.decision is None:
            event.decision = decide(event.score, policy)
        if event.threshold is None:
            event.threshold = policy.fraud_threshold
    if isinstance(event, (Transaction, Prediction, Request, Security)) and event.ip is not None:
        event.ip = address(event.ip)
    if isinstance(event, Security) and event.document:
        _check_storable(event.document)


def _check_storable(document: dict[str, Any]) -> None:
    try:
        written = codec.encode(document)
    except TypeError as error:  # integers beyond 64 bits, or objects within objects without end
        raise BadInput("$.document", f"cannot be stored: {str(error).lower()}") from None
    if b"\\u0000" in written:
        raise BadInput("$.document", "holds a NUL character")
