"""The page Profiler on the real monitoring API: flame graph, table, comparison, profiles on demand."""

import re
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest

from console.app import PREFIX
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.endpoints import profile_runs
from core.http import HttpClient
from core.pipeline.writer import Writer
from core.web.app import App
from tests.components import Shown, document, fields
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside
from tests.profile_world import event

Make = Callable[[str, str], Person]
HOSTILE = '<img src=x onerror="alert(1)">.\u202ef'
PATH = "performance/profiler"
RUN = "performance/profiler/run"
CART = f"{PATH}?service=shop&route=/cart&method=GET"


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


@pytest.fixture
def world(app: App, db: Database) -> None:
    now = time.time()
    Writer(db, 0.7).store(
        [
            event("1", now - 120, ["Flask.call;shop.view;shop.load;Db.run;Db.send 60", "Flask.call;shop.view 40"]),
            event("2", now - 60, ["Flask.call;shop.view;shop.load;Db.run 60", "Flask.call;shop.view;shop.price 90"],
                  version="v2"),
            event("3", now - 60, ["till.sell 5"], service="till", route="/sell", method="POST"),
        ],
        now,
    )  # fmt: skip


def page(person: Person, path: str = PATH, status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def words(shown: Shown) -> str:
    return re.sub(r"\s+", " ", shown.text)


def test_without_samples_it_says_what_is_sampled(person: Make) -> None:
    shown = page(person("vic", "viewer"))
    assert "No samples in this range" in words(shown)
    assert "sampled all the time" in words(shown)
    assert "Profile on demand" not in shown, "operators take them"


@pytest.mark.usefixtures("world")
def test_functions_by_their_own_samples_and_a_flame_graph(person: Make) -> None:
    vic = person("vic", "viewer")
    shown = page(vic, CART)
    rows = shown.rows(0)
    assert [row[1] for row in rows][:3] == ["Db.run", "shop.price", "shop.view"]
    assert rows[0][2:] == ["library", "48.0 %", "48.0 %", "120", "120"]
    titles = shown.values("title")
    assert "shop.load: 120 samples (48.0 %), 0 in itself" in titles
    assert not any("Db.send" in title for title in titles), "libraries are folded"
    assert any(title.startswith("Db.send: 60 samples") for title in page(vic, f"{CART}&libraries=show").values("title"))
    assert any("frame=shop.load" in href and "route=%2Fcart" in href for href in shown.values("href"))
    all_of_it = page(vic, f"{PATH}?range=6h")
    assert any(title.startswith("shop: 250 samples") for title in all_of_it.values("title"))
    assert any(title.startswith("POST /sell: 5 samples") for title in all_of_it.values("title"))


@pytest.mark.usefixtures("world")
def test_the_form_sends_what_the_address_says(person: Make) -> None:
    vic = person("vic", "viewer")
    sent = f"{PATH}?service=shop&endpoint=GET+%2Fcart&version=v2&compare=version%3Av1&libraries=show&range=24h"
    chosen = fields(vic.client.get(PREFIX + sent))
    assert chosen == {
        "service": "shop", "endpoint": "GET /cart", "version": "v2", "compare": "version:v1", "libraries": "show",
        "range": "24h",
    }  # fmt: skip
    assert "No samples" in page(vic, f"{PATH}?range=90d&base=never&frame=%E2%80%AE&run=r&version={'v' * 300}")
    shown = page(vic, f"{PATH}?from=2026-02-01&to=2026-01-01", 400)
    assert "must be later than from" in words(shown).lower()


@pytest.mark.usefixtures("world")
def test_what_got_slower_between_two_versions_stands_first(person: Make) -> None:
    shown = page(person("vic", "viewer"), f"{CART}&version=v2&base_version=v1")
    assert "Changes by function" in shown
    first = shown.rows(0)[0]
    assert first[1:5] == ["shop.price", "application", "+60.0 pp", "more"]
    assert "150 samples against 100" in words(shown)
    assert "shop.price +60.0 pp" in words(shown), "colour alone says nothing"


@pytest.mark.usefixtures("world")
def test_one_function_and_the_way_back(person: Make) -> None:
    shown = page(person("vic", "viewer"), f"{CART}&frame=shop.load")
    assert "Flame graph of shop.load" in words(shown)
    assert "120 samples, 48 % of all" in words(shown)
    assert f"{PREFIX}performance/endpoint?service=shop&route=%2Fcart&method=GET" in shown.values("href")


def test_an_operator_takes_a_profile_on_demand(person: Make, db: Database, live: Live) -> None:
    olga = person("olga", "operator")
    assert "Profile on demand" in page(olga)
    assert olga.post(RUN, service="api", seconds="15", rate="100")[0] == 303
    found = profile_runs.wanted(live, "api")
    assert found is not None
    asked, left = found
    assert (asked.rate, asked.seconds, 0 < left <= 15) == (100, 15, True)
    assert olga.post(RUN, service="api", seconds="15", rate="100")[0] == 409, "one at a time"
    now = time.time()
    Writer(db, 0.7).store([event("r", now, ["api.work 9"], service="api", run=asked.id)], now)
    shown = page(olga, f"{PATH}?service=api&run={asked.id}")
    assert shown.rows(0)[0][1] == "api.work"
    assert shown.rows(1)[0][2:] == ["api", "olga", "15", "100", "9"]
    for form in ({"service": "shop"}, {"seconds": "9999"}, {"seconds": "x"}, {"rate": "-1"}, {"rate": "٣٠"}):
        given = {"service": "scoring", "seconds": "10", "rate": "50"} | form
        assert olga.post(RUN, **given)[0] == 400
    assert person("ann", "analyst").post(RUN, service="scoring", seconds="15", rate="100")[0] == 403
    with live.reach(keys.profile_run("api")) as client:
        client.set(keys.profile_run("api"), b'{"of": "another release"}')
    assert profile_runs.wanted(live, "api") is None


def test_names_from_outside_are_only_text(person: Make, app: App, db: Database) -> None:
    now = time.time()
    line = f"{HOSTILE};{HOSTILE}b 5"
    given = event("x", now, [line], service="<b>shop", route="/<u>", version="<i>v")
    Writer(db, 0.7).store([given], now)
    vic = person("vic", "viewer")
    for path in (PATH, f"{PATH}?service={quote('<b>shop')}&frame={quote(HOSTILE)}&base=previous"):
        answer = document(vic.client.get(f"{PREFIX}{path}"))["content"]
        for bad in ("<img", "<b>shop", "<i>v", "<u>"):
            assert bad not in answer
        assert "\u202e" not in Shown(answer).text
        assert not any("\u202e" in title for title in Shown(answer).values("title"))


def test_it_says_when_the_api_is_away(person: Make, inside: Inside) -> None:
    vic = person("vic", "viewer")
    inside.away = True
    assert "cannot be reached" in page(vic)
    inside.away, inside.status = False, 503
    assert "PostgreSQL cannot be reached" in words(page(vic))
