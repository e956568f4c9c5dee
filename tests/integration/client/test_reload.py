"""Workers that are replaced, and a development server that loads the application anew, lose and double nothing."""

import signal
from pathlib import Path

from tests.client_apps.serving import Application, serving
from tests.collecting import collecting
from tests.waiting import until

RELOADED = """
import gatehouse_client
from fastapi import FastAPI

VERSION = 1
app = FastAPI()


@app.get("/version")
async def version() -> int:
    return VERSION


gatehouse_client.bind(app, service="reloaded", version=str(VERSION), interval=60)  # only the last flush sends
"""


class Caller:
    """Counts the answers that came."""

    def __init__(self, served: Application) -> None:
        self.served = served
        self.answers = 0

    def status(self, path: str) -> int:
        """Of one call; 0 when nobody answered."""
        status = self.served.try_call(path)
        self.answers += status == 200
        return status


def test_gunicorn_replaces_its_workers(tmp_path: Path) -> None:
    with collecting() as found, serving("gunicorn", "flask_app:app", found.url, tmp_path, "--workers", "2") as served:
        calls = 0
        known: set[int] = set()

        def new_worker() -> bool:
            nonlocal calls
            calls += 1
            worker = served.call("GET", "/status").json()["pid"]
            is_new = worker not in known
            known.add(worker)
            return is_new

        for _ in range(3):
            assert until(new_worker)
            served.process.send_signal(signal.SIGHUP)
        assert until(new_worker)
        assert served.stop() == 0
        assert found.hits() == calls


def test_uvicorn_loads_the_application_anew(tmp_path: Path) -> None:
    file = tmp_path / "reloaded" / "app.py"
    file.parent.mkdir()
    file.write_text(RELOADED)
    more = ("--reload", "--reload-dir", str(file.parent), "--app-dir", str(tmp_path))
    with collecting() as found, serving("uvicorn", "reloaded.app:app", found.url, tmp_path, *more) as served:
        caller = Caller(served)
        assert until(lambda: caller.status("/version") == 200)
        before = caller.answers
        file.write_text(RELOADED.replace("VERSION = 1", "VERSION = 2"))
        assert until(lambda: caller.status("/version") == 200 and served.call("GET", "/version").data == b"2")
        served.stop()
        until(lambda: found.hits() >= before)
        assert found.hits(version="1") >= before
        assert found.hits(version="2") >= 2


def test_uvicorn_sends_the_last_requests_before_it_dies_by_its_signal(tmp_path: Path) -> None:
    folder = tmp_path / "reloaded"
    folder.mkdir()
    (folder / "app.py").write_text(RELOADED)
    more = ("--app-dir", str(tmp_path))
    with collecting() as found, serving("uvicorn", "reloaded.app:app", found.url, tmp_path, *more) as served:
        for _ in range(7):
            assert served.call("GET", "/version").status == 200
        assert served.stop() in (0, -signal.SIGTERM)
        assert found.hits() == 7
