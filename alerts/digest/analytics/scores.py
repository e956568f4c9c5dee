"""Scores and how sure they were: the figures of Overview."""

from collections import defaultdict

from alerts.digest.model import Chart, Line, Role, Series
from alerts.digest.reports import Days
from core.db.engine import Connection
from core.db.queries import query
from core.transactions.confidence import LETTERS

ORDER = 20
TITLE = "Scores"
BINS = 50
ROLES: dict[str, Role] = {"APPROVED": "ok", "REVIEW": "review", "BLOCKED": "blocked"}


def lines(connection: Connection, days: Days) -> list[Line]:
    """Predictions by confidence."""
    counts: dict[str, int] = defaultdict(int)
    for row in connection.execute(query("confidence.totals"), days.span.given):
        counts[{**LETTERS, "?": "unknown"}[row.confidence]] += row.predictions
    total = sum(counts.values())
    return [Line(f"Confidence {name}", f"{n:,}, {100 * n / total:.1f} %") for name, n in counts.items() if n]


def charts(connection: Connection, days: Days) -> list[Chart]:
    """Predictions by score and decision."""
    found = {name: [0.0] * BINS for name in ROLES}
    for row in connection.execute(query("score_decisions.totals"), days.span.given):
        found[row.decision][row.bin] = float(row.predictions)
    if not any(map(any, found.values())):
        return []
    labels = [f"{at / BINS:.2f}" for at in range(BINS)]
    series = [Series(name, ROLES[name], list(values)) for name, values in found.items()]
    return [Chart("Scores by decision", "bars", labels, series, "predictions by score")]
