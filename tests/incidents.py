"""An open incident in the database, for tests of what hangs on one."""

from typing import Any

from sqlalchemy import text

from core import codec
from core.clock import to_datetime
from core.db.engine import Database

_INSERT = text(
    "INSERT INTO incidents (id, rule, series, kind, severity, status, title, summary, began_at, opened_at,"
    " correlation_id, details) VALUES (:id, :rule, :series, 'alert', 'high', 'open', :title, 'so it is', :at, :at,"
    " :id, CAST(:details AS jsonb))"
)


def make(db: Database, rule: str, at: float, name: str = "", series: str = "", **details: Any) -> str:
    """Open an incident of a rule; its id."""
    identity = name or f"{rule}-{series}-{at}"
    values = {"id": identity, "rule": rule, "series": series, "title": f"{rule} fires", "at": to_datetime(at)}
    with db.transaction() as connection:
        connection.execute(_INSERT, {**values, "details": codec.encode(details).decode()})
    return identity


def steps(db: Database, incident: str) -> list[str]:
    """The texts of the actions on an incident's timeline, in their order."""
    statement = text("SELECT text FROM incident_events WHERE incident_id = :id AND kind = 'action' ORDER BY id")
    with db.transaction() as connection:
        return list(connection.execute(statement, {"id": incident}).scalars())


def end(db: Database, incident: str, at: float) -> None:
    """The incident is over, as the evaluator says it."""
    from core.alerting import action_runs

    with db.transaction() as connection:
        statement = text("UPDATE incidents SET status = 'resolved', resolved_at = :at WHERE id = :id")
        connection.execute(statement, {"id": incident, "at": to_datetime(at)})
        action_runs.recovered(connection, incident, at)
