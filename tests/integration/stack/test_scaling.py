"""A real gunicorn gets the workers that are wanted, one after another, and gives them back."""

import os
import signal
import subprocess
import sys
import time

import pytest

from core.alerting import scale_targets
from core.db.engine import Database
from stack.ports import find_free
from stack.scaling import Scaling, count
from tests.waiting import until

APP = "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'ok']\n"


@pytest.fixture
def server(tmp_path):
    """Starts gunicorns; they end with the test."""
    (tmp_path / "probe.py").write_text(APP)
    started = []

    def start():
        command = [sys.executable, "-m", "gunicorn", "-c", "/dev/null", "--no-control-socket", "--bind"]
        command += [f"127.0.0.1:{find_free()}", "probe:app"]
        started.append(subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL))
        return started[-1].pid

    yield start
    for process in started:
        process.terminate()
        process.wait(20)


@pytest.fixture
def scaling(database_url, db):
    made = []

    def make(pids):
        made.append(Scaling(Database(database_url, pool_size=1), pids))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def target(db):
    with db.transaction() as connection:
        return scale_targets.one(connection, "scoring")


def want(db, replicas):
    with db.transaction() as connection:
        scale_targets.want(connection, "scoring", replicas, 1, 1000.0)


def test_it_grows_and_shrinks_to_what_is_wanted_and_reports_it(server, scaling, db):
    pid = server()
    found = scaling(lambda: {"scoring": pid, "gone": 2**22 - 3})
    assert until(lambda: target(db) is not None, look=found.look)
    assert (target(db).wanted, target(db).baseline, target(db).actual) == (1, 1, 1)
    want(db, 3)
    assert until(lambda: target(db).actual == 3, look=found.look)
    assert count(pid) == 3
    want(db, 1)
    assert until(lambda: target(db).actual == 1, look=found.look)


def test_a_restarted_service_is_brought_to_the_wish_again(server, scaling, db):
    pids = {"scoring": server()}
    found = scaling(lambda: pids)
    assert until(lambda: target(db) is not None, look=found.look)
    want(db, 2)
    assert until(lambda: target(db).actual == 2, look=found.look)
    os.kill(pids["scoring"], signal.SIGTERM)
    pids["scoring"] = server()
    assert until(lambda: target(db).actual == 2 and count(pids["scoring"]) == 2, look=found.look)


def test_a_database_that_is_away_stops_nothing(server):
    pid = server()
    found = Scaling(Database("postgresql://127.0.0.1:1/none", pool_size=1), lambda: {"scoring": pid})
    found.start()
    time.sleep(2.5)
    assert found._thread.is_alive()
    found.stop()
