"""The `json-rpc` check: only a block number counts as an answer."""

import pytest

from collector.probes.json_rpc import probe
from tests.integration.collector.probes.peer import answering, service, tools


def test_a_block_number_is_up() -> None:
    with answering(200, b'{"jsonrpc":"2.0","id":1,"result":"0x10d4f"}') as url:
        found = probe(service("json-rpc"), tools(url))
    assert found.up
    assert found.detail == "block 0x10d4f"


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b'{"error":{"code":-32000}}'), (200, b"[1]"), (200, b"<html>"), (429, b"{}"), (200, b'{"result":7}')],
)
def test_anything_else_is_down(status: int, body: bytes) -> None:
    with answering(status, body) as url:
        assert not probe(service("json-rpc"), tools(url)).up


def test_nobody_there_is_down() -> None:
    assert not probe(service("json-rpc"), tools("http://127.0.0.1:1")).up
