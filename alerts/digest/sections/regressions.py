"""Deploys of the week that made endpoints slower or fail more, by the comparison of each deploy."""

from typing import Any

from alerts.digest.model import Line
from alerts.digest.week import Week
from alerts.digest.wording import times
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query

ORDER = 45
TITLE = "Regressions after deploys"


def lines(connection: Connection, week: Week) -> list[Line]:
    """The newest deploy first, and of it the endpoint that changed most."""
    rows = connection.execute(query("digest.regressions"), {"start": week.start, "end": week.end})
    return [_line(row) for row in rows]


def _line(row: Any) -> Line:
    parts = []
    if row.durations == "slower":
        factor = f"{row.ratio:.2g} times as long, " if row.ratio else ""
        parts.append(f"{factor}p95 {times(row.p95_before)} → {times(row.p95_after)}")
    if row.errors == "more errors":
        parts.append(
            f"{row.errors_after:,} errors of {row.hits_after:,}, before {row.errors_before:,} of {row.hits_before:,}"
        )
    text = f"since {row.version} of {to_datetime(row.at):%Y-%m-%d %H:%M}: {'; '.join(parts)}"
    return Line(f"{row.service} {row.method} {row.route}", text, "bad")
