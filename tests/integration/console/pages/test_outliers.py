"""The pages Outliers and Outlier on the real monitoring API: list, filter, stacks, links there and back."""

import re
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest

from console.app import PREFIX
from core.db.engine import Database
from core.events.performance.outlier import Frame, Stack
from core.http import HttpClient
from core.web.app import App
from tests import outlier_world as world
from tests.components import Shown, document, fields
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside

Make = Callable[[str, str], Person]
LIST = "performance/outliers"
HOSTILE = '/<img src=x onerror="alert(1)">/\u202e&amp;'


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


@pytest.fixture
def told(app: App, db: Database) -> None:
    """Three of one endpoint, the newest still running, and one of another, the slowest."""
    now = time.time()
    world.store(
        db, now,
        world.outlier("a", now - 300), world.outlier("b", now - 200, seconds=0.7, status=503),
        world.outlier("c", now - 100, status=0, running=True),
        world.outlier("d", now - 400, route="/pay", method="POST", seconds=2.5, service="billing"),
    )  # fmt: skip


def page(person: Person, path: str, status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def words(shown: Shown) -> str:
    return re.sub(r"\s+", " ", shown.text)


def test_without_outliers_it_says_so(person: Make) -> None:
    assert "No outliers in this range" in page(person("vic", "viewer"), LIST)


@pytest.mark.usefixtures("told")
def test_they_are_listed_newest_or_slowest_first(person: Make) -> None:
    vic = person("vic", "viewer")
    rows = page(vic, LIST).rows(-1)
    assert [row[2] for row in rows] == ["/cart/{id}shop v2"] * 3 + ["/paybilling v2"]
    assert [row[4] for row in rows] == ["Running", "503", "200", "200"]
    assert rows[0][5:8] == ["400 ms", "60 ms", "3"]
    assert rows[0][8] == "prices.load"
    assert [row[5] for row in page(vic, f"{LIST}?order=slowest").rows(-1)] == ["2.50 s", "700 ms", "400 ms", "400 ms"]
    assert "4 outliers" in words(page(vic, LIST))


@pytest.mark.usefixtures("told")
def test_a_filter_is_in_the_address_and_can_be_taken_away(person: Make) -> None:
    vic = person("vic", "viewer")
    to = next(href for href in page(vic, LIST).values("href") if "outliers?" in href and "billing" in href)
    assert f"service=billing&route={quote('/pay', safe='')}&method=POST" in to
    shown = page(vic, to.removeprefix(PREFIX))
    assert len(shown.rows(-1)) == 1
    assert f"{PREFIX}{LIST}" in shown.values("href")
    chosen = fields(vic.client.get(f"{PREFIX}{LIST}?service=shop&order=slowest&range=6h"))
    assert (chosen["service"], chosen["order"], chosen["range"]) == ("shop", "slowest", "6h")
    assert "must be later than from" in words(page(vic, f"{LIST}?from=2026-02-01&to=2026-01-01", 400)).lower()


@pytest.mark.usefixtures("told")
def test_one_has_its_stacks_side_by_side_and_what_went_on_meanwhile(person: Make) -> None:
    vic = person("vic", "viewer")
    to = next(href for href in page(vic, f"{LIST}?range=6h").values("href") if "performance/outlier?" in href)
    shown = page(vic, to.removeprefix(PREFIX))
    told = words(shown)
    for part in ("GET /cart/{id}", "Running", "at 60 ms", "120 ms to 180 ms", "2 stacks", "shop/prices.py:88",
                 "time.sleep", "it waited most of the time",
                 "250 ms in queries", "postgres 4 of 16", "3 more waited", "c-c", "token 7",
                 "192.0.2.7", "curl/8", "page", "128 MiB", "1.50 on 2 cores"):  # fmt: skip
        assert part in told, part
    assert shown.rows(-1)[0][1:] == ["/pay", "POST", "812 ms"]
    links = shown.values("href")
    assert any(href.startswith(f"{PREFIX}performance/endpoint?service=shop") and "range=6h" in href for href in links)
    assert f"{PREFIX}{LIST}?range=6h" in links
    there = page(vic, f"performance/endpoint?service=shop&route={quote('/cart/{id}')}&method=GET")
    assert any(href.startswith(f"{PREFIX}{LIST}?service=shop&route=") for href in there.values("href"))
    assert f"{PREFIX}{LIST}" in page(vic, "performance").values("href")


@pytest.mark.parametrize("number", ["", "0", "x", "99999", "9" * 30, "²"])
def test_one_that_there_is_not_is_404(person: Make, number: str) -> None:
    assert "No such outlier" in page(
        person("vic", "viewer"), f"performance/outlier?id={quote(number)}", 404 if number else 400
    )


def test_one_without_stacks_says_why(person: Make, db: Database) -> None:
    now = time.time()
    world.store(db, now, world.outlier("a", now - 9, frames=[], stacks=[], parameters=[], headers={}, neighbours=[]))
    vic = person("vic", "viewer")
    to = next(href for href in page(vic, LIST).values("href") if "performance/outlier?" in href)
    told = words(page(vic, to.removeprefix(PREFIX)))
    assert "No stacks" in told
    assert "not known here" in told


def test_names_from_outside_are_only_text(person: Make, db: Database) -> None:
    now = time.time()
    frames = [Frame(f"<b>{HOSTILE}"[:300], HOSTILE, 3)]
    world.store(
        db, now,
        world.outlier("a", now - 9, service="<b>shop", route=HOSTILE, version="<i>v", frames=frames,
                      stacks=[Stack(60.0, [0])], user="<u>x", headers={"User-Agent": "<s>agent"}),
    )  # fmt: skip
    vic = person("vic", "viewer")
    to = next(href for href in page(vic, LIST).values("href") if "performance/outlier?" in href)
    for path in (LIST, to.removeprefix(PREFIX)):
        answer = document(vic.client.get(f"{PREFIX}{path}"))["content"]
        for bad in ("<img", "<b>shop", "<i>v", "<u>x", "<s>agent"):
            assert bad not in answer
        assert "\u202e" not in Shown(answer).text


@pytest.mark.usefixtures("told")
def test_what_cannot_be_reached_is_said(person: Make, inside: Inside) -> None:
    vic = person("vic", "viewer")
    for path in (LIST, "performance/outlier?id=1"):
        inside.away, inside.status = True, 0
        assert "The monitoring API cannot be reached." in words(page(vic, path))
        inside.away, inside.status = False, 503
        assert "PostgreSQL cannot be reached." in words(page(vic, path))
