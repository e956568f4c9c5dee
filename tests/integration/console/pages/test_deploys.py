"""Deploys on the pages of endpoints: marks and the list of changes, a deploy's page, what it did to one endpoint."""

import json
import re
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest

from collector.deploys import DeployWatch
from console.app import PREFIX
from core.db.engine import Database
from core.endpoints.deploys import Announced, announce
from core.http import HttpClient
from core.performance_config import DeploysConfig
from core.web.app import App
from tests import alerting
from tests import deploy_world as world
from tests.components import Shown, document
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside

Make = Callable[[str, str], Person]


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


def page(person: Person, path: str, status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"]) if status == 200 else Shown(answer.get_data(as_text=True))


def words(shown: Shown) -> str:
    return re.sub(r"\s+", " ", shown.text)


def marked(shown: Shown) -> list[list[str]]:
    """The names of each chart's marks."""
    layouts = [json.loads(one)["layout"] for one in shown.values("data-figure")]
    return [[note["text"] for note in one.get("annotations", [])] for one in layouts]


def test_a_deploy_is_marked_listed_and_has_a_page(person: Make, db: Database) -> None:
    now = time.time()
    at = (now - 1200) // 60 * 60
    world.store(db, at, before=30, after=9, errors=12)
    told = Announced("shop", "v2", at, True, "4f1c", "https://ci.example/builds/7", "token:ci")
    number = announce(db, told, at + 5, 50).id
    DeployWatch(db, DeploysConfig()).step(at + 600)
    alerting.rule(db, "A1", "Fraud rate", "high", {"kind": "window"})
    alerting.fire(db, "A1", "A1-1", now - 400, severity="high")
    vic = person("vic", "viewer")

    shown = page(vic, "performance?range=6h")
    assert f"{PREFIX}performance/deploys/{number}" in shown.values("href")
    assert any("alerts/incidents/A1-1" in href for href in shown.values("href"))
    assert "shop v2" in words(shown)
    assert "4f1c, 1 slower, 1 with more errors" in words(shown)
    assert "v2" in marked(page(vic, "performance?range=1h"))[0]

    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE deploys SET before = 'v1' WHERE id = %s", (number,))
    opened = page(vic, f"performance/deploys/{number}")
    assert any("performance/profiler?service=shop&version=v2&base_version=v1" in href for href in opened.values("href"))
    deploy = words(opened)
    for part in ("Deploy of shop v2", "1 endpoint slower", "1 endpoint with more errors", "announced by token:ci",
                 "https://ci.example/builds/7", "9 minutes after the deploy, comparison 2 of 4", "Slower",
                 "More errors", "No change", "at most 5 % of deploys"):  # fmt: skip
        assert part in deploy, part

    one = page(vic, f"performance/endpoint?range=1h&service=shop&route={quote('/cart')}&method=GET")
    assert "Slower" in words(one)
    assert "v2" in marked(one)[0]
    page(vic, "performance/deploys/99999", 404)
    page(vic, f"performance/deploys/{10**20}", 404)


def test_what_cannot_be_reached_is_said(person: Make, inside: Inside) -> None:
    vic = person("vic", "viewer")
    inside.away, inside.status = True, 0
    assert "The monitoring API cannot be reached." in words(page(vic, "performance/deploys/1"))
    inside.away, inside.status = False, 503
    assert "PostgreSQL cannot be reached." in words(page(vic, "performance/deploys/1"))


def test_a_deploy_that_waits_says_when_it_is_compared(person: Make, db: Database) -> None:
    now = time.time()
    announce(db, Announced("<b>shop", "<i>0", now - 600), now - 600, 50)
    number = announce(db, Announced("<b>shop", "<i>1", now), now, 50).id
    answer = document(person("vic", "viewer").client.get(f"{PREFIX}performance/deploys/{number}"))["content"]
    shown = Shown(answer)
    assert "Not compared yet" in words(shown)
    assert "next comparison at" in words(shown)
    assert "<b>shop" not in answer
    assert "<i>1" not in answer


def test_the_first_version_says_that_nothing_came_before_it(person: Make, db: Database) -> None:
    now = time.time()
    at = (now - 1200) // 60 * 60
    world.store(db, at, before=0, after=9)
    vic = person("vic", "viewer")
    for service in ("shop", "idle"):
        number = announce(db, Announced(service, "v2", at), at + 5, 50).id
        DeployWatch(db, DeploysConfig()).step(at + 600)
        opened = words(page(vic, f"performance/deploys/{number}"))
        assert "First version that was seen" in opened
        assert "nothing to compare it with" in opened
        assert ("No requests before" in opened) is (service == "shop")
        for wrong in ("Not compared yet", "next comparison", "Not enough requests"):
            assert wrong not in opened


def test_a_first_version_after_requests_without_one_is_compared(person: Make, db: Database) -> None:
    now = time.time()
    at = (now - 1200) // 60 * 60
    world.store(db, at, before=30, after=9)
    number = announce(db, Announced("shop", "v2", at), at + 5, 50).id
    DeployWatch(db, DeploysConfig()).step(at + 600)
    opened = words(page(person("vic", "viewer"), f"performance/deploys/{number}"))
    assert "First version" not in opened
    assert "comparison 2 of 4" in opened
