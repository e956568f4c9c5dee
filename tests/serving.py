"""An application (the monitoring API, unless told otherwise) as it is served: gunicorn on a free port, with its log."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import urllib3

from stack.ports import find_free
from tests.tree import ROOT


@contextmanager
def served(
    database_url: str,
    redis_url: str,
    folder: Path,
    workers: int = 1,
    app: str = "monitoring_api:app",
    variables: dict[str, str] | None = None,
) -> Iterator[tuple[str, psutil.Process]]:
    """Its URL and gunicorn's main process; fails when the log holds a stack trace at the end.

    No token is asked for, unless `variables` say so.
    """
    port = find_free()
    url = f"http://127.0.0.1:{port}"
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "GATEHOUSE_DATA": str(folder),
        "GATEHOUSE_SCORING_URL": "http://127.0.0.1:9",
        "GATEHOUSE_API_URL": "http://127.0.0.1:9",  # not one that happens to run on this machine
        "GATEHOUSE_AUTH": "off",
        "GATEHOUSE_SECRET_KEY": "k" * 40,
        **(variables or {}),
    }
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*command, app], cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        _await(url)
        yield url, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(60)  # gunicorn itself waits 20 s for requests
    said = (folder / "log").read_text(errors="replace")
    where = said.find("Traceback")
    assert where < 0, said[max(0, where - 1000) : where + 4000]


def _await(url: str) -> None:
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        try:
            if urllib3.request("GET", f"{url}/healthz", timeout=1, retries=False).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer")
