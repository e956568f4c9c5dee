"""Unit tests that start a server or a process fail, wherever in the test it happens."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.tree import ROOT

GUARD = ROOT / "tests" / "unit" / "conftest.py"
EXAMPLES = """
import contextlib, socket, subprocess, threading
import pytest

def listen():
    socket.create_server(("127.0.0.1", 0))

@pytest.fixture(scope="module")
def server():
    return subprocess.Popen(["true"])

def test_in_the_test(): listen()

def test_in_code_that_swallows_it():
    with contextlib.suppress(Exception):
        listen()

def test_in_a_thread():
    thread = threading.Thread(target=lambda: subprocess.run(["true"]))
    thread.start()
    thread.join()

def test_in_a_fixture_of_the_module(server): pass

def test_through_the_fixture_of_the_database(postgres_server): pass

def test_through_the_fixture_of_redis(redis_server): pass

def test_that_starts_nothing(tmp_path): (tmp_path / "file").write_text("x")
"""
NAMES = re.findall(r"def (test_\w+)", EXAMPLES)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What became of each example under the guard of tests/unit, in a session of its own."""
    folder = tmp_path_factory.mktemp("guarded")
    shutil.copy(GUARD, folder / "conftest.py")
    (folder / "test_examples.py").write_text(EXAMPLES)
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "-W", "ignore", str(folder)]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "COLUMNS": "500"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    found = re.findall(r"^(PASSED|FAILED|ERROR) \S+::(\w+)(.*)$", done.stdout, re.MULTILINE)
    return {name: outcome if outcome == "PASSED" else reason for outcome, name, reason in found}


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_test_that_starts_something_fails(name: str, outcomes: dict[str, str]) -> None:
    if name == "test_that_starts_nothing":
        assert outcomes[name] == "PASSED"
    else:
        assert "tests/unit starts no server" in outcomes[name]
