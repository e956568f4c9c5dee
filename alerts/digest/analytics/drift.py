"""Drift: the largest KL by day, and the reports that were made: the figures of Drift."""

from alerts.digest.model import Chart, Line, Series, Tone
from alerts.digest.reports import DAY, Days
from core.analytics import drift_history
from core.analytics.drift import Limits
from core.analytics.periods import Span
from core.clock import to_datetime
from core.db.engine import Connection
from core.models.drift import status as drift_status

ORDER = 30
TITLE = "Drift"
SHOWN = 30  # days of the chart
WORDS = {"ok": "OK", "watch": "Watch", "retrain": "Retrain", "insufficient": "Not enough data"}
TONES: dict[str, Tone] = {"ok": "good", "retrain": "bad"}


def lines(connection: Connection, days: Days) -> list[Line]:
    """The day that drifted most, then each report."""
    known = [one for one in drift_history.days(connection, days.span, days.limits.minimum) if one.kl is not None]
    found = []
    if known:
        most = max(known, key=lambda one: one.kl or 0.0)
        where = f"KL {most.kl:.3f} on {most.feature} ({most.day}, model {most.model_version})"
        text = f"{where}: {_word(most.kl, days.limits)}"
        found.append(Line("Largest change", text, "bad" if (most.kl or 0.0) > days.limits.threshold else ""))
    for report in drift_history.reports(connection, days.span):
        share = f"{report.drifted} of {report.judged} features drifted" if report.judged else "nothing was judged"
        text = f"{WORDS.get(report.verdict, report.verdict)}; {share}"
        found.append(Line(f"Report {report.id}", text, TONES.get(report.verdict, "")))
    return found


def charts(connection: Connection, days: Days) -> list[Chart]:
    """The largest divergence of each of the last thirty days."""
    span = Span(int(days.span.end - SHOWN * DAY), days.span.end)
    known = {one.at: one for one in drift_history.days(connection, span, days.limits.minimum)}
    times = range(span.start, span.end, int(DAY))
    values = [known[at].kl if at in known else None for at in times]
    if not any(value is not None for value in values):
        return []
    labels = [f"{at:%b} {at.day}" for at in map(to_datetime, times)]
    limits = [(days.limits.threshold, f"drifted > {days.limits.threshold:g}")]
    return [
        Chart("Largest drift per day, 30 days", "lines", labels, [Series("Largest KL", "accent", values)],
              "KL divergence against training, nats", limits)
    ]  # fmt: skip


def _word(kl: float | None, limits: Limits) -> str:
    return drift_status(kl or 0.0, limits.watch, limits.threshold)
