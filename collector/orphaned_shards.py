"""Drains shards of the event stream that this collector's configuration does not know.

Processes get a new `stream_shards` one after another, and a smaller number leaves entries behind: whoever is asked
first, nothing waits for ever.
"""

from collections.abc import Callable

from collector.consume import Consume
from core import log
from core.db.redis_client import Live
from core.pipeline import stream

ROUNDS = 20  # batches a shard and step, so that a stop is heard


class Strays:
    """`make` gives the loop that consumes a shard. Raises RedisUnavailable and DatabaseUnavailable; the next `step`
    goes on.
    """

    def __init__(self, live: Live, make: Callable[[int], Consume]) -> None:
        self._live = live
        self._make = make
        self._loops: dict[int, Consume] = {}

    def step(self) -> None:
        """Take what waits beyond our own shards."""
        loops = [self._loop(shard) for shard in stream.strays(self._live)]
        for _ in range(ROUNDS):
            worked = [loop.step() for loop in loops]
            if not any(worked):
                return

    def _loop(self, shard: int) -> Consume:
        if shard not in self._loops:
            log.get("strays").warning("entries wait in a shard of the stream that is not configured here", shard=shard)
            self._loops[shard] = self._make(shard)
        return self._loops[shard]
