"""The supervisor: starts, starts again with back-off, runs jobs, and stops everything."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stack.failure import StackError
from stack.home import Home
from stack.ports import find_free
from stack.services import Service
from stack.supervisor import FIRST_PAUSE, Supervisor
from tests.waiting import PATIENCE, until

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
STUBBORN = (sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    home = Home(tmp_path / "home")
    home.open()
    supervisor = Supervisor(home, {"PATH": os.environ["PATH"], "GREETING": "hello"})
    yield supervisor
    supervisor.stop()


def test_a_crash_is_said_and_mended_with_growing_pauses(
    supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor.start(Service("sleeper", "sleeper", SLEEP))
    watched = supervisor.watched["sleeper"]
    pauses = []
    for _ in range(2):
        first = watched.process
        assert first is not None
        first.kill()
        first.wait()
        supervisor.look()
        pauses.append(watched.pause)
        assert until(lambda first=first: watched.process not in (None, first), look=supervisor.look)
    assert pauses == [FIRST_PAUSE * 2, FIRST_PAUSE * 4]
    said = capsys.readouterr().out
    assert f"the sleeper stopped (signal SIGKILL); restarting in {FIRST_PAUSE:g} s" in said
    assert "the sleeper was restarted" in said


def test_what_is_one_services_own_no_other_gets(supervisor: Supervisor) -> None:
    supervisor.own["mine"] = {"WORD": "hush"}
    show = "import os; print(os.environ.get('GREETING'), os.environ.get('WORD'), flush=True)"
    told: list[str] = []
    logs = []
    for name in ("mine", "other"):
        supervisor.run_job(name, (sys.executable, "-c", show), told.append)
        supervisor.start(Service(name, name, (sys.executable, "-c", f"{show}; import time; time.sleep(60)")))
        logs.append(supervisor.home.log(name))
    assert told == ["hello hush", "hello None"]
    assert until(lambda: all(len(log.read_text().splitlines()) == 2 for log in logs), look=supervisor.look)
    assert [log.read_text().splitlines()[-1] for log in logs] == told


def test_children_of_a_crashed_process_do_not_outlive_it(supervisor: Supervisor) -> None:
    script = "import subprocess, time; subprocess.Popen(['sleep', '60']); time.sleep(60)"
    supervisor.start(Service("parent", "parent", (sys.executable, "-c", script)))
    process = supervisor.watched["parent"].process
    assert process is not None
    assert until(lambda: psutil.Process(process.pid).children(), look=supervisor.look)
    (child,) = psutil.Process(process.pid).children()
    process.kill()
    process.wait()
    supervisor.look()
    assert psutil.wait_procs([child], timeout=PATIENCE)[1] == []


def test_everything_stops_even_what_refuses(supervisor: Supervisor) -> None:
    supervisor.start(Service("sleeper", "sleeper", SLEEP))
    supervisor.start(Service("stubborn", "stubborn", STUBBORN, patience=0.5))
    time.sleep(0.3)
    processes = [watched.process for watched in supervisor.watched.values()]
    supervisor.stop()
    assert all(process is not None and process.poll() is not None for process in processes)


def test_a_service_that_ends_while_starting_gives_its_last_words(supervisor: Supervisor) -> None:
    command = (sys.executable, "-c", "print('cannot find my hat'); raise SystemExit(3)")
    with pytest.raises(StackError, match="The hatter ended while starting: cannot find my hat"):
        supervisor.start(Service("hatter", "hatter", command, ready_url=f"http://127.0.0.1:{find_free()}/readyz"))


def test_the_last_words_are_the_exception_not_what_a_server_says_about_it(supervisor: Supervisor) -> None:
    script = "print('ImportError: no hat'); print('Worker failed to boot.'); raise SystemExit(3)"
    service = Service("hatter", "hatter", (sys.executable, "-c", script), ready_port=find_free())
    supervisor.home.log("hatter").write_text("ValueError: of an earlier life\n")
    with pytest.raises(StackError, match="The hatter ended while starting: ImportError: no hat"):
        supervisor.start(service)


def test_a_job_tells_its_lines_and_its_failure(supervisor: Supervisor) -> None:
    told: list[str] = []
    supervisor.run_job("good", (sys.executable, "-c", "import os; print(os.environ['GREETING'])"), told.append)
    assert told == ["hello"]
    with pytest.raises(StackError, match="bad failed: no luck"):
        supervisor.run_job("bad", (sys.executable, "-c", "print('no luck'); raise SystemExit(1)"), told.append)
    assert supervisor.watched == {}


def test_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    script = (
        "import os, sys, time; from pathlib import Path; from stack.spawn import spawn; "
        "child = spawn(['sleep', '60'], env=dict(os.environ)); print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        assert psutil.wait_procs([child], timeout=PATIENCE)[1] == []
