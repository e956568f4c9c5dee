"""Lets time pass for what a session has shown."""

import redis

from core import codec
from core.db import keys
from stack.redis import Redis


def age_factor(server: Redis) -> None:
    """Let the second factor of every session have been shown an hour earlier."""
    client = redis.Redis.from_url(server.url())
    for key in client.scan_iter(keys.sessions("*")):  # type: ignore[arg-type]
        for field, value in client.hgetall(key).items():
            document = codec.decode(value)
            client.hset(key, field, codec.encode({**document, "factor_at": document["factor_at"] - 3600}))
