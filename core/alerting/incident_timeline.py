"""The timeline of an incident: what happened, by whom; written in the caller's transaction. Raises
DatabaseUnavailable.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from core import codec
from core.audit.actors import SYSTEM
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query


class Line(NamedTuple):
    """A line of a timeline. `kind`: opened, notified, muted, inhibited, acknowledged, unacknowledged, resolved,
    reopened, assigned, comment, escalated, changed, flapping, delivery, action."""

    incident_id: str
    kind: str
    text: str
    details: dict[str, Any] = {}


def timeline(connection: Connection, incident_id: str) -> list[dict[str, Any]]:
    """What happened, oldest first: id, at, kind, actor, text, details."""
    rows = connection.execute(query("incidents.timeline"), {"id": incident_id})
    return [dict(row) for row in rows.mappings()]


def note(
    connection: Connection,
    incident_id: str,
    at: float,
    kind: str,
    actor: str,
    text: str,
    details: dict[str, Any] | None = None,
) -> None:
    """A line on the timeline; `kind` as in Line."""
    note_all(connection, [Line(incident_id, kind, text, details or {})], at, actor)


def note_all(connection: Connection, lines: Sequence[Line], at: float, actor: str = SYSTEM) -> None:
    """Lines on timelines, in their order."""
    documents = [
        {**line._asdict(), "text": line.text[:4000], "place": place, "at": to_datetime(at), "actor": actor}
        for place, line in enumerate(lines)
    ]
    if documents:
        connection.execute(query("incidents.add_events"), {"events": codec.encode(documents).decode()})


def note_once(connection: Connection, incident_id: str, at: float, kind: str, actor: str, text: str) -> None:
    """The same, unless the line is there already."""
    values = {"incident_id": incident_id, "at": to_datetime(at), "kind": kind, "actor": actor, "text": text[:4000]}
    connection.execute(query("incidents.add_event_once"), values)
