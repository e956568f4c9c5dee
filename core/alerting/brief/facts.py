"""What a brief is made of, as it was read. Times are epoch seconds."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from core.alerting.incident import Incident


class Slice(NamedTuple):
    """Part of the traffic with its share of what is wrong, 0..1, before and during; None: it had no traffic."""

    where: str
    before: float | None
    during: float | None
    page: str


class Change(NamedTuple):
    """Something that changed shortly before; `page` is where it can be seen, under the console's prefix.

    It is a `symptom` if nobody made it: a service that got worse, another incident, and what was done about that.
    """

    at: float
    text: str
    page: str
    symptom: bool = False


class Step(NamedTuple):
    """What was done about an earlier incident, so many seconds after it began."""

    after: float
    text: str


class Earlier(NamedTuple):
    """An incident of the same rule that is over, and what was done about it."""

    id: str
    series: str
    began_at: float
    resolved_at: float
    resolved_by: str
    steps: Sequence[Step]


class Total(NamedTuple):
    """A figure over the incident, and the same minutes of the weeks before."""

    name: str
    value: float
    usual: Sequence[float]
    unit: str


class Facts(NamedTuple):
    """Everything that is known of an incident at `now`.

    `before` has the values by which its rule was judged in the hour before it began; `definition` is its rule's.
    """

    one: Incident
    now: float
    definition: Mapping[str, Any] = {}
    before: Sequence[float] = ()
    slices: Sequence[Slice] = ()
    totals: Sequence[Total] = ()
    changes: Sequence[Change] = ()
    earlier: Earlier | None = None
