"""Requests, error rate and p95 of each service, against the week before."""

from alerts.digest.model import Line
from alerts.digest.week import Week
from alerts.digest.wording import change, count, share, times, tone
from core.db.engine import Connection

ORDER = 10
TITLE = "Trends by service"


def lines(connection: Connection, week: Week) -> list[Line]:
    """A line for each service that had requests in either week, the busiest first."""
    served = [one for one in week.services if one.weeks[0].hits or one.weeks[1].hits]
    found = []
    for one in sorted(served, key=lambda one: -one.weeks[0].hits):
        now, before = one.weeks[:2]
        parts = [f"{count(now.hits)} requests {change(now.hits, before.hits)}".strip()]
        parts.append(f"errors {share(now.error_rate)} (before {share(before.error_rate)})")
        parts.append(f"p95 {times(now.p95)} {change(now.p95, before.p95)}".strip())
        bad = "bad" in (tone(now.p95, before.p95), tone(now.error_rate, before.error_rate, 2.0))
        found.append(Line(one.service, ", ".join(parts), "bad" if bad else ""))
    return found
