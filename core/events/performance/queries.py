"""Statements and Redis commands of one process in one minute, by name and by the endpoint that they were for."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from core.errors import BadInput
from core.events import endpoint_series
from core.events.performance.reported import Reported

MOST_ROWS = 1_000
BACKGROUND = "(background)"  # the route of what is done for no request
Kind = Literal["database", "redis", "pool", "own", "wait", "held"]
Query = Annotated[str, Meta(min_length=1, max_length=100, pattern=endpoint_series.LINE)]
Rows = Annotated[int, Meta(ge=0, le=10**15)]


class QueryRow(Struct, omit_defaults=True, kw_only=True):
    """One query for one endpoint. `kind` is what was called: the database, Redis, the pool of connections (time to get
    one), a Redis command that waits for something to come, a connection in use, or the code itself.

    `rows` are those that came or were changed; of Redis commands it is how many there were. `route` and `method` are
    those of the request that was being answered.
    """

    kind: Kind
    query: Query
    route: endpoint_series.Route = BACKGROUND
    method: Annotated[str, Meta(max_length=20, pattern=r"^(?!.*\n)[A-Za-z_-]*$")] = ""
    hits: endpoint_series.Hits
    rows: Rows = 0
    errors: Annotated[int, Meta(ge=0, le=endpoint_series.MOST_HITS)] = 0
    seconds_sum: endpoint_series.Sum
    seconds_min: endpoint_series.Seconds
    seconds_max: endpoint_series.Seconds
    buckets: endpoint_series.Buckets


class Queries(Reported, tag="queries", kw_only=True):
    """What one process saw in one minute since it last said so: what several say adds up."""

    kept_by: ClassVar[str] = "query_minute_days"
    queries: Annotated[list[QueryRow], Meta(min_length=1, max_length=MOST_ROWS)]

    def complete(self) -> None:
        """Cut its time to the minute. Raises BadInput where figures of a row contradict each other."""
        self.timestamp = float(self.timestamp or 0) // 60 * 60
        for place, row in enumerate(self.queries):
            try:
                endpoint_series.check(row.hits, row.seconds_sum, row.seconds_min, row.seconds_max, row.buckets)
            except BadInput as error:
                raise BadInput(f"$.queries[{place}]{error.field.removeprefix('$')}", error.reason) from None
            if row.errors > row.hits:
                raise BadInput(f"$.queries[{place}].errors", "is greater than hits")
