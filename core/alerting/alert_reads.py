"""What pages and the monitoring API read of alerts: rules, states, incidents with all that belongs to them, channels.

Only reading; changes go through core.alerting.incidents, silences, action_runs and outbox. Every function takes a
connection and raises DatabaseUnavailable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.alerting.incident import Incident
from core.db.engine import Connection, Database
from core.db.queries import query
from core.events.base import Severity


@dataclass(frozen=True)
class Rule:
    """A rule as the worker published it; `definition` is its configuration."""

    id: str
    position: int
    title: str
    severity: Severity
    definition: dict[str, Any]
    loaded_at: datetime


@dataclass(frozen=True)
class State:
    """A series of a rule as last judged."""

    rule: str
    series: str
    phase: Literal["inactive", "pending", "firing"]
    health: Literal["ok", "no_data", "error"]
    value: float | None
    since: datetime
    evaluated_at: datetime
    incident_id: str | None


@dataclass(frozen=True)
class Filter:
    """Which incidents are listed; None: any. `start` ≤ opened_at < `end`."""

    rule: str | None = None
    severity: str | None = None
    status: str | None = None
    correlation_id: str | None = None
    words: str | None = None
    start: datetime | None = None
    end: datetime | None = None


Row = dict[str, Any]
EXPORT_PAGE = 1000


def rules(connection: Connection) -> list[Rule]:
    """Every loaded rule."""
    return [Rule(**dict(row)) for row in connection.execute(query("alert_reads.rules")).mappings()]


def states(connection: Connection) -> list[State]:
    """Every judged series."""
    return [State(**dict(row)) for row in connection.execute(query("alert_reads.states")).mappings()]


def evaluated_at(connection: Connection) -> datetime | None:
    """When the rules were last judged."""
    found: datetime | None = connection.execute(query("alert_reads.evaluated")).scalar()
    return found


def unresolved(connection: Connection) -> list[Incident]:
    """Incidents that are not over, newest first."""
    return [Incident(**dict(row)) for row in connection.execute(query("alert_reads.unresolved")).mappings()]


def incident(connection: Connection, incident_id: str) -> Incident | None:
    """One incident."""
    row = connection.execute(query("alert_reads.incident"), {"id": incident_id}).mappings().one_or_none()
    return Incident(**dict(row)) if row else None


def incidents(
    connection: Connection, wanted: Filter, below: tuple[datetime, str] | None = None, most: int = 100
) -> list[Incident]:
    """Incidents of a filter, newest first; `below` (opened_at, id) continues after one."""
    values = {**wanted.__dict__, "below_at": below and below[0], "below_id": below and below[1], "most": most}
    return [Incident(**dict(row)) for row in connection.execute(query("alert_reads.listed"), values).mappings()]


def every_incident(database: Database, wanted: Filter) -> Iterator[Incident]:
    """All incidents of a filter, newest first, for exports; each page of rows is a transaction of its own."""
    below: tuple[datetime, str] | None = None
    while True:
        with database.transaction() as connection:
            found = incidents(connection, wanted, below, EXPORT_PAGE)
        yield from found
        if len(found) < EXPORT_PAGE:
            return
        below = (found[-1].opened_at, found[-1].id)


def listed_with(connection: Connection, name: str, /, **values: Any) -> list[Incident]:
    """Incidents that have to do with one: `together` in its group, `following` from it."""
    return [Incident(**dict(row)) for row in connection.execute(query(f"alert_reads.{name}"), values).mappings()]


def of(connection: Connection, name: str, /, **values: Any) -> list[Row]:
    """The rows of a query of `alert_reads` that needs no type of its own: events, deliveries, actions, artefacts …"""
    return [dict(row) for row in connection.execute(query(f"alert_reads.{name}"), values).mappings()]


def switch_is_off(connection: Connection, name: str) -> Row | None:
    """Who threw a switch off, when and why; None while it is on, as a switch is that nobody touched."""
    row = connection.execute(query("alert_reads.switch"), {"name": name}).mappings().one_or_none()
    return None if row is None or row["is_on"] else dict(row)
