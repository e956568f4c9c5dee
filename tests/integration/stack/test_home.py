"""The stack's directory: private, held by one stack at a time, with secrets that are made once."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from argon2 import PasswordHasher

from stack.failure import StackError
from stack.home import LOG_LIMIT, Home


def test_only_its_owner_may_enter(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.open()
    home.secrets()
    assert home.path.stat().st_mode & 0o777 == 0o700
    assert (home.path / "secrets").stat().st_mode & 0o777 == 0o600


def test_a_second_stack_is_refused_with_the_first_ones_pid(tmp_path: Path) -> None:
    first = Home(tmp_path / "home")
    assert first.holder() is None
    first.open()
    script = "import sys; from pathlib import Path; from stack.home import Home; Home(Path(sys.argv[1])).open()"
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "home"], capture_output=True, text=True)
    assert done.returncode != 0
    assert f"process {psutil.Process().pid}" in done.stderr
    assert Home(tmp_path / "home").holder() == psutil.Process().pid


def test_secrets_are_made_once_and_differ_between_homes(tmp_path: Path) -> None:
    first, other = Home(tmp_path / "a"), Home(tmp_path / "b")
    first.open()
    other.open()
    assert first.secrets() == first.secrets()
    assert not set(first.secrets().values()) & set(other.secrets().values())


def test_only_the_hash_of_the_password_is_kept(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.open()
    password = home.new_password()
    assert password not in (home.path / "secrets").read_text()
    assert PasswordHasher().verify(home.secrets()["admin_password_hash"], password)


def test_damaged_secrets_are_a_sentence_and_are_not_overwritten(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.open()
    (home.path / "secrets").write_text("{broken")
    with pytest.raises(StackError, match="not readable JSON"):
        home.secrets()
    assert (home.path / "secrets").read_text() == "{broken"


def test_leftovers_of_a_killed_supervisor_are_waited_for(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.open()
    with subprocess.Popen(["sleep", "0.5"]) as leaving:
        home.remember([leaving.pid])
        began = time.monotonic()
        home.wait_for_leftovers()
        assert time.monotonic() - began > 0.2
        assert leaving.poll() is not None


def test_a_pid_that_now_belongs_to_somebody_else_is_left_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.open()
    with subprocess.Popen(["sleep", "30"]) as stranger:
        (home.path / "children").write_text(f'{{"{stranger.pid}": 12345.0}}')
        home.wait_for_leftovers()
        assert stranger.poll() is None
        stranger.kill()


def test_a_large_log_is_set_aside(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.open()
    home.log("api").write_bytes(b"x" * (LOG_LIMIT + 1))
    assert not home.log("api").exists()
    assert (home.path / "logs" / "api.log.1").exists()
