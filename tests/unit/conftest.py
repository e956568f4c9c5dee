"""A unit test starts nothing: no server, no other process. What needs one belongs in tests/integration.

So that they stay fast and can be run anywhere at any moment. Kept by the audit events of the interpreter, whichever way
a socket is bound or a program started.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
HOME = "tests/unit starts no server and no process; this test belongs in tests/integration"
STARTS = ("socket.bind", "subprocess.Popen", "os.posix_spawn", "os.system")

_running = ""  # the test whose turn it is
_started: list[str] = []  # what it started, also where the code under test swallows the exception


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _running and event in STARTS:
        _started.append(f"{event} {arguments[:2]}")
        raise RuntimeError(f"{HOME} ({_started[-1]})")


sys.addaudithook(_watch)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """From the first fixture of a unit test to the end of its last; pytest asks this for every test of the session."""
    global _running
    _running = item.nodeid if HERE in item.path.parents else ""
    _started.clear()
    try:
        return (yield)
    finally:
        _running = ""


@pytest.fixture(autouse=True)
def _starts_nothing() -> Iterator[None]:
    yield
    assert not _started, HOME


@pytest.fixture(scope="session")
def postgres_server() -> None:
    """Not here."""
    pytest.fail(HOME)


@pytest.fixture(scope="session")
def redis_server() -> None:
    """Not here."""
    pytest.fail(HOME)
