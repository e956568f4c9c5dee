"""Resource `trouble`: what wants action now, worst first."""

from msgspec import Struct

from core.events.base import Severity


class ActiveProblem(Struct, frozen=True, kw_only=True):
    """One problem. `since` (ms): when the incident began or this list first named it; `target`: the panel about it.

    `incident` is its id where there is one; then `acknowledged_by` and `silenced_by` say who takes care of it.
    """

    since: int
    incident: str | None
    acknowledged_by: str | None
    silenced_by: str | None
    id: str
    severity: Severity
    title: str
    detail: str
    target: str


ActiveProblems = list[ActiveProblem]
RESOURCE = ActiveProblems
