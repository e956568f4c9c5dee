"""`GET /api/v1/incidents`: incidents for machines, newest first; one with its timeline, messages and actions."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypedDict

from flask import Response
from msgspec import Meta, Struct

from core import clock, codec
from core.alerting import alert_reads
from core.alerting.alert_reads import Filter
from core.alerting.incident import Incident
from core.db.engine import Database
from core.errors import BadInput
from core.events import types as events
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented
from core.web.problems import problem

Severity = Literal["critical", "high", "medium", "low"]


class IncidentsQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments of the list; times in ISO 8601 or epoch seconds."""

    status: Literal["", "open", "acknowledged", "resolved"] = ""
    severity: Literal["", "critical", "high", "medium", "low"] = ""
    rule: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    correlation_id: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    start: Annotated[str, Meta(description="Only incidents opened at or after this time.", max_length=64)] = ""
    end: Annotated[str, Meta(description="Only incidents opened before this time.", max_length=64)] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class IncidentRow(TypedDict):
    """An incident; times in ISO 8601; `value`, `peak` and `limit_value` are in `unit`.

    `group_id`: the first of those that people were told of together; `inhibited_by`: the one that it follows from.
    """

    id: str
    rule: str
    series: str
    kind: str
    severity: Severity
    status: Literal["open", "acknowledged", "resolved"]
    title: str
    summary: str
    value: float | None
    peak: float | None
    limit_value: float | None
    unit: str
    began_at: str
    opened_at: str
    notified_at: str | None
    acknowledged_at: str | None
    acknowledged_by: str | None
    escalated_at: str | None
    resolved_at: str | None
    resolved_by: str | None
    assignee: str | None
    correlation_id: str
    details: dict[str, Any]
    group_id: str | None
    inhibited_by: str | None


class EventRow(TypedDict):
    """A line of the timeline."""

    id: int
    at: str
    kind: str
    actor: str
    text: str
    details: dict[str, Any]


class DeliveryRow(TypedDict):
    """A message to a channel and what became of it."""

    id: int
    channel: str
    event: str
    state: Literal["pending", "sent", "dead", "cancelled"]
    created_at: str
    due_at: str
    attempts: int
    last_error: str | None
    receipt: Any
    finished_at: str | None
    fallback_of: int | None


class ActionRow(TypedDict):
    """What the system did, or offers."""

    id: int
    action: str
    mode: Literal["suggest", "auto"]
    state: str
    parameters: dict[str, Any]
    before: Any
    after: Any
    message: str
    attempts: int
    due_at: str
    requested_at: str
    requested_by: str
    applied_at: str | None
    revert_at: str | None
    reverted_at: str | None
    reverted_by: str | None


class IncidentDetail(TypedDict):
    """One incident with all that belongs to it."""

    incident: IncidentRow
    events: list[EventRow]
    deliveries: list[DeliveryRow]
    actions: list[ActionRow]


def install(app: App, database: Database) -> None:
    """Add both routes."""

    @app.get("/api/v1/incidents")
    @documented(
        "List incidents, newest first",
        tag="alerts",
        scope="read",
        query=IncidentsQuery,
        answers={200: list[IncidentRow]},
        problems=(503,),
    )
    def incidents() -> Response:
        asked = arguments(IncidentsQuery)
        wanted = Filter(
            rule=asked.rule or None,
            severity=asked.severity or None,
            status=asked.status or None,
            correlation_id=asked.correlation_id or None,
            start=_time(asked.start, "?from"),
            end=_time(asked.end, "?to"),
        )
        with database.transaction() as connection:
            found = alert_reads.incidents(connection, wanted, most=asked.limit)
        return _json([_plain(one) for one in found])

    @app.get("/api/v1/incidents/<incident_id>")
    @documented(
        "Get an incident with its timeline, messages and actions",
        tag="alerts",
        scope="read",
        answers={200: IncidentDetail},
        problems=(404, 503),
    )
    def incident(incident_id: str) -> Response:
        if "\x00" in incident_id:
            return problem(404, "No incident has this id.", field="incident_id")
        with database.transaction() as connection:
            found = alert_reads.incident(connection, incident_id)
            if found is None:
                return problem(404, "No incident has this id.", field="incident_id")
            rest = {
                name: [_texts(row) for row in alert_reads.of(connection, name, id=incident_id)]
                for name in ("events", "deliveries", "actions")
            }
        return _json({"incident": _plain(found), **rest})


def _plain(one: Incident) -> dict[str, Any]:
    return _texts(one._asdict())


def _texts(row: dict[str, Any]) -> dict[str, Any]:
    return {k: clock.iso(v.timestamp()) if isinstance(v, datetime) else v for k, v in row.items()}


def _time(text: str, field: str) -> datetime | None:
    if not text:
        return None
    try:
        value: str | float = float(text)
    except ValueError:
        value = text.replace(" ", "+") if "T" in text else text
    try:
        return clock.to_datetime(events.when(value, clock.now(), ahead=366 * 86400))
    except BadInput as error:
        raise BadInput(field, error.reason) from None


def _json(value: Any) -> Response:
    return Response(codec.encode(value), headers={"Cache-Control": "no-store"}, content_type="application/json")
