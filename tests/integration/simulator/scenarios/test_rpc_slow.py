"""rpc-slow turns the emulated RPC's latency up, and down again at its end."""

import time

import pytest

from core.errors import HttpUnavailable
from core.http import HttpClient
from core.settings import load
from simulator import rpc
from simulator.scenarios import rpc_slow
from simulator.status_changes import Changes
from tests.unit.simulator.scenarios.play import CONFIG


def ask(url: str) -> float:
    start = time.perf_counter()
    call = {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []}
    answer = HttpClient(url).post_json("/", call).json()
    assert answer["id"] == 1
    assert int(answer["result"], 16) > 0
    return (time.perf_counter() - start) * 1000


def test_it_begins_and_ends() -> None:
    server = rpc.serve("127.0.0.1", 0, 1, Changes(CONFIG.statuses))
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        settings = load({"GATEHOUSE_RPC_URL": url})
        rpc_slow.begin(settings, 60)
        assert ask(url) > 500
        rpc_slow.finish(settings)
        assert ask(url) < 500
    finally:
        server.shutdown()


def test_its_end_comes_by_itself() -> None:
    latency = rpc.Latency(seed=1)
    latency.slow_down(850, 10, now=100)
    assert latency.draw(109) > 500
    assert latency.draw(110) < 300


def test_bad_calls_are_answered() -> None:
    server = rpc.serve("127.0.0.1", 0, 1, Changes(CONFIG.statuses))
    try:
        client = HttpClient(f"http://127.0.0.1:{server.server_port}")
        assert client.request("POST", "/", body=b"{").json()["error"]["code"] == -32700
        assert client.post_json("/", {"id": 3, "method": "nope"}).json()["error"]["code"] == -32601
        assert client.post_json("/control", [1]).status == 400
    finally:
        server.shutdown()


def test_nobody_there_is_said_at_the_start_and_ignored_at_the_end() -> None:
    settings = load({"GATEHOUSE_RPC_URL": "http://127.0.0.1:9"})
    with pytest.raises(HttpUnavailable):
        rpc_slow.begin(settings, 1)
    rpc_slow.finish(settings)
