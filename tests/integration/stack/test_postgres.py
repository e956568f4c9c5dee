"""The embedded PostgreSQL: starts, keeps its data over a power cut, and says why it cannot."""

from pathlib import Path

import pytest

from stack.failure import StackError
from stack.ports import find_free
from stack.postgres import Postgres


def test_keeps_data_over_a_power_cut_in_a_directory_only_we_may_enter(tmp_path: Path) -> None:
    home = tmp_path / "private"
    home.mkdir(mode=0o700)
    server = Postgres(home / "data", find_free(), "secret", home / "log")
    server.start()
    try:
        server.run("psql", "-d", "gatehouse", "-c", "CREATE TABLE kept AS SELECT 42 AS answer")
        server.kill()
        server.start()
        assert server.run("psql", "-d", "gatehouse", "-Atc", "SELECT answer FROM kept").strip() == "42"
    finally:
        server.stop()
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_wrong_password_is_refused(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "data", find_free(), "secret", tmp_path / "log")
    server.start()
    try:
        server.password = "guess"
        with pytest.raises(StackError, match="password authentication failed"):
            server.run("psql", "-d", "gatehouse", "-c", "SELECT 1")
    finally:
        server.stop()


def test_a_broken_data_directory_is_a_sentence(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "data", find_free(), "secret", tmp_path / "log")
    server.start()
    server.stop()
    (tmp_path / "data" / "postgresql.conf").write_text("no_such_setting = on\n")
    with pytest.raises(StackError, match="PostgreSQL did not start: "):
        server.start()
