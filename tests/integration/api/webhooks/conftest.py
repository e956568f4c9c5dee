"""The API with the secrets of its webhooks, and an incident that receivers were told of."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core import clock, settings
from core.alerting import incidents
from core.alerting.incident import Opening, notice_of
from core.db.engine import Database
from core.settings import Settings
from core.web.app import App

PAGERDUTY_SECRET = "p" * 40
TWILIO_TOKEN = "t" * 32
PUBLIC = "https://monitoring.example"
ID = "A1-feedfacefeedface"


@pytest.fixture
def known(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings with the secrets of both webhooks; tokens are asked for."""
    return settings.load(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GATEHOUSE_DATA": str(tmp_path),
            "GATEHOUSE_SECRET_KEY": "k" * 40,
            "GATEHOUSE_INTERNAL_TOKEN": "i" * 40,
            "GATEHOUSE_PAGERDUTY_WEBHOOK_SECRET": PAGERDUTY_SECRET,
            "GATEHOUSE_TWILIO_TOKEN": TWILIO_TOKEN,
            "GATEHOUSE_PUBLIC_API_URL": PUBLIC,
        }
    )


@pytest.fixture
def client(known: Settings, make_app: Callable[[Settings], App]) -> Iterator[FlaskClient]:
    """A caller without any token."""
    return make_app(known).test_client()


@pytest.fixture
def incident(db: Database) -> str:
    """An open incident that PagerDuty and a phone were told of."""
    now = clock.now()
    opening = Opening(ID, "A1", "", "alert", "high", "Fraud rate is high", "It is.", now - 60, now - 50)
    with db.transaction() as connection:
        incidents.open_incident(connection, opening)
        notice = notice_of(incidents.get(connection, ID), "trigger", now - 50)
        incidents.notify(connection, notice, ["pagerduty", "sms-security"])
    return ID
