"""Events as lines of PostgreSQL's COPY text format, one function a table."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import psycopg2

from core import codec
from core.clock import to_datetime
from core.events import money
from core.events.types import Prediction, Request, RequestCounts, Security, Transaction

PREDICTIONS = (
    "fraud_predictions",
    "timestamp, fraud_score, decision, top_value, model_version, latency_ms, amount, flagged, "
    "transaction_id, top_feature, wallet, ip, features, contributions, extra, amount_usd, confidence, "
    "data_quality_score",
)
TRANSACTIONS = (
    "transactions",
    "timestamp, amount, platform_fee, type, transaction_id, wallet, counterparty, event_id, ip, ticket_id",
)
REQUESTS = ("api_requests", "timestamp, duration_ms, bytes, status, ip, method, path, service, user_id, reported_by")
REQUEST_COUNTS = ("request_counts", "timestamp, service, ip, signed_in, hits, timed, duration_ms")
SECURITY = (
    "security_events",
    "timestamp, severity, id, text, category, action, outcome, actor, ip, correlation_id, source, document, "
    "reported_by, stored_at",
)
NULL = "\\N"
_PIECE, _LINES = 65_536, 200  # bytes and lines that are handed over at a time
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy(cursor: Any, table: tuple[str, str], lines: Iterable[str]) -> None:
    """COPY lines into a table of this module. They are made while PostgreSQL takes those before."""
    source = _Source(lines)
    try:
        cursor.copy_expert(f"/* copy.{table[0]} */ COPY {table[0]} ({table[1]}) FROM STDIN", source, size=_PIECE)
    except psycopg2.Error:
        if source.error:
            raise source.error from None
        raise


class _Source:
    """Lines as a file to read from, some at a time; keeps the error that a line met."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.error: Exception | None = None

    def read(self, _: int) -> str:
        """The next lines, at most `_LINES` of them; "" at the end."""
        try:
            return "".join(islice(self._lines, _LINES))
        except Exception as error:
            self.error = error
            raise


def prediction(
    event: Prediction, names: list[str] | None, confidence: str | None = None, data_quality: int | None = None
) -> str:
    """One line; `names` is the feature order of the event's model when that model is registered. The last two are
    those of `core.pipeline.prediction_quality`.
    """
    values, weights = event.feature_values, event.contribution_values
    extra: dict[str, Any] | None = None if event.holdout is None else {"holdout": event.holdout}
    if event.event_id is not None:
        extra = {**(extra or {}), "event_id": event.event_id}
    if event.replayed:
        extra = {**(extra or {}), "replayed": True}
    if event.sender:
        extra = {**(extra or {}), "reported_by": event.sender}
    if values is None and event.features is not None:
        if names is not None:
            values = [_number(event.features.get(name)) for name in names]
            if event.contributions is not None:
                weights = [event.contributions.get(name, 0.0) for name in names]
        else:
            extra = {**(extra or {}), "features": event.features, "contributions": event.contributions}
    flagged = event.score >= (event.threshold or 0.0)
    amount = real(event.amount)
    return (
        f"{time(event.timestamp)}\t{real(event.score)}\t{event.decision}\t{real(event.top_value)}\t"
        f"{_or_null(event.model_version)}\t{real(event.latency_ms)}\t{amount}\t{'t' if flagged else 'f'}\t"
        f"{text(event.transaction_id)}\t{text(event.top_feature)}\t{text(event.wallet)}\t"
        f"{_or_null(event.ip)}\t{reals(values)}\t{reals(weights)}\t{json(extra)}\t{amount}\t"
        f"{_or_null(confidence)}\t{_or_null(data_quality)}\n"
    )


def transaction(event: Transaction) -> str:
    """One line; money to the cent."""
    return (
        f"{time(event.timestamp)}\t{money.to_the_cent(event.amount)}\t{money.to_the_cent(event.platform_fee)}\t{event.type}\t"
        f"{text(event.transaction_id)}\t{text(event.wallet)}\t{text(event.counterparty)}\t{text(event.event_id)}\t"
        f"{_or_null(event.ip)}\t{text(event.ticket_id)}\n"
    )


def request(event: Request) -> str:
    """One line."""
    return (
        f"{time(event.timestamp)}\t{real(event.duration_ms)}\t{_or_null(event.bytes)}\t{event.status}\t{event.ip}\t"
        f"{text(event.method)}\t{text(event.path)}\t{text(event.service)}\t{text(event.user)}\t"
        f"{text(event.sender or None)}\n"
    )


def request_counts(event: RequestCounts) -> str:
    """One line."""
    return (
        f"{time(event.timestamp)}\t{text(event.service)}\t{event.ip or NULL}\t{'t' if event.signed_in else 'f'}\t"
        f"{event.hits}\t{event.timed}\t{real(event.duration_ms)}\n"
    )


def security(event: Security, stored_at: float) -> str:
    """One line; `stored_at` is the time of storing, whatever time the event carries."""
    return (
        f"{time(event.timestamp)}\t{event.severity}\t{text(event.id)}\t{text(event.text)}\t{text(event.category)}\t"
        f"{text(event.action)}\t{event.outcome}\t{text(event.actor)}\t{_or_null(event.ip)}\t"
        f"{text(event.correlation_id)}\t{text(event.source)}\t{json(event.document)}\t"
        f"{text(event.sender or None)}\t{time(stored_at)}\n"
    )


def time(value: Any) -> str:
    """A timestamp in UTC, to the microsecond."""
    whole = int(value)
    micro = round((value - whole) * 1e6)
    if value < 0 or micro == 1_000_000:
        return to_datetime(value).isoformat()
    return f"{_second(whole)}.{micro:06d}+00"


@lru_cache(maxsize=4096)
def _second(whole: int) -> str:
    """The date and time of a second; what is stored at a time mostly happened in few of them."""
    return to_datetime(whole).isoformat()[:19]


def text(value: str | None) -> str:
    """Escaped text or NULL."""
    if value is None:
        return NULL
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)


def real(value: float | None) -> str:
    """A number that fits float4 (tiny ones become 0) or NULL."""
    return "\\N" if value is None else repr(value) if abs(value) > 1e-30 else "0"


def reals(values: Sequence[float | None] | None) -> str:
    """A float4 array with NaN for what is missing, or NULL."""
    if values is None:
        return "\\N"
    written = codec.encode(values).decode()
    if "e-" in written:
        written = codec.encode([0.0 if v is not None and abs(v) < 1e-30 else v for v in values]).decode()
    return "{" + written[1:-1].replace("null", "NaN") + "}"


def json(value: Any) -> str:
    """JSON text or NULL."""
    return "\\N" if value is None else codec.encode(value).decode().translate(_ESCAPES)


def _or_null(value: Any) -> str:
    return "\\N" if value is None else str(value)


def _number(value: float | bool | None) -> float | None:
    return None if value is None else float(value)
