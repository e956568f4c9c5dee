"""Transactions that the pages of transactions are tested with, and a console whose monitoring API is in the process."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.app import create_app as create_api
from console.app import create_app
from core import settings
from core.db.engine import Database
from core.events.types import Prediction, Transaction
from core.http import HttpClient
from core.pipeline.writer import Writer
from core.web.app import App
from tests.integration.console.conftest import VARIABLES
from tests.integration.console.pages.inside import Inside


@pytest.fixture
def stored(app: App, db: Database) -> float:
    """Ten held transactions, t0 the dearest, and one that was sold."""
    now = time.time()
    held = [
        Prediction(
            id=f"t{n}",
            transaction_id=f"t{n}",
            timestamp=now - n,
            score=0.8,
            threshold=0.6,
            decision="BLOCKED",
            amount=1000.0 - n,
            wallet=f"w{n % 3}",
            ip="192.0.2.7",
            top_feature="=cmd()",
        )
        for n in range(10)
    ]
    sold = Transaction(id="s", transaction_id="sold", timestamp=now, type="purchase", amount=5.0, wallet="w0")
    Writer(db, 0.7).store([*held, sold], now)
    return now


@pytest.fixture
def monitoring_api(redis_url: str, database_url: str, tmp_path: Path) -> Iterator[App]:
    """The monitoring API on the test's stores, open, without a scoring service."""
    known = {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "GATEHOUSE_DATA": str(tmp_path / "api")}
    api = create_api(settings.load({**known, "GATEHOUSE_AUTH": "off", "GATEHOUSE_SCORING_URL": "http://127.0.0.1:9"}))
    yield api
    api.close()


@pytest.fixture
def console_on(redis_url: str, database_url: str, tmp_path: Path) -> Iterator[Callable[[HttpClient], App]]:
    """`console_on(client)`: a console that asks this client in place of the network."""
    known = {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "GATEHOUSE_DATA": str(tmp_path), **VARIABLES}
    opened: list[App] = []

    def made(client: HttpClient) -> App:
        opened.append(create_app(settings.load(known), client))
        return opened[-1]

    yield made
    for one in opened:
        one.close()


@pytest.fixture
def inside(monitoring_api: App) -> Inside:
    """That API as the console's client."""
    return Inside(monitoring_api)
