"""What pages about training read: stored labels to learn from, and versions with what is known of each."""

from datetime import datetime
from typing import Any, NamedTuple

from core.db.engine import Database
from core.db.queries import query

DAY = 86_400.0


class Available(NamedTuple):
    """Stored, labelled predictions of the last `days`, and how many of them are frauds."""

    days: int
    rows: int
    frauds: int


class Version(NamedTuple):
    """A registered model. `role` names its roles; `measures`, `data` and `features` are from its card and registry."""

    version: int
    created_at: datetime
    algorithm: str
    features: list[str]
    metrics: dict[str, Any]
    fingerprint: str
    note: str
    role: str | None
    since: datetime | None
    measures: dict[str, Any] | None
    data: dict[str, Any] | None
    run: int | None
    made_by: str | None
    size: int

    @property
    def roles(self) -> list[str]:
        """Role history."""
        return self.role.split(", ") if self.role else []


def available(database: Database, now: float, spans: tuple[int, ...]) -> list[Available]:
    """How much there is to learn from, for each number of days up to `now` (epoch seconds)."""
    values = {"since": now - max(spans) * DAY, "now": now}
    with database.transaction() as connection:
        rows = connection.execute(query("training.available"), values).all()
    return [
        Available(
            days,
            sum(row.rows for row in rows if row.age < days),
            sum(row.frauds for row in rows if row.age < days),
        )
        for days in spans
    ]


def versions(database: Database) -> list[Version]:
    """Every registered model, newest first."""
    with database.transaction() as connection:
        return [Version(**row) for row in connection.execute(query("training.versions"), {"version": None}).mappings()]


def version(database: Database, number: int) -> Version | None:
    """One registered model."""
    with database.transaction() as connection:
        row = connection.execute(query("training.versions"), {"version": number}).mappings().first()
    return Version(**row) if row else None
