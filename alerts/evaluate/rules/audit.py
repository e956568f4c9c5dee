"""Breaks of the audit log that nobody has acknowledged (X10): found before a row was signed, or by a check."""

from typing import Any

from alerts.durations import Duration, seconds
from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Limits, Reading, against

KIND = "audit"
FACTS = {"problem": "row 12 was changed"}


class Parameters(Limits, frozen=True, kw_only=True):
    """Breaks; `stale`: without a check for so long there is no data."""

    stale: Duration = "3h"


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading."""
    return [read(context.rows("rules.audit")[0], context.now, seconds(parameters.stale))]


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Plain limits."""
    return against(parameters, reading)


def read(row: Any, now: float, stale: float) -> Reading:
    """The reading of (breaks, what the oldest says, newest check, problems that it found, its sentence); pure."""
    breaks, problem, checked, problems, detail = row
    found = max(breaks, problems or 0)
    if found:
        return Reading("", float(found), 1, details={"problem": problem or detail or ""})
    if checked is not None and now - checked.timestamp() > stale:
        missing = f"the last check was at {checked:%Y-%m-%d %H:%M} UTC"
        return Reading("", None, details={"missing": missing, "problem": missing})
    return Reading("", 0.0, 1, details={"problem": "none"})
