"""The one writer of our own security events: login, lockout, rate limit, block, token, drift and policy events (S1).

`emit` never fails its caller: a login must not break because the event about it cannot be kept. When neither Redis nor
PostgreSQL takes the event, it is written to the process's log in full.
"""

import re
import secrets
from collections.abc import Callable
from typing import Literal

import msgspec

from core import clock, log
from core.errors import BadInput, GatehouseError
from core.events import senders
from core.events import types as events
from core.events.base import Severity
from core.events.types import Event, Security

Outcome = Literal["success", "failure", "unknown"]
Publish = Callable[[list[Event]], None]
# Our own processes: what they report about a log-in is about an account of our console, never about a customer's.
OWN_SOURCES = frozenset({"gatehouse", "console", "alerts", "rate-limit", "correlation", "monitoring-api", "scoring"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def emit(
    publish: Publish,
    severity: Severity,
    text: str,
    *,
    action: str,
    category: str = "authentication",
    outcome: Outcome = "unknown",
    actor: str | None = None,
    ip: str | None = None,
    correlation_id: str | None = None,
    source: str = "gatehouse",
    event_id: str | None = None,
    at: float | None = None,
    document: dict[str, object] | None = None,
    strict: bool = False,
) -> str:
    """Write one event through `publish` (`EventPublisher.publish`) and return its id.

    Texts are cleaned and cut rather than refused; an `ip` that is no address is left out. The same `event_id` counts
    once, and is stored as `own:<event_id>`, which no sender can use. `document` holds further ECS fields, nested. A
    `strict` caller can try again, and gets the error.
    """
    event = Security(
        id=senders.OWN_IDS + event_id if event_id else secrets.token_hex(12),
        timestamp=clock.now() if at is None else at,
        severity=severity,
        text=_clean(text, 2000) or action,
        category=_clean(category, 200),
        action=_clean(action, 200),
        outcome=outcome,
        actor=_clean(actor, 200) or None if actor else None,
        ip=_address(ip),
        correlation_id=_clean(correlation_id, 200) or None if correlation_id else None,
        source=_clean(source, 200),
        document=document,
    )
    try:
        publish([event])
    except GatehouseError as error:
        if strict:
            raise
        log.get("security").error(
            "a security event could not be stored", kept=msgspec.to_builtins(event), why=str(error)
        )
    return event.id or ""


def _clean(text: str, length: int) -> str:
    return _CONTROL.sub(" ", text).encode("utf-8", "replace").decode()[:length].strip()


def _address(text: str | None) -> str | None:
    try:
        return events.address(text) if text else None
    except BadInput:
        return None
