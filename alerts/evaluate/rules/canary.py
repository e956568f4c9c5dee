"""How long ago a synthetic message came back (O4): it went through evaluator, outbox and channel, receipt included."""

from typing import Any

from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Limits, Reading, against

KIND = "canary"
FACTS = {"detail": "none sent yet"}


class Parameters(Limits, frozen=True, kw_only=True):
    """Seconds since the newest canary was delivered; alerts.toml says how often one is sent."""


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading."""
    return [read(context.rows("rules.canary")[0], context.now)]


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Plain limits."""
    return against(parameters, reading)


def read(row: Any, now: float) -> Reading:
    """The reading of (newest return, first sending); pure."""
    since = row[0] or row[1]
    if since is None:
        return Reading("", 0.0, 1, details={"detail": "none sent yet"})
    return Reading("", round(max(0.0, now - since.timestamp()), 1), 1)
