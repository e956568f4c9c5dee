"""A real Alertmanager (Debian's) receives, groups and resolves our alerts, and forgets them when we are gone."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from core import clock
from core.alerting import incidents
from core.http import HttpClient
from simulator.receiving.run import Receivers
from stack.ports import find_free
from tests.integration.alerts.notify.conftest import Office, make
from tests.receiving import receiving
from tests.waiting import until

PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
# Alertmanager is a static program, so the clock that `tests.at_moment` shifts is not its own.
pytestmark = pytest.mark.skipif("CLOCK_SHIFT" in os.environ, reason="Alertmanager's clock cannot be shifted")
CONFIG = """
route:
  receiver: us
  group_by: [alertname]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: us
    webhook_configs:
      - url: http://127.0.0.1:{port}/
        send_resolved: true
"""


class Hook(BaseHTTPRequestHandler):
    """What Alertmanager tells its own receivers."""

    told: list[dict[str, Any]] = []

    def do_POST(self) -> None:
        self.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def hook() -> Iterator[HTTPServer]:
    Hook.told = []
    server = HTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def alertmanager(hook: HTTPServer, tmp_path: Path) -> Iterator[str]:
    """The URL of one that runs for this test."""
    if PROGRAM is None:
        if os.environ.get("CI"):
            pytest.fail("prometheus-alertmanager is not installed")
        pytest.skip("prometheus-alertmanager is not installed")
    config = tmp_path / "alertmanager.yml"
    config.write_text(CONFIG.replace("{port}", str(hook.server_port)))
    url = f"http://127.0.0.1:{find_free()}"
    command = [
        PROGRAM,
        f"--config.file={config}",
        f"--storage.path={tmp_path / 'alertmanager'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--cluster.listen-address=",
    ]
    with (tmp_path / "alertmanager.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        assert until(lambda: is_ready(url), 20), (tmp_path / "alertmanager.log").read_text()
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def sending(alertmanager: str, database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Office]:
    """A delivery whose time is the real one, with the channel `alertmanager`, repeated every second."""
    config = tmp_path / "config"
    from core import settings

    shutil.copytree(settings.ROOT / "config", config)
    text = (config / "channels.toml").read_text()
    own = 'kind = "alertmanager"\nrepeat_seconds = 1\nvalid_seconds = 4'
    (config / "channels.toml").write_text(text.replace('kind = "alertmanager"', own))
    with receiving(tmp_path / "receivers") as receivers:
        yield from _office(alertmanager, database_url, redis_url, config, receivers)


def _office(url: str, database_url: str, redis_url: str, config: Path, receivers: Receivers) -> Iterator[Office]:
    office = make(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GATEHOUSE_SECRET_KEY": "k" * 40,
            "GATEHOUSE_CONFIG": str(config),
            "GATEHOUSE_ALERTMANAGER_URL": url,
        },
        receivers,
    )
    office.now = clock.now()
    yield office
    office.stores.close()


def test_it_receives_groups_and_resolves(sending: Office, alertmanager: str) -> None:
    for number in range(3):
        sending.open(f"A3-{number}", "alertmanager", series=f"feature-{number}")
    sending.deliver.step(clock.now())
    assert until(lambda: len(active(alertmanager)) == 3)
    assert until(lambda: any(len(one["alerts"]) == 3 for one in Hook.told)), "three alerts, one group"
    group = next(one for one in Hook.told if len(one["alerts"]) == 3)
    assert group["groupLabels"] == {"alertname": "A1"}
    assert {one["labels"]["series"] for one in group["alerts"]} == {f"feature-{n}" for n in range(3)}
    assert group["commonAnnotations"]["value"] == "4.212 % (limit 3 %)"

    deadline = time.monotonic() + 6
    while time.monotonic() < deadline:  # longer than an alert holds by itself
        sending.deliver.step(clock.now())
        time.sleep(0.2)
    assert len(active(alertmanager)) == 3, "alerts that go on are sent again in time"

    with sending.stores.database.transaction() as connection:
        for number in range(3):
            incidents.recover(connection, f"A3-{number}", clock.now(), "it is over")
    sending.deliver.step(clock.now())
    assert until(lambda: active(alertmanager) == [])
    assert until(lambda: Hook.told[-1]["status"] == "resolved")
    sending.deliver.step(clock.now() + 60)
    assert active(alertmanager) == [], "nothing is sent again after the end"
    repeats = sending.select("SELECT count(*) FROM outbox WHERE repeat_at IS NOT NULL")
    assert repeats == [(0,)]


def test_alerts_of_a_sender_that_died_end_by_themselves(sending: Office, alertmanager: str) -> None:
    sending.open("A1-left", "alertmanager")
    sending.deliver.step(clock.now())
    assert until(lambda: len(active(alertmanager)) == 1)
    assert until(lambda: active(alertmanager) == [], 15)


def active(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = HttpClient(url).get("/api/v2/alerts", {"active": "true"}).json()
    return found


def is_ready(url: str) -> bool:
    from core.errors import HttpUnavailable

    try:
        return HttpClient(url, 1.0).get("/-/ready").status == 200
    except HttpUnavailable:
        return False
