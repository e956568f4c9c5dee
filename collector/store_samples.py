"""Notes once a minute what PostgreSQL and Redis say of themselves, for the pages Database and Redis."""

from core import codec
from core.db import redis_state, server_state
from core.db.engine import Database
from core.db.queries import sql
from core.db.redis_client import Live
from core.errors import RedisUnavailable

EVERY_SECONDS = 60.0


def run(database: Database, live: Live, now: float) -> list[str]:
    """One sample of each that can be reached; which those were. Raises DatabaseUnavailable."""
    found = {"postgres": server_state.figures(database)}
    try:
        found["redis"] = redis_state.figures(live)
    except RedisUnavailable:
        pass
    with database.raw() as connection, connection.cursor() as cursor:
        for store, figures in found.items():
            values = {"minute": int(now) // 60 * 60, "store": store, "figures": codec.encode(figures).decode()}
            cursor.execute(sql("server.put_sample"), values)
    return list(found)
