"""Exceptions that were seen for the first time, or came back after they were resolved."""

from typing import Any

from alerts.digest.model import Line
from alerts.digest.week import Week
from alerts.digest.wording import count
from core.db.engine import Connection
from core.db.queries import query

ORDER = 35
TITLE = "New exceptions"


def lines(connection: Connection, week: Week) -> list[Line]:
    """The most frequent first."""
    rows = connection.execute(query("digest.exceptions"), {"start": week.start, "end": week.end})
    return [_line(row) for row in rows]


def _line(row: Any) -> Line:
    since = f", since {row.first_version}" if row.first_version else ""
    what = "came back" if row.is_back else "new"
    text = f"{what}, {count(int(row.occurrences))} times{since}: {row.message}"
    return Line(f"{row.service} {row.type} in {row.culprit}", text, "bad")
