"""Open incidents that nobody was told of yet, and what they follow from (A14). Raises DatabaseUnavailable."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from core import codec
from core.alerting.incident import Incident, Kind
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.events.base import Severity


class Unnotified(NamedTuple):
    """An open incident that nobody was told of. `cause_…` are those of the incident that it was said to follow from."""

    id: str
    rule: str
    series: str
    kind: Kind
    severity: Severity
    opened_at: datetime
    group_id: str | None
    inhibited_by: str | None
    cause_rule: str | None
    cause_series: str | None
    cause_resolved_at: datetime | None


def all_of_rules(connection: Connection) -> list[Unnotified]:
    """Open incidents of rules that nobody was told of yet, the oldest first."""
    return [Unnotified(*row) for row in connection.execute(query("untold.all"))]


def of_series(connection: Connection, rule: str, series: str) -> str | None:
    """The newest incident of a series."""
    found: str | None = connection.execute(query("untold.of_series"), {"rule": rule, "series": series}).scalar()
    return found


def inhibit(connection: Connection, held: dict[str, str]) -> None:
    """Say what incidents follow from: id of the incident to id of the cause's."""
    if held:
        documents = [{"id": one, "by": by} for one, by in held.items()]
        connection.execute(query("untold.inhibit"), {"held": codec.encode(documents).decode()})


def some(connection: Connection, ids: Sequence[str]) -> list[Incident]:
    """Those of `ids` that there are."""
    return [Incident(*row) for row in connection.execute(query("incidents.some"), {"ids": list(ids)})] if ids else []


def told(connection: Connection, ids: Sequence[str], now: float) -> None:
    """People were told of these incidents."""
    connection.execute(query("incidents.notified"), {"ids": list(ids), "at": to_datetime(now)})
