"""What was decided, and the approval rate against the days before: the figures of Home and Overview."""

from alerts.digest.model import Chart, Line, Series
from alerts.digest.reports import Days
from core.analytics import decisions
from core.analytics.rates import Decided
from core.db.engine import Connection

ORDER = 10
TITLE = "Decisions"
NAMES = (("approved", "APPROVED", "ok"), ("review", "REVIEW", "review"), ("blocked", "BLOCKED", "blocked"))


def lines(connection: Connection, days: Days) -> list[Line]:
    """Decided ones, the approval rate with its interval, and each decision."""
    now, before = decisions.totals(connection, days.span), decisions.totals(connection, days.before)
    if not now.total and not before.total:
        return []
    shown = [f"95 % interval {100 * low:.1f} to {100 * high:.1f}" for low, high in filter(None, [now.interval])]
    shown += [f"before {_percent(before.rate)}" for _ in filter(None, [before.rate])]
    found = [
        Line("Decided", f"{now.total:,} (before {before.total:,})"),
        Line("Approval rate", _percent(now.rate) + (f" ({'; '.join(shown)})" if shown else "")),
    ]
    for field, name, _ in NAMES:
        n = getattr(now, field)
        was = f" (before {_percent(getattr(before, field) / before.total)})" if before.total else ""
        found.append(Line(name, f"{n:,}, {_percent(n / now.total if now.total else None)}{was}"))
    if now.held:
        found.append(Line("Held out", f"{now.held:,} of those in review would have been blocked but for the hold-out"))
    return found


def charts(connection: Connection, days: Days) -> list[Chart]:
    """Decisions over time."""
    bins = decisions.bins(connection, days.span, days.step)
    if not bins:
        return []
    times = range(days.span.start, days.span.end, days.step)
    counts = [bins.get(at, Decided()) for at in times]
    series = [
        Series(name, role, [float(getattr(one, field)) for one in counts])  # type: ignore[arg-type]
        for field, name, role in NAMES
    ]
    hours = days.step // 3600
    unit = "predictions an hour, UTC" if hours == 1 else f"predictions in {hours} hours, UTC"
    return [Chart("Decisions over time", "bars", [days.label(at) for at in times], series, unit)]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
