"""Rules, states and incidents as the alert worker writes them, for tests of what people and machines see of them."""

import time
from typing import Any

from sqlalchemy import text

from core import codec
from core.clock import to_datetime
from core.db.engine import Database


def rule(db: Database, name: str, title: str, severity: str, definition: dict[str, Any]) -> None:
    """Publish a rule and a quiet state of it."""
    now = to_datetime(time.time())
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO alert_rules (id, position, title, severity, definition, loaded_at)"
                " VALUES (:id, (SELECT count(*) FROM alert_rules), :title, CAST(:severity AS severity),"
                " CAST(:definition AS jsonb), :at)"
            ),
            {
                "id": name, "title": title, "severity": severity, "at": now,
                "definition": codec.encode({"id": name, "title": title, **definition}).decode(),
            },
        )  # fmt: skip
    _state(db, name, "", "inactive", None, now.timestamp(), None)


def fire(
    db: Database,
    name: str,
    incident: str,
    at: float,
    *,
    series: str = "",
    severity: str = "medium",
    value: float | None = 1.0,
    limit: float | None = None,
    unit: str = "%",
    resolved: float | None = None,
    title: str = "",
    correlation_id: str = "",
    kind: str = "alert",
) -> None:
    """An incident that opened `at`, and the state that goes with it."""
    row = {
        "id": incident, "rule": name, "series": series, "severity": severity, "kind": kind, "value": value,
        "unit": unit,
        "status": "resolved" if resolved else "open", "title": title or f"{name} fires",
        "summary": f"{name} is {value} {unit}", "limit": limit, "at": to_datetime(at),
        "resolved": to_datetime(resolved) if resolved else None, "correlation": correlation_id or f"c-{incident}",
    }  # fmt: skip
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO incidents (id, rule, series, kind, severity, status, title, summary, value, peak,"
                " limit_value, unit, began_at, opened_at, resolved_at, correlation_id)"
                " VALUES (:id, :rule, :series, :kind,"
                " CAST(:severity AS severity), :status, :title, :summary, :value, :value, :limit, :unit, :at, :at,"
                " :resolved, :correlation)"
            ),
            row,
        )
        event(connection, incident, at, "fired", "alerts", f"{name} began to fire")
        if resolved:
            event(connection, incident, resolved, "resolved", "alerts", "recovered")
    if not resolved:
        _state(db, name, series, "firing", value, at, incident)


def event(connection: Any, incident: str, at: float, kind: str, actor: str, words: str, **details: Any) -> None:
    """A line of an incident's timeline."""
    connection.execute(
        text(
            "INSERT INTO incident_events (incident_id, at, kind, actor, text, details)"
            " VALUES (:id, :at, :kind, :actor, :text, CAST(:details AS jsonb))"
        ),
        {
            "id": incident, "at": to_datetime(at), "kind": kind, "actor": actor, "text": words,
            "details": codec.encode(details).decode(),
        },
    )  # fmt: skip


def _state(
    db: Database, name: str, series: str, phase: str, value: float | None, since: float, incident: str | None
) -> None:
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO alert_states (rule, series, phase, health, value, since, evaluated_at, incident_id, state)"
                " VALUES (:rule, :series, :phase, 'ok', :value, :since, now(), :incident, '{}')"
                " ON CONFLICT (rule, series) DO UPDATE SET phase = :phase, value = :value, since = :since,"
                " incident_id = :incident"
            ),
            {
                "rule": name, "series": series, "phase": phase, "value": value, "since": to_datetime(since),
                "incident": incident,
            },
        )  # fmt: skip
