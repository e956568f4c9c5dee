"""The embedded Redis: starts with durable settings, keeps its data over a power cut, and asks for its password."""

import time
from pathlib import Path

from stack.ports import find_free
from stack.redis import Redis


def test_keeps_data_over_a_power_cut(tmp_path: Path) -> None:
    server = Redis(tmp_path / "data", find_free(), "secret", tmp_path / "log")
    server.start()
    try:
        assert server.run("set", "kept", "42") == "OK"
        assert server.run("config", "get", "maxmemory-policy").split()[-1] == "noeviction"
        time.sleep(1.2)  # Redis writes its append-only file once a second.
        server.kill()
        server.start()
        assert server.run("get", "kept") == "42"
    finally:
        server.stop()


def test_asks_for_the_password(tmp_path: Path) -> None:
    server = Redis(tmp_path / "data", find_free(), "secret", tmp_path / "log")
    server.start()
    try:
        server.password = "guess"
        assert "WRONGPASS" in server.run("get", "kept")
        assert "secret" not in " ".join(map(str, server.process.args if server.process else []))
    finally:
        server.stop()
