"""Blocked addresses are refused until their block ends; allowed networks and health checks never are."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core import settings
from core.errors import RedisAway
from core.web import problems
from core.web.admission import Admission
from core.web.app import App
from core.web.metrics import Metrics
from core.web.recorder import Recorder


class Blocks:
    """Stands for Redis' list of blocked addresses."""

    def __init__(self) -> None:
        self.blocked = {"203.0.113.5": time.time() + 60, "203.0.113.6": time.time() - 1, "127.0.0.1": time.time() + 60}
        self.away = False

    def blocked_ips(self, now: float) -> dict[str, float]:
        if self.away:
            raise RedisAway
        return self.blocked


@pytest.fixture
def served(tmp_path: Path) -> tuple[App, Admission, Any]:
    limits = settings.load({"GATEHOUSE_DATA": str(tmp_path)}).config.limits
    blocks = Blocks()
    app = App("probe", Recorder(Metrics()), static_folder=None)
    problems.install(app)
    admission = Admission("probe", msgspec.structs.replace(limits), blocks, ["healthz"])  # type: ignore[arg-type]
    admission.install(app)
    app.add_url_rule("/", "view", lambda: "ok")
    app.add_url_rule("/healthz", "healthz", lambda: "ok")
    admission.refresh([])
    return app, admission, blocks


def status(app: App, address: str, path: str = "/") -> int:
    return app.test_client().get(path, environ_base={"REMOTE_ADDR": address}).status_code


def test_a_blocked_address_gets_429_and_when_to_come_back(served: tuple[App, Admission, Any]) -> None:
    app, admission, blocks = served
    answer = app.test_client().get("/", environ_base={"REMOTE_ADDR": "203.0.113.5"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert status(app, "203.0.113.5", "/healthz") == 200
    assert status(app, "203.0.113.6") == 200
    assert status(app, "127.0.0.1") == 200
    blocks.away, admission._refreshed = True, 0.0
    admission.refresh([])
    assert status(app, "203.0.113.5") == 429, "the last list stays in force while Redis is away"
    blocks.away, blocks.blocked, admission._refreshed = False, {}, 0.0
    admission.refresh([])
    assert status(app, "203.0.113.5") == 200
