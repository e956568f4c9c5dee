"""Endpoints that fail more than in the week before."""

from alerts.digest.model import Line
from alerts.digest.week import Endpoint, Week
from alerts.digest.wording import count, share
from core.db.engine import Connection

ORDER = 30
TITLE = "Endpoints with more errors"
LEAST_ERRORS = 10
LEAST_RATIO = 2.0


def lines(connection: Connection, week: Week) -> list[Line]:
    """Those whose error rate at least doubled, the most errors first."""
    return [_line(one) for one in sorted(filter(_fails_more, week.endpoints), key=lambda one: -one.weeks[0].errors)]


def _fails_more(one: Endpoint) -> bool:
    now, before = one.weeks[:2]
    return now.errors >= LEAST_ERRORS and (now.error_rate or 0.0) >= LEAST_RATIO * (before.error_rate or 0.0)


def _line(one: Endpoint) -> Line:
    now, before = one.weeks[:2]
    return Line(
        one.name, f"{count(now.errors)} errors, {share(now.error_rate)} (before {share(before.error_rate)})", "bad"
    )  # fmt: skip
