"""Incidents of the week by rule, against the week before."""

from alerts.digest.model import Line
from alerts.digest.week import WEEK, Week
from core.alerting.quantities import duration
from core.db.engine import Connection
from core.db.queries import query

ORDER = 60
TITLE = "Incidents"


def lines(connection: Connection, week: Week) -> list[Line]:
    """How many there were, then a line for each rule, the most severe first."""
    span = {"start": week.start, "end": week.end}
    rows = connection.execute(query("digest.incidents"), span).all()
    earlier = {"start": week.start - WEEK, "end": week.start}
    before = int(connection.execute(query("digest.incident_count"), earlier).scalar_one())
    total = sum(row.n for row in rows)
    if not total and not before:
        return []
    first = Line("All rules", f"{total:,} incidents (before {before:,})", "bad" if total > before else "")
    return [first, *(_line(row) for row in rows)]


def _line(row: object) -> Line:
    known = row._mapping  # type: ignore[attr-defined]
    parts = [f"{known['n']:,} ({known['severity']})"]
    if known["open"]:
        parts.append(f"{known['open']:,} not resolved")
    if known["seconds"] is not None:
        parts.append(f"resolved after {duration(known['seconds'])} on average")
    return Line(f"{known['rule']} {known['title']}", ", ".join(parts))
