"""Computed parts of the monitoring API in Redis: content, version, and the lock while one worker computes."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from core.db import keys
from core.db.redis_client import Live

# Same content keeps its version; other content gets the snapshot's time, later than every version given before.
_PUT = """
local old = redis.call('HGET', KEYS[1], 'm:' .. ARGV[1])
local version = nil
if old then
  local was, digest = string.match(old, '^(%d+) %S+ %S+ (%S+)')
  if digest == ARGV[5] then version = tonumber(was) end
end
if not version then
  version = math.max(tonumber(ARGV[2]), tonumber(redis.call('HGET', KEYS[1], 'newest') or '0') + 1)
  redis.call('HSET', KEYS[1], 'newest', string.format('%d', version), 'b:' .. ARGV[1], ARGV[7])
end
local meta = string.format('%d', version) .. ' ' .. ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[5] .. ' ' .. ARGV[6]
redis.call('HSET', KEYS[1], 'm:' .. ARGV[1], meta)
redis.call('EXPIRE', KEYS[1], ARGV[8])
return version
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


@dataclass(frozen=True, slots=True)
class Meta:
    """What is known of a part without its body: version (ms), times in epoch seconds, digest, dead dependency or ''."""

    version: int
    computed: float
    as_of: float
    digest: str
    down: str


class PartStore:
    """The shared cache of parts, by range label. Every method raises RedisUnavailable."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def metas(self, label: str, names: Sequence[str]) -> dict[str, Meta]:
        """What is known of each part that is there, read at one instant."""
        with self._live.reach() as client:
            rows = client.hmget(keys.snapshot(label), [f"m:{name}" for name in names])
        found = {name: _parse(row) for name, row in zip(names, rows, strict=True) if row}
        return {name: meta for name, meta in found.items() if meta is not None}

    def body(self, label: str, name: str) -> bytes | None:
        """The JSON of a part."""
        with self._live.reach() as client:
            found: bytes | None = client.hget(keys.snapshot(label), f"b:{name}")
        return found

    def put(self, label: str, name: str, meta: Meta, body: bytes) -> int:
        """Store a part; returns its version: the old one when the digest is the same."""
        with self._live.reach() as client:
            return int(
                client.eval(
                    _PUT,
                    1,
                    keys.snapshot(label),
                    name,
                    int(meta.computed * 1000),
                    f"{meta.computed:.3f}",
                    f"{meta.as_of:.3f}",
                    meta.digest,
                    meta.down or "-",
                    body,
                    keys.SNAPSHOT_ABSOLUTE_TTL if "-" in label else keys.SNAPSHOT_TTL,
                )
            )

    def claim(self, label: str, name: str) -> str | None:
        """A token when nobody else computes the part now, else None."""
        token = secrets.token_hex(8)
        with self._live.reach() as client:
            taken = client.set(keys.part_lock(name, label), token, nx=True, ex=keys.PART_LOCK_TTL)
        return token if taken else None

    def release(self, label: str, name: str, token: str) -> None:
        """Give the claim back, unless it ran out and is another's by now."""
        with self._live.reach() as client:
            client.eval(_RELEASE, 1, keys.part_lock(name, label), token)


def _parse(row: bytes) -> Meta | None:
    """None for what another release wrote, or nobody: the part is then computed anew."""
    try:
        version, computed, as_of, digest, down = row.decode().split(" ")
        return Meta(int(version), float(computed), float(as_of), digest, "" if down == "-" else down)
    except ValueError:
        return None
