"""What the pages Exceptions and Exception show: the answers of `GET /api/v1/exceptions` and `GET /api/v1/exception`.

A group is one bug of a service (`core/endpoints/fingerprint.py`). Minutes are minutes of the epoch, other times are
seconds. A bin has `step` minutes and begins at a multiple of them; ranges that are read by the hour are whole hours.
"""

from typing import Literal

from msgspec import Struct

from core.events.performance.exception import Cause

ROUTE, ROUTE_OF_ONE = "/api/v1/exceptions", "/api/v1/exception"
State = Literal["open", "resolved", "ignored"]
STATES: tuple[State, ...] = ("open", "resolved", "ignored")
MOST_USERS = 1_000  # of a group that are kept; so many may be more


class ExceptionGroup(Struct, frozen=True, kw_only=True):
    """A bug of a service: `message` is the newest one, `culprit` the function where it is looked for first.

    `total` is how often it came at all, `users` how many met it. `reopened_at` is when it came back after it had been
    resolved.
    """

    id: int
    service: str
    type: str
    culprit: str
    message: str
    total: int
    users: int
    first_seen: float
    last_seen: float
    first_version: str
    last_version: str
    state: str
    state_by: str | None = None
    state_at: float | None = None
    reopened_at: float | None = None


class ExceptionRow(Struct, frozen=True, kw_only=True):
    """A group over the range: how often, in which versions, and at which endpoints (`GET /cart/<id>`), those with most
    first; `trend` is how often in each bin.
    """

    group: ExceptionGroup
    occurrences: int
    versions: list[str]
    endpoints: list[str]
    trend: list[int]


class ExceptionsOverview(Struct, frozen=True, kw_only=True):
    """The groups of a filter over [first, after), the most frequent first; `more` are not listed.

    `states` are how many groups of the range there are by state, whatever state is asked for; `services` and `versions`
    can be chosen.
    """

    now: float
    first: int
    after: int
    step: int
    rows: list[ExceptionRow]
    more: int
    occurrences: int
    trend: list[int]
    states: dict[str, int]
    services: list[str]
    versions: list[str]


class Place(Struct, frozen=True, kw_only=True):
    """A version or an endpoint of a group, or a user who met it: how often, and its first and last time."""

    version: str = ""
    route: str = ""
    method: str = ""
    user: str = ""
    occurrences: int
    first: float
    last: float


class Sample(Struct, frozen=True, kw_only=True):
    """One occurrence as it came: the chain of exceptions, what came out first; `text` is a stack that was not read.

    `left_out` frames are not kept.
    """

    id: int
    timestamp: float
    version: str
    route: str
    method: str
    user: str
    message: str
    chain: list[Cause]
    left_out: int = 0
    text: str = ""


class ExceptionDetail(Struct, frozen=True, kw_only=True):
    """One group over [first, after): how often in each bin, its versions (the newest first), endpoints and users (those
    who met it most first), and the newest samples.
    """

    now: float
    first: int
    after: int
    step: int
    group: ExceptionGroup
    occurrences: int
    trend: list[int]
    versions: list[Place]
    endpoints: list[Place]
    users: list[Place]
    samples: list[Sample]
