"""Kind `redis`: our own Redis answers PING and takes entries."""

import time

from collector.probe_result import Finding, Tools
from core.config import ServiceConfig
from core.errors import RedisUnavailable


def probe(service: ServiceConfig, tools: Tools) -> Finding:
    """UP when PING answers and a write is taken; one that answers and refuses is as good as away to who writes."""
    start = time.perf_counter()
    try:
        tools.live.ping()
        took = (time.perf_counter() - start) * 1000
        tools.live.check_writes()
    except RedisUnavailable as error:
        return Finding(False, None, str(error))
    return Finding(True, took, "answers")
