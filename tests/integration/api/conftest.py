"""The monitoring API on real stores, and a way to store events as the collector does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from core import settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.events.types import Event
from core.pipeline.writer import Writer
from core.settings import Settings
from core.web.app import App


@pytest.fixture
def known(database_url: str, redis_url: str, tmp_path: Path, timeless_config: Path) -> Settings:
    """Settings of a process on this test's stores."""
    return settings.load(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GATEHOUSE_DATA": str(tmp_path),
            "GATEHOUSE_CONFIG": str(timeless_config),
            "GATEHOUSE_AUTH": "off",
            "GATEHOUSE_SECRET_KEY": "k" * 40,
            "GATEHOUSE_SCORING_URL": "http://127.0.0.1:9",
        }
    )


@pytest.fixture
def make_app() -> Iterator[Callable[[Settings], App]]:
    """Makes applications that end with the test."""
    made: list[App] = []

    def make(known: Settings) -> App:
        made.append(create_app(known))
        return made[-1]

    yield make
    for app in made:
        app.close()


@pytest.fixture
def app(known: Settings, make_app: Callable[[Settings], App]) -> App:
    """The application."""
    return make_app(known)


@pytest.fixture
def client(app: App) -> FlaskClient:
    """A caller of the application."""
    return app.test_client()


@pytest.fixture
def store(db: Database, live: Live) -> Callable[[list[Event], float], None]:
    """Stores events at a time."""
    writer = Writer(db, 0.7)

    def put(events: list[Event], now: float) -> None:
        writer.store(events, now)

    return put
