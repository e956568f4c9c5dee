"""The pages Performance and Endpoint on the real monitoring API: with requests, without, and when it is away."""

import re
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest

from console.app import PREFIX
from core.db.engine import Database
from core.events.performance.endpoint import Endpoint
from core.http import HttpClient
from core.pipeline.writer import Writer
from core.web.app import App
from tests import endpoint_world as world
from tests.components import Shown, document, fields
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside

Make = Callable[[str, str], Person]
HOSTILE = '/<img src=x onerror="alert(1)">/\u202e&amp;'


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


@pytest.fixture
def told(app: App, db: Database, database_url: str) -> None:
    """Two hours of four endpoints; the last hour has both versions."""
    now = time.time()
    world.store(database_url, world.hits(2000, now - 7200, now), 1, now, twice=False)


def page(person: Person, path: str = "performance", status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def words(shown: Shown) -> str:
    return re.sub(r"\s+", " ", shown.text)


def test_without_requests_it_says_where_they_come_from(person: Make) -> None:
    told = words(page(person("vic", "viewer")))
    assert "events of kind endpoint" in told
    assert "Where the time goes" not in told


@pytest.mark.usefixtures("told")
def test_endpoints_stand_in_the_order_of_their_time(person: Make) -> None:
    shown = page(person("vic", "viewer"), "performance?range=24h")
    rows = shown.rows(1)
    assert {(row[1], row[2]) for row in rows} == {(f"{route}shop", method) for route, method, _ in world.ENDPOINTS}
    assert rows[0][1] == "/payshop"
    shares = [float(row[9].rstrip(" %")) for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(100, abs=0.3)
    assert sum(int(row[3].replace(",", "")) for row in rows) == 2000
    assert "Requests and errors" in shown
    assert any("performance/endpoint?service=shop&route=%2Fpay&method=POST" in href for href in shown.values("href"))


@pytest.mark.usefixtures("told")
def test_what_senders_lost_stands_beside_the_number_of_requests(person: Make, db: Database) -> None:
    now = time.time()
    lost = Endpoint(
        id="x", timestamp=now, service="shop", route="(lost)", method="_OTHER", status=0, hits=1234,
        seconds_sum=0.0, seconds_min=0.0, seconds_max=0.0, buckets={-697: 1234},
    )  # fmt: skip
    Writer(db, 0.7).store([lost], now)
    shown = page(person("vic", "viewer"))
    assert "1,234 more were not reported" in words(shown)
    assert "(lost)" not in {row[1] for row in shown.rows(1)}


@pytest.mark.usefixtures("told")
def test_a_filter_and_a_range_are_in_the_address(person: Make) -> None:
    vic = person("vic", "viewer")
    shown = page(vic, "performance?range=6h&method=POST&version=v2")
    assert {row[2] for row in shown.rows(1)} == {"POST"}
    chosen = fields(vic.client.get(f"{PREFIX}performance?range=6h&method=POST&version=v2"))
    assert (chosen["method"], chosen["version"], chosen["range"]) == ("POST", "v2", "6h")
    to = next(href for href in shown.values("href") if "performance/endpoint" in href)
    assert "range=6h" in to
    assert "version=v2" in to
    assert "No requests in this range" in page(vic, "performance?service=nobody")
    told = words(page(vic, "performance?from=2026-02-01&to=2026-01-01", 400))
    assert "must be later than from" in told.lower()


@pytest.mark.usefixtures("told")
def test_an_endpoint_has_a_page_of_its_own(person: Make) -> None:
    shown = page(person("vic", "viewer"), f"performance/endpoint?service=shop&route={quote('/cart/<id>')}&method=GET")
    told = words(shown)
    for part in ("GET /cart/<id>", "Durations", "How long requests take", "Requests by status", "Usual week",
                 "Versions side by side", "200 OK", "404 Not Found", "503 Service Unavailable"):  # fmt: skip
        assert part in told
    versions = [row[1] for row in shown.rows(-2)]
    assert versions == ["v2", "v1"]
    assert "No requests" in page(person("ann", "analyst"), "performance/endpoint?service=shop&route=/nowhere")


def test_names_from_outside_are_only_text(person: Make, db: Database) -> None:
    now = time.time()
    event = Endpoint(
        id="x", timestamp=now // 60 * 60, service="<b>shop", route=HOSTILE, method="GET", status=200, version="<i>v",
        hits=1, seconds_sum=0.01, seconds_min=0.01, seconds_max=0.01, buckets={-232: 1}, error_type="<u>Error",
    )  # fmt: skip
    Writer(db, normal_block_from=0.7).store([event], now)
    vic = person("vic", "viewer")
    to = f"performance/endpoint?service={quote('<b>shop')}&route={quote(HOSTILE)}&method=GET"
    for path in ("performance", to):
        answer = document(vic.client.get(f"{PREFIX}{path}"))["content"]
        for bad in ("<img", "<b>shop", "<i>v", "<u>Error"):
            assert bad not in answer
        assert "\u202e" not in Shown(answer).text
        assert "&lt;img src=x" in answer


def test_what_cannot_be_reached_is_said(person: Make, inside: Inside) -> None:
    vic = person("vic", "viewer")
    for path in ("performance", "performance/endpoint?service=shop&route=/pay&method=POST"):
        inside.away, inside.status = True, 0
        assert "The monitoring API cannot be reached." in words(page(vic, path))
        inside.away, inside.status = False, 503
        assert "PostgreSQL cannot be reached." in words(page(vic, path))
        inside.status = 500
        assert "The monitoring API cannot be reached." in words(page(vic, path))
