"""The event stream shard by shard, for the page Redis."""

from core import clock
from core.db import keys
from core.db.redis_client import Live, ResponseError
from core.endpoints.stores import StreamState
from core.pipeline import stream
from core.pipeline.stream_replies import as_text, number


def states(live: Live) -> list[StreamState]:
    """Each shard: entries, what a collector has, what it has not read yet, and the age of the oldest, in seconds.

    Raises RedisUnavailable.
    """
    found = []
    for shard in range(live.shards):
        key = keys.stream(shard)
        backlog = stream.backlog(live, shard)
        with live.reach(key) as client:
            oldest = [number(entry)[0] / 1000 for entry, _ in client.xrange(key, count=1)]
            try:
                groups = client.xinfo_groups(key)
            except ResponseError:  # nothing was published yet
                groups = []
        lag = next((one.get("lag") for one in groups if as_text(one["name"]) == keys.GROUP), None)  # from Redis 7 on
        age = max(0.0, clock.now() - oldest[0]) if oldest else None
        found.append(
            StreamState(
                key=key, length=backlog.length, pending=backlog.pending, lag=None if lag is None else int(lag),
                oldest=age,
            )
        )  # fmt: skip
    return found
