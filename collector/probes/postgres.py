"""Kind `postgres`: our own PostgreSQL answers a query."""

import time

from collector.probe_result import Finding, Tools
from core.config import ServiceConfig
from core.errors import DatabaseUnavailable


def probe(service: ServiceConfig, tools: Tools) -> Finding:
    """UP when `SELECT 1` answers."""
    start = time.perf_counter()
    try:
        tools.database.ping()
    except DatabaseUnavailable as error:
        return Finding(False, None, str(error))
    return Finding(True, (time.perf_counter() - start) * 1000, "answers queries")
