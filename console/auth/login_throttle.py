"""Failed passwords counted in Redis, with delays that grow. Without Redis nobody gets a session, so none is judged.

An attempt is counted before it is judged, in one step for all its counters, so parallel guesses gain nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.db import keys
from core.db.redis_client import Live

# KEYS: counters. ARGV: now, lifetime, then for each counter: free attempts, longest delay.
# Returns 0 when the attempt may be judged, else the milliseconds to wait.
_TAKE = """
local now, wait = tonumber(ARGV[1]), 0
for i, key in ipairs(KEYS) do
  local until_ = tonumber(redis.call('HGET', key, 'until') or 0)
  if until_ - now > wait then wait = until_ - now end
end
if wait > 0 then return math.ceil(wait * 1000) end
for i, key in ipairs(KEYS) do
  local n = redis.call('HINCRBY', key, 'n', 1)
  local over = n - tonumber(ARGV[1 + 2 * i])
  local delay = 0
  if over > 0 then delay = math.min(2 ^ over, tonumber(ARGV[2 + 2 * i])) end
  redis.call('HSET', key, 'until', delay > 0 and string.format('%.6f', now + delay) or '0')
  redis.call('EXPIRE', key, tonumber(ARGV[2]))
end
return 0
"""
_BACK = """
for i, key in ipairs(KEYS) do
  if redis.call('HINCRBY', key, 'n', -1) <= 0 then redis.call('DEL', key) else redis.call('HSET', key, 'until', '0') end
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter: what it counts, attempts that are free, the longest delay in seconds."""

    name: str
    free: int
    longest: float


class Attempts:
    """Counters of failed attempts. Methods raise RedisUnavailable."""

    def __init__(self, live: Live, seconds: int) -> None:
        self._live = live
        self._seconds = seconds

    def take(self, counters: Sequence[Counter], now: float) -> float:
        """Count an attempt that is about to be judged: 0, or the seconds to wait when it must not be."""
        bounds = [value for counter in counters for value in (counter.free, counter.longest)]
        with self._live.reach() as redis:
            waited = redis.eval(_TAKE, len(counters), *_names(counters), repr(now), self._seconds, *bounds)
        return int(waited) / 1000

    def give_back(self, counters: Sequence[Counter]) -> None:
        """The attempt was right: it counts no more."""
        with self._live.reach() as redis:
            redis.eval(_BACK, len(counters), *_names(counters))

    def clear(self, counters: Sequence[Counter]) -> None:
        """The owner came in: these start anew."""
        with self._live.reach() as redis:
            for name in _names(counters):
                redis.delete(name)

    def count(self, name: str) -> int:
        """One more of something; how many there were within the lifetime of the first."""
        key = keys.attempts(name)
        with self._live.reach() as redis:
            found = int(redis.incr(key))
            if found == 1:
                redis.expire(key, self._seconds)
        return found


def _names(counters: Sequence[Counter]) -> list[str]:
    return [keys.attempts(counter.name) for counter in counters]
