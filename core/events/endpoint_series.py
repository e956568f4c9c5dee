"""What a process says of one endpoint's minute, as the values that are stored. Pure.

A duration counts in the bucket of its size: bucket i holds (1.02^(i-1), 1.02^i] seconds, so that one value stands for
a bucket within 0.99 %. What is shorter than a microsecond counts in the lowest, what is longer than eleven days in the
highest. Sums, minima and maxima are whole nanoseconds: so they add up to the same in any order.
"""

import math
from collections.abc import Mapping
from typing import Annotated, NamedTuple

from msgspec import Meta

from core.errors import BadInput

GROWTH = 1.02
LOWEST, HIGHEST = -697, 698  # 1 us, 1.0e6 s
MICROSECOND = 1e-6
NANO = 1_000_000_000
MOST_HITS = 10**9  # in an event
MOST_NANO = 10**18  # in a sum, whatever is added
OTHER = "(other)"  # the route of what is beyond the limit of series
OTHER_METHOD = "_OTHER"  # OpenTelemetry's word for a method that nobody knows
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
UNMATCHED = "(unmatched)"  # the route of what no route matched
LOST = "(lost)"  # the route of requests that a sender counted and could not report; their durations are not known
LINE = r"^(?!.*\n)[^\x00-\x1f\x7f]*$"
Word = Annotated[str, Meta(min_length=1, max_length=100, pattern=LINE)]
Text = Annotated[str, Meta(max_length=100, pattern=LINE)]
Route = Annotated[str, Meta(min_length=1, max_length=300, pattern=LINE)]
Method = Annotated[str, Meta(min_length=1, max_length=20, pattern=r"^(?!.*\n)[A-Za-z_-]+$")]
Status = Annotated[int, Meta(ge=0, le=599)]
Hits = Annotated[int, Meta(ge=1, le=MOST_HITS)]
Sum = Annotated[float, Meta(ge=0, le=1e9)]
Seconds = Annotated[float, Meta(ge=0, le=1e6)]
Buckets = Annotated[dict[Annotated[int, Meta(ge=LOWEST, le=HIGHEST)], Hits], Meta(min_length=1)]
_PER_LOG = 1 / math.log(GROWTH)


class EndpointKey(NamedTuple):
    """What is counted apart: OpenTelemetry's http.route, http.request.method, http.response.status_code (0: none was
    sent) and error.type of one version of a service; empty for what is not known.
    """

    service: str
    version: str
    route: str
    method: str
    status: int
    error_type: str

    @property
    def beyond(self) -> "EndpointKey":
        """Where it counts when its service has too many series."""
        return EndpointKey(self.service, "", OTHER, OTHER_METHOD, self.status, "")


def bucket(seconds: float) -> int:
    """The bucket that holds a duration."""
    if seconds <= MICROSECOND:
        return LOWEST
    return min(HIGHEST, math.ceil(math.log(seconds) * _PER_LOG))


def nano(seconds: float) -> int:
    """Whole nanoseconds."""
    return min(round(seconds * NANO), MOST_NANO)


def check(hits: int, total: float, least: float, most: float, buckets: Mapping[int, int]) -> None:
    """Raise BadInput where sum, minimum, maximum and buckets of so many hits contradict one another."""
    if least > most:
        raise BadInput("$.seconds_min", "is greater than seconds_max")
    spare = 1e-9 * hits * max(most, 1.0)  # a sender may round, and add in any order
    if not hits * least - spare <= total <= hits * most + spare:
        raise BadInput("$.seconds_sum", "is not between hits times seconds_min and hits times seconds_max")
    if sum(buckets.values()) != hits:
        raise BadInput("$.buckets", "do not add up to hits")
    for name, index, seconds in (("min", min(buckets), least), ("max", max(buckets), most)):
        if abs(index - bucket(seconds)) > 1:
            raise BadInput("$.buckets", f"do not agree with seconds_{name}, which is in bucket {bucket(seconds)}")
