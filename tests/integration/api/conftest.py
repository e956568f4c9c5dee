"""The monitoring API on real stores, and a way to store events as the collector does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from api.app import create_app
from core import settings
from core.events import Event
from core.settings import Settings
from core.store.db import Database
from core.store.live import Live
from core.store.writer import Writer
from core.web import App


@pytest.fixture
def known(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings of a process on this test's stores."""
    return settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path),
                          "GATEHOUSE_SCORING_URL": "http://127.0.0.1:9"})


@pytest.fixture
def app(known: Settings) -> App:
    """The application."""
    return create_app(known)


@pytest.fixture
def store(db: Database, live: Live) -> Callable[[list[Event], float], None]:
    """Stores events at a time."""
    writer = Writer(db, 0.7)

    def put(events: list[Event], now: float) -> None:
        writer.store(events, now)

    return put
