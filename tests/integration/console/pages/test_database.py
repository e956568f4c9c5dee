"""The pages Database and Query on the real monitoring API: with queries, without, by endpoint, and while PostgreSQL is
away; and the panel "Where its time goes" of an endpoint.
"""

import re
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest

from console.app import PREFIX
from core.db.engine import Database
from core.events.performance.queries import Queries, QueryRow
from core.http import HttpClient
from core.pipeline.writer import Writer
from core.web.app import App
from tests import endpoint_world, query_world
from tests.components import Shown, document
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside

Make = Callable[[str, str], Person]
HOSTILE = "<img src=x onerror=alert(1)>\u202e&amp;"


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


@pytest.fixture
def told(app: App, db: Database) -> None:
    """Half an hour of calls, without what is just now."""
    now = time.time()
    query_world.store(db, query_world.calls(2000, now - 1800, now), now)


def page(person: Person, path: str = "database", status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def words(shown: Shown) -> str:
    return re.sub(r"\s+", " ", shown.text)


def queries_of(shown: Shown) -> list[list[str]]:
    """The table of queries, wherever on the page it is."""
    return next(rows for rows in shown.tables if any(row[0].startswith("database ") for row in rows))


def test_without_queries_the_server_is_shown_all_the_same(person: Make) -> None:
    text = words(page(person("vic", "viewer")))
    assert "No queries in this range" in text
    assert "transactions" in text, "tables"
    assert "This server has no pg_stat_statements" in text
    assert "connections of the server" in text


@pytest.mark.usefixtures("told")
def test_queries_stand_in_the_order_of_their_time(person: Make) -> None:
    shown = page(person("vic", "viewer"))
    rows = queries_of(shown)
    assert [row[1].startswith(name) for row, name in zip(rows, ("incidents.one", "feed.fresh"), strict=False)]
    assert {row[0] for row in rows} == {"database incidents.one", "database feed.fresh", "database (commit)"}
    text = words(shown)
    assert "Where the time goes" in text
    assert "wait for a connection" in text.lower()
    assert any("database/query?kind=database&query=incidents.one" in href for href in shown.values("href"))


@pytest.mark.usefixtures("told")
def test_one_query_has_its_text_and_its_endpoints(person: Make) -> None:
    vic = person("vic", "viewer")
    shown = page(vic, "database/query?kind=database&query=incidents.one")
    text = words(shown)
    assert "SELECT" in text
    assert "sql/queries/alerting/incidents.sql" in text
    rows = shown.rows(2)
    assert {row[0] for row in rows} == {f"shop {method} {route}" for route, method in query_world.ENDPOINTS}
    hrefs = list(shown.values("href"))
    assert any("performance/endpoint?service=shop&route=%2Fpay&method=POST" in href for href in hrefs)
    endpoint = "service=shop&route=/pay&method=POST"
    filtered = page(vic, f"database/query?kind=database&query=incidents.one&{endpoint}")
    assert "Show all endpoints" in words(filtered)


@pytest.mark.usefixtures("told")
def test_a_filter_by_endpoint_keeps_its_queries_only(person: Make) -> None:
    vic = person("vic", "viewer")
    every, mine = page(vic), page(vic, f"database?endpoint={quote('shop POST /pay')}")
    calls = [sum(int(row[2].replace(",", "")) for row in queries_of(one)) for one in (every, mine)]
    assert 0 < calls[1] < calls[0]
    assert "Clear" in words(mine)


def test_an_endpoint_shows_where_its_time_goes(person: Make, db: Database) -> None:
    now = time.time()
    query_world.store(db, query_world.calls(900, now - 900, now), now)
    hits = [one for one in endpoint_world.hits(900, now - 900, now) if one.route == "/pay"]
    Writer(db, 0.7).store(endpoint_world.events(hits), now)
    shown = page(person("vic", "viewer"), "performance/endpoint?service=shop&route=/pay&method=POST")
    text = words(shown)
    assert "Where its time goes" in text
    assert "own code" in text
    hrefs = list(shown.values("href"))
    assert any("query=incidents.one" in href and "route=%2Fpay" in href for href in hrefs)


def test_names_from_outside_neither_act_nor_reorder(person: Make, db: Database) -> None:
    now = time.time()
    row = QueryRow(
        kind="database", query=HOSTILE, route="/x", method="GET", hits=1, seconds_sum=0.1, seconds_min=0.1,
        seconds_max=0.1, buckets={-116: 1},
    )  # fmt: skip
    Writer(db, 0.7).store([Queries(id="x", timestamp=now, service="shop", queries=[row])], now)
    vic = person("vic", "viewer")
    for path in ("database", f"database/query?kind=database&query={quote(HOSTILE)}"):
        answer = document(vic.client.get(f"{PREFIX}{path}"))["content"]
        assert "<img" not in answer
        assert "&lt;img src=x" in answer
        assert "\u202e" not in Shown(answer).text


@pytest.mark.parametrize(
    "query", ["kind=%00&query=%00", "query=" + "x" * 5000, "kind=none&query=a", "range=never", "endpoint=%20%20%20"]
)
def test_garbage_is_answered(person: Make, query: str) -> None:
    vic = person("vic", "viewer")
    for path in ("database", "database/query", "redis"):
        assert vic.client.get(f"{PREFIX}{path}?{query}").status_code in (200, 400)


def test_it_stays_up_while_postgresql_is_away(person: Make, inside: Inside) -> None:
    vic = person("vic", "viewer")
    inside.away = True
    assert "cannot be reached" in words(page(vic))
