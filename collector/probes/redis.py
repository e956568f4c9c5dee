"""Kind `redis`: our own Redis answers PING."""

import time

from collector.finding import Finding, Tools
from core.config import ServiceConfig
from core.errors import RedisAway


def probe(service: ServiceConfig, tools: Tools) -> Finding:
    """UP when PING answers."""
    start = time.perf_counter()
    try:
        tools.live.ping()
    except RedisAway as error:
        return Finding(False, None, str(error))
    return Finding(True, (time.perf_counter() - start) * 1000, "answers")
