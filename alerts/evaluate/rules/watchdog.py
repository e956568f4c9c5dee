"""Always bad: proves that evaluation runs. The heartbeat goes out only while this one fires (O4)."""

from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Reading
from core.config import Frozen

KIND = "watchdog"
FACTS: dict[str, str] = {}


class Parameters(Frozen, frozen=True):
    """It has none."""


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One, always."""
    return [Reading("", 1.0, 1)]


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Bad, always."""
    return Assessment("bad", None, "always")
