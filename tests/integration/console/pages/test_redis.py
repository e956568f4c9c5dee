"""The page Redis on the real monitoring API: our commands, the servers, and while Redis is away."""

import re
import time
from collections.abc import Callable

import pytest

from collector import store_samples
from console.app import PREFIX
from core.db.engine import Database
from core.db.redis_client import Live
from core.http import HttpClient
from core.web.app import App
from tests import query_world
from tests.components import Shown, document
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside

Make = Callable[[str, str], Person]


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


def words(person: Person, path: str = "redis") -> str:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", Shown(document(answer)["content"]).text)


def test_our_commands_and_the_server(person: Make, db: Database, live: Live) -> None:
    now = time.time()
    query_world.store(db, query_world.calls(900, now - 900, now), now)
    store_samples.run(db, live, now)
    text = words(person("vic", "viewer"))
    for part in ("Our commands", "pipeline of HSET, XADD", "Command statistics", "Slow log", "Event stream", "up "):
        assert part in text
    assert "XREADGROUP" in text


def test_without_anything_it_is_there(person: Make) -> None:
    text = words(person("vic", "viewer"))
    assert "No commands in this range" in text
    assert "Latency" in text
