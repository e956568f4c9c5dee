"""Readings of rules that count what one of our own processes tells of as a security event, series by series."""

from typing import Any

from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Reading
from core.clock import to_datetime


def gather(context: RuleContext, window: float, action: str) -> list[Reading]:
    """One reading for each series that was told of within `window` seconds, and for each that had been."""
    start = to_datetime(context.now - window)
    return readings(context.rows("rules.reports", start=start, action=action), context.known_series())


def readings(rows: list[Any], known: frozenset[str]) -> list[Reading]:
    """Readings from rows of (series, how often, what was said last); pure."""
    found = [Reading(series, float(n), n, details={"said": said}) for series, n, said in rows]
    met = {reading.series for reading in found}
    return found + [Reading(series, 0.0, 1, details={"said": ""}) for series in sorted(known - met)]
