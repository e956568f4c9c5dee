"""A bound application under a real server, in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

from stack.ports import find_free
from tests.collecting import TOKEN
from tests.tree import ROOT
from tests.waiting import until

APPS = "tests.client_apps"
SERVERS = {
    "gunicorn": "-m gunicorn --bind 127.0.0.1:{port} --graceful-timeout 5",
    "uvicorn": "-m uvicorn --port {port} --log-level warning --timeout-graceful-shutdown 5",
    "werkzeug": "-m flask --app {app} run --port {port}",
}


class Application:
    """One that is served at `url`."""

    def __init__(self, url: str, process: "subprocess.Popen[bytes]") -> None:
        self.url = url
        self.process = process
        self.pool = urllib3.PoolManager(maxsize=8, retries=False)

    def call(self, method: str, path: str) -> urllib3.BaseHTTPResponse:
        """An answer of it, whatever its status."""
        headers = {"Connection": "close"}  # uvicorn closes one after an error, and the next call must not meet that
        return self.pool.request(method, self.url + path, headers=headers, timeout=30)

    def try_call(self, path: str) -> int:
        """The status, 0 when there is none."""
        try:
            return self.call("GET", path).status
        except urllib3.exceptions.HTTPError:
            return 0

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it as an operator does."""
        self.process.send_signal(how)
        return self.process.wait(30)


@contextmanager
def serving(server: str, app: str, url: str, folder: Path, *more: str, token: str = TOKEN) -> Iterator[Application]:
    """The application `module:name` under a server with further arguments, once it listens."""
    port = find_free()
    address = app if "." in app else f"{APPS}.{app}"
    arguments = SERVERS[server].format(port=port, app=address).split()
    command = [sys.executable, *arguments, *more, *([] if server == "werkzeug" else [address])]
    env = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'client'}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "GATEHOUSE_URL": url,
        "GATEHOUSE_TOKEN": token,
    }
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        assert until(lambda: _listens(port) or process.poll() is not None)
        assert process.poll() is None, (folder / "server.log").read_text()
        yield Application(f"http://127.0.0.1:{port}", process)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
