"""What the pages Analytics and Overview show, read from the sums in one transaction."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from console.analytics import approval
from console.analytics.mix import Comparison
from core import clock
from core.analytics import decisions
from core.analytics.periods import DAY, HOUR, WEEK, Period, Span
from core.analytics.rates import Decided
from core.db.engine import Connection
from core.db.queries import query
from core.errors import HttpUnavailable
from core.http import HttpClient
from core.monitoring.health import Health, ServiceHealth
from core.transactions.confidence import LETTERS

HEALTH = "/api/monitoring/health"
BINS = 50  # of the score
NOTHING = Decided()


class Home(NamedTuple):
    """Totals of a period and of its finished hours, of the period before, and today against the same weekday before;
    the approval rate of both comparisons at one mix of amounts.
    """

    total: Decided
    finished: Decided
    before: Decided | None
    replayed: int
    today: Span
    today_hours: Sequence[Decided]
    weekday_hours: Sequence[Decided]
    mix: Comparison | None
    today_mix: Comparison


class PolicySpan(NamedTuple):
    """A version of the policy that was in force, and from when on (epoch seconds)."""

    version: int
    profile: str
    since: float
    review_from: float
    fraud_threshold: float
    block_from: float


class Overview(NamedTuple):
    """Decisions by bin, scores by fiftieth and decision, confidence by decision, and the policies in force."""

    bins: dict[int, Decided]
    total: Decided
    replayed: int
    scores: dict[str, list[int]]
    confidence: dict[str, Decided]
    policies: list[PolicySpan]


def home(connection: Connection, period: Period) -> Home:
    """The figures of the page Analytics."""
    begin = int(period.now // DAY * DAY)
    today, done = Span(begin, begin + DAY), Span(begin, int(period.now // HOUR * HOUR))
    return Home(
        total=decisions.totals(connection, period.span),
        finished=decisions.totals(connection, period.finished),
        before=None if period.before is None else decisions.totals(connection, period.before),
        replayed=decisions.replayed(connection, period.span),
        today=today,
        today_hours=_hours(connection, done),
        weekday_hours=_hours(connection, today.back(WEEK)),
        mix=None if period.before is None else approval.between(connection, period.finished, period.before),
        today_mix=approval.between(connection, done, done.back(WEEK)),
    )


def overview(connection: Connection, period: Period) -> Overview:
    """The figures of the page Overview."""
    return Overview(
        bins=decisions.bins(connection, period.span, period.step),
        total=decisions.totals(connection, period.span),
        replayed=decisions.replayed(connection, period.span),
        scores=scores(connection, period.span),
        confidence=confidence(connection, period.span),
        policies=policies(connection, period.span),
    )


def scores(connection: Connection, span: Span) -> dict[str, list[int]]:
    """Predictions by decision and fiftieth of the score."""
    found = {name: [0] * BINS for name in ("approved", "review", "blocked")}
    for row in connection.execute(query("score_decisions.totals"), span.given):
        found[row.decision.lower()][row.bin] = row.predictions
    return found


def confidence(connection: Connection, span: Span) -> dict[str, Decided]:
    """Predictions by confidence; `unknown` where the policy of the row is not known."""
    counts: dict[str, dict[str, int]] = {}
    for row in connection.execute(query("confidence.totals"), span.given):
        counts.setdefault(row.confidence, {})[row.decision.lower()] = row.predictions
    words = {**LETTERS, "?": "unknown"}
    return {words[letter]: Decided(**counts.get(letter, {})) for letter in words if letter != "?" or letter in counts}


def policies(connection: Connection, span: Span) -> list[PolicySpan]:
    """Every version that was in force within a span, oldest first."""
    return [PolicySpan(*row) for row in connection.execute(query("score_decisions.policies"), span.given)]


def services(client: HttpClient) -> list[ServiceHealth] | None:
    """The services as last checked, from the monitoring API; None when it cannot be reached."""
    try:
        answer: Any = client.get(HEALTH)
        return msgspec.json.decode(answer.body, type=Health).services if answer.status == 200 else None
    except (HttpUnavailable, msgspec.MsgspecError):
        return None


def _hours(connection: Connection, span: Span) -> list[Decided]:
    """Every hour of a span."""
    found = decisions.bins(connection, span, HOUR)
    return [found.get(at, NOTHING) for at in range(span.start, span.end, HOUR)]


def summed(hours: Sequence[Decided]) -> Decided:
    """Hours together."""
    return Decided(*map(sum, zip(*hours, strict=True))) if hours else NOTHING


def named(day: float) -> str:
    """A day with its weekday."""
    return f"{clock.to_datetime(day):%A %-d %b}"
