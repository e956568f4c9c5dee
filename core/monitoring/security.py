"""Resource `security` (S1, S2): security events of the window, newest first, with counts."""

from msgspec import Struct

from core.events.base import Severity


class SeverityCounts(Struct, frozen=True, kw_only=True):
    """Events by severity."""

    critical: int
    high: int
    medium: int
    low: int


class SecurityEvent(Struct, frozen=True, kw_only=True):
    """One event, at `t` (ms)."""

    t: int
    id: str
    severity: Severity
    text: str
    category: str
    action: str | None
    outcome: str
    actor: str | None
    ip: str | None
    correlation_id: str | None
    source: str


class SecurityEvents(Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """The span that is shown (ms); `counts` and `total` are of all its events, `events` the newest of them."""

    start: int
    end: int
    counts: SeverityCounts
    events: list[SecurityEvent]
    total: int


RESOURCE = SecurityEvents
