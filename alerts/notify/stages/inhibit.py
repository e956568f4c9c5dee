"""One cause, one notice (A14): what follows from a cause that fires is told to nobody meanwhile. Pure.

A missing-data notice waits a little for its cause, since the cause may be found out later; so does an alert while its
cause is pending. When the cause is over and the incident is not, people are told after a grace.
"""

from collections.abc import Sequence
from typing import NamedTuple

from alerts.durations import running
from alerts.evaluate.machine import Phase
from core.alerting.incident import Kind


class InhibitRule(NamedTuple):
    """Seconds: how long a notice waits for its cause, and how long after the cause people are told."""

    wait: float = 60.0
    grace: float = 300.0


class Cause(NamedTuple):
    """What an incident may follow from, as it stands after this evaluation. `since` is when its phase began.

    `incident` is its open one, or '' ; `hold` how long it is pending at most.
    """

    rule: str
    series: str
    phase: Phase
    since: float
    incident: str = ""
    hold: float = 0.0


class Waiting(NamedTuple):
    """An open incident that nobody was told of; `over` is when the cause that held it was over, as far as one did."""

    kind: Kind
    opened_at: float
    over: float | None = None


class Held(NamedTuple):
    """Nobody is told now. `cause`: it follows from that one; None: it waits for one that may still be found out."""

    cause: Cause | None


def held(waiting: Waiting, causes: Sequence[Cause], missing_only: bool, terms: InhibitRule, now: float) -> Held | None:
    """Whether a notice is held back; None: people are told. `causes`, nearest first, of which the farthest counts."""
    if not causes or (missing_only and waiting.kind == "alert"):
        return None
    if firing := [one for one in causes if one.phase == "firing"]:
        return Held(firing[-1])
    waits = [(one.since, one.hold + terms.wait) for one in causes if one.phase == "pending"]
    if waiting.kind != "alert":
        waits.append((waiting.opened_at, terms.wait))
    if waiting.over is not None:
        waits.append((waiting.over, terms.grace))
    return Held(None) if any(running(since, length, now) for since, length in waits) else None
