"""`make run` as people live with it: it starts, mends itself, stops without a trace, and explains itself."""

import re
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.http import HttpClient
from tests.faults.rig import environment
from tests.faults.terminal import Terminal, left_behind
from tests.tree import ROOT
from tests.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1200)]
FIRST_START_SECONDS = 500.0
READY = "Gatehouse is ready"
SMALLER = {
    "simulator.toml": {
        "transactions_per_hour": 110,
        "requests_per_minute": 20,
        "training_rows": 6_000,
        "card_testing": 1.0,
        "account_takeover": 1.0,
        "scalper_bots": 1.0,
        "wash_trading": 1.0,
        "history_days": 1,  # of transaction statuses; their judge takes half a millisecond for each of its minutes
    },
    "model.toml": {"rounds": 30},
}


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One home and its ports, so that later tests are later starts of the same stack.

    The platform is a tenth of the shipped one: what is printed, kept and ended does not depend on its size.
    """
    folder = tmp_path_factory.mktemp("stack")
    shutil.copytree(ROOT / "config", folder / "config")
    for file, smaller in SMALLER.items():
        path = folder / "config" / file
        text = path.read_text()
        for name, value in smaller.items():
            text, found = re.subn(rf"(?m)^{name} = [\d.]+", f"{name} = {value}", text)
            assert found
        path.write_text(text)
    return environment(folder / "home") | {"GATEHOUSE_CONFIG": str(folder / "config")}


@pytest.fixture(scope="module")
def terminals() -> Iterator[list[Terminal]]:
    """Where a stack runs, the newest last."""
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


@pytest.fixture
def started(env: dict[str, str], terminals: list[Terminal]) -> Terminal:
    """A stack that has printed its ready line: that of the test before, unless it ended."""
    if not terminals or terminals[-1].process.poll() is not None:
        terminals.append(Terminal(env))
    terminals[-1].wait_for(READY, FIRST_START_SECONDS)
    return terminals[-1]


def home(env: dict[str, str]) -> Path:
    return Path(env["GATEHOUSE_DATA"])


def test_first_start_second_start_and_an_end_without_a_trace(env: dict[str, str]) -> None:
    first = Terminal(env)
    try:
        first.wait_for(READY, FIRST_START_SECONDS)
        assert first.wait_for("  password  ", 5.0).split()[-1] not in (home(env) / "secrets").read_text()
        url = f"http://127.0.0.1:{env['GATEHOUSE_CONSOLE_PORT']}"
        assert HttpClient(url).get("/healthz").status == 200
        assert home(env).stat().st_mode & 0o777 == 0o700
        assert (home(env) / "secrets").stat().st_mode & 0o777 == 0o600
        other = Terminal(env)
        assert other.exit_code() == 2
        assert "already running" in other.lines[-1]
        assert first.end(signal.SIGINT) == 0
    finally:
        first.close()
    assert left_behind(home(env)) == []

    began = time.monotonic()
    second = Terminal(env)
    try:
        second.wait_for(READY, FIRST_START_SECONDS)
        seconds = time.monotonic() - began
        print(f"second start: {seconds:.1f} s")
        assert not any("generating" in line or "first login" in line for line in second.lines)
        assert second.end(signal.SIGTERM) == 0
    finally:
        second.close()
    assert left_behind(home(env)) == []


def test_a_crashed_process_is_started_again_and_said_so(env: dict[str, str], started: Terminal) -> None:
    scoring = next(p for p in psutil.Process(started.process.pid).children() if "ml.service:app" in p.cmdline())
    scoring.kill()
    started.wait_for("the scoring service stopped (signal SIGKILL)", 10.0)
    started.wait_for("the scoring service was restarted", 10.0)
    client = HttpClient(f"http://127.0.0.1:{env['GATEHOUSE_SCORING_PORT']}")
    assert until(lambda: answers(client))


def test_killing_the_supervisor_leaves_no_process(env: dict[str, str], started: Terminal) -> None:
    started.end(signal.SIGKILL)
    until(lambda: not left_behind(home(env)))
    assert left_behind(home(env)) == []


def test_a_new_password_reaches_the_running_console(env: dict[str, str], started: Terminal) -> None:
    reset = Terminal(env, "password")
    assert reset.exit_code() == 0
    assert "password" in reset.lines[0]
    started.wait_for("the console was restarted with the new password", 30.0)


@pytest.mark.parametrize("port", ["API", "POSTGRES", "CONSOLE"])
def test_a_taken_port_is_a_sentence(tmp_path: Path, port: str) -> None:
    env = environment(tmp_path / "home")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(env[f"GATEHOUSE_{port}_PORT"])))
        taken.listen()
        terminal = Terminal(env)
        assert terminal.exit_code() == 2
    assert f"GATEHOUSE_{port}_PORT" in terminal.lines[-1]
    assert left_behind(tmp_path / "home") == []


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DATABASE_URL", "postgresql://nobody:wrong@127.0.0.1:1/none", "PostgreSQL (DATABASE_URL) does not respond"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "Redis (REDIS_URL) does not respond"),
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL must start with postgresql://"),
        ("GATEHOUSE_API_PORT", "http", "GATEHOUSE_API_PORT must be a port number"),
        ("GATEHOUSE_DATA", "/proc/gatehouse", "/proc/gatehouse"),
    ],
)
def test_a_wrong_setting_is_a_sentence(tmp_path: Path, variable: str, value: str, said: str) -> None:
    terminal = Terminal(environment(tmp_path / "home") | {variable: value})
    assert terminal.exit_code() == 2
    assert said in terminal.lines[-1]
    assert not any("Traceback" in line for line in terminal.lines)
    assert left_behind(tmp_path / "home") == []


def answers(client: HttpClient) -> bool:
    """True when the service is ready."""
    from core.errors import HttpUnavailable

    try:
        return client.get("/readyz").status == 200
    except HttpUnavailable:
        return False
