"""What the pages of deploys show: the answers of `GET /api/v1/deploys` and `GET /api/v1/deploys/<id>`.

Times are epoch seconds, durations seconds. `before` and `after` are the requests of the comparison's two sides, as
`core.endpoints.regression` has them; None where there were none.
"""

from msgspec import Struct

from core.endpoints.regression import Durations, Errors

ROUTE = "/api/v1/deploys"


class EndpointChange(Struct, frozen=True, kw_only=True):
    """One endpoint before and after a deploy. Durations are of requests that did not fail.

    `ratio` is the typical duration after as a multiple of before, within `ratio_low` and `ratio_high` at 95 %.
    `named_at` is when it was first found slower or with more errors.
    """

    route: str
    method: str
    durations: Durations
    errors: Errors
    hits_before: int
    hits_after: int
    errors_before: int
    errors_after: int
    p50_before: float | None
    p50_after: float | None
    p95_before: float | None
    p95_after: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    p_durations: float
    p_errors: float
    named_at: float | None

    @property
    def is_worse(self) -> bool:
        """Whether it was found slower or with more errors."""
        return self.durations == "slower" or self.errors == "more errors"


class DeployRow(Struct, frozen=True, kw_only=True):
    """A deploy: `before` is the version that it followed, `source` whether it was announced or its version first seen.

    `looks` of the configured comparisons were made, the last at `looked_at`. The numbers are of endpoints; `endpoint`
    is the one that was asked for.
    """

    id: int
    at: float
    service: str
    version: str
    before: str
    source: str
    revision: str
    link: str
    actor: str
    looks: int
    looked_at: float | None
    slower: int
    faster: int
    more_errors: int
    fewer_errors: int
    not_enough: int
    endpoints: int
    endpoint: EndpointChange | None = None


class Deploys(Struct, frozen=True, kw_only=True):
    """Deploys of a filter, newest first; `looks` are the minutes after a deploy at which it is compared."""

    now: float
    looks: list[int]
    rows: list[DeployRow]


class DeployDetail(Struct, frozen=True, kw_only=True):
    """One deploy with its endpoints: what became worse first, then those with most requests.

    `alpha` is the chance that a deploy which changed nothing has any endpoint named.
    """

    now: float
    looks: list[int]
    alpha: float
    deploy: DeployRow
    endpoints: list[EndpointChange]


class DeployNoted(Struct, frozen=True, kw_only=True):
    """A deploy as it was announced: its number, and whether it is new."""

    id: int
    new: bool
    service: str
    version: str
