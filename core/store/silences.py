"""Silences of people (A12): made with owner, reason and end; ended early; every change audited in its transaction."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from core.clock import to_datetime
from core.errors import BadInput
from core.silences import Silence
from core.store.audit import Audit
from core.store.queries import query

LONGEST = timedelta(days=30)
TEXT = 200


def create(
    connection: Connection,
    audit: Audit,
    actor: str,
    *,
    owner: str,
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    now: float,
    rule: str = "",
    series: str = "",
    severity: str | None = None,
    ip: str | None = None,
) -> Silence:
    """A new silence. Raises BadInput naming the field; nothing is silenced for more than 30 days."""
    for name, text in (("owner", owner), ("reason", reason)):
        if not text.strip():
            raise BadInput(f"$.{name}", "is required")
    for name, text in (("owner", owner), ("reason", reason), ("rule", rule), ("series", series)):
        if len(text) > TEXT or not text.isprintable():
            raise BadInput(f"$.{name}", f"takes at most {TEXT} printable characters")
    for name, text in (("rule", rule), ("series", series)):
        if "*" in text[:-1]:
            raise BadInput(f"$.{name}", "may have * only at its end")
    if severity not in (None, "critical", "high", "medium", "low"):
        raise BadInput("$.severity", "must be critical, high, medium or low")
    if ends_at <= max(starts_at, to_datetime(now)):
        raise BadInput("$.ends_at", "must be in the future and after the start")
    if ends_at - starts_at > LONGEST:
        raise BadInput("$.ends_at", f"may be at most {LONGEST.days} days after the start")
    values = {
        "rule": rule.strip(),
        "series": series.strip(),
        "severity": severity,
        "owner": owner.strip(),
        "reason": reason.strip(),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "created_at": to_datetime(now),
    }
    row = connection.execute(query("silences.insert"), values).mappings().one()
    made = _silence(dict(row))
    audit.append(connection, actor, "silence.create", f"silence:{made.id}", None, values, ip)
    return made


def end(
    connection: Connection, audit: Audit, silence_id: int, actor: str, now: float, ip: str | None = None
) -> Silence:
    """End a silence now. Raises BadInput when it has ended, or never was."""
    values = {"id": silence_id, "actor": actor, "now": to_datetime(now)}
    row = connection.execute(query("silences.end"), values).mappings().one_or_none()
    if row is None:
        raise BadInput("$.id", "there is no such silence in force or to come")
    audit.append(connection, actor, "silence.end", f"silence:{silence_id}", {"ends_at": row["was"]}, None, ip)
    return _silence({name: value for name, value in dict(row).items() if name != "was"})


def in_force(connection: Connection, now: float) -> list[Silence]:
    """The silences that mute at `now`."""
    return [Silence(*row) for row in connection.execute(query("silences.in_force"), {"at": to_datetime(now)})]


def current(connection: Connection, now: float) -> list[Silence]:
    """Silences in force and to come, the next to end first."""
    found = connection.execute(query("silences.current"), {"now": to_datetime(now)}).mappings()
    return [_silence(dict(row)) for row in found]


def past(connection: Connection, now: float, most: int = 50) -> list[Silence]:
    """Silences that have ended, newest first."""
    found = connection.execute(query("silences.past"), {"now": to_datetime(now), "most": most}).mappings()
    return [_silence(dict(row)) for row in found]


def _silence(row: dict[str, Any]) -> Silence:
    return Silence(**row)
