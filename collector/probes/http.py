"""Kind `http`: a GET that must answer 2xx."""

import time

from collector.probe_result import Finding, Tools
from core.config import ServiceConfig
from core.errors import HttpUnavailable
from core.http import HttpClient


def probe(service: ServiceConfig, tools: Tools) -> Finding:
    """UP when the target answers 2xx within the time-out."""
    base, _, path = tools.target.partition("//")[2].partition("/")
    scheme = tools.target.partition("//")[0]
    client = HttpClient(f"{scheme}//{base}", tools.timeout, 1)
    start = time.perf_counter()
    try:
        answer = client.get(f"/{path}")
    except HttpUnavailable as error:
        return Finding(False, None, str(error))
    took = (time.perf_counter() - start) * 1000
    return Finding(200 <= answer.status < 300, took, f"HTTP {answer.status}")
