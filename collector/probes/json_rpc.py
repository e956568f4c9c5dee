"""Kind `json-rpc`: `eth_blockNumber` by JSON-RPC 2.0, as blockchain nodes offer it."""

import time

from collector.probe_result import Finding, Tools
from core.config import ServiceConfig
from core.errors import HttpUnavailable
from core.http import HttpClient

_CALL = {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []}


def probe(service: ServiceConfig, tools: Tools) -> Finding:
    """UP when the node gives a block number."""
    start = time.perf_counter()
    try:
        answer = HttpClient(tools.target, tools.timeout, 1).post_json("/", _CALL)
        result = answer.json() if answer.status == 200 else None
    except HttpUnavailable as error:
        return Finding(False, None, str(error))
    except ValueError:
        return Finding(False, None, "the answer is not JSON")
    took = (time.perf_counter() - start) * 1000
    if not isinstance(result, dict) or not isinstance(result.get("result"), str):
        return Finding(False, took, f"HTTP {answer.status} without a block number")
    return Finding(True, took, f"block {result['result'][:40]}")
