"""Free ports are free, and out of the reach of outgoing connections."""

import socket
from pathlib import Path

import pytest

from stack import ports


def test_a_port_in_use_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as server:
        taken = server.getsockname()[1]
        monkeypatch.setattr(ports, "_OURS", range(taken, taken + 1))
        monkeypatch.setattr(ports._any, "sample", lambda ports, _: list(ports))
        with pytest.raises(OSError, match="is free"):
            ports.find_free()
        with pytest.raises(OSError, match="is free"):
            ports.find_free(beside=10_000)  # a node of a Redis Cluster listens on both
        assert ports.answers(taken)


def test_outgoing_connections_never_take_an_offered_port() -> None:
    lent = Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest = int(lent.read_text().split()[0]) if lent.exists() else 49_152
    found = {ports.find_free() for _ in range(50)}
    assert max(found) < lowest
    assert len(found) > 45
    assert all(ports.is_free(port) for port in found)
    assert ports.find_free(beside=10_000) + 10_000 < lowest
