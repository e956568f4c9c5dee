"""Versions that served for the first time."""

from alerts.digest.model import Line
from alerts.digest.week import WEEKS, Week
from alerts.digest.wording import count
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query

ORDER = 40
TITLE = "New versions"


def lines(connection: Connection, week: Week) -> list[Line]:
    """The newest first."""
    rows = connection.execute(query("digest.versions"), {"end": week.end, "weeks": WEEKS})
    return [
        Line(row.service, f"{row.version} since {to_datetime(row.first):%Y-%m-%d}, {count(int(row.hits))} requests")
        for row in rows
    ]
