"""The pages Exceptions and Exception on the real monitoring API: what came, what people decide, hostile texts, away."""

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from console.app import PREFIX
from core.db.engine import Database
from core.events.performance.endpoint import Endpoint
from core.events.performance.exception import OTHER, Cause
from core.events.stack_trace import Frame
from core.http import HttpClient
from core.pipeline.writer import Writer
from core.web.app import App
from tests import endpoint_world as world
from tests.components import Shown, document
from tests.exception_world import report
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside

Make = Callable[[str, str], Person]
HOSTILE = '<img src=x onerror="alert(1)">\u202e&amp;"\'{{7*7}}'


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


def store(db: Database, *events: Any) -> None:
    Writer(db, normal_block_from=0.7).store(list(events), time.time())


@pytest.fixture
def told(app: App, db: Database) -> int:
    """Two bugs of the last minutes, one of them with a cause and library frames; the number of the frequent one."""
    now = time.time()
    frequent = [report(f"a{n}", now - 10 - n, "checkout", "total", users={f"u{n % 3}": 1}) for n in range(12)]
    library = Frame("dispatch", "flask.app", "site-packages/flask/app.py", 9, False)
    rare = report("b", now - 30, "pay", "charge", type="shop.PaymentError", service="till", version="2.0",
                  causes=[Cause("TimeoutError", "10 s", [library, *frequent[0].frames])])  # fmt: skip
    store(db, *frequent, rare)
    ((number,),) = world.asked(db, "SELECT id FROM exception_groups WHERE culprit = 'shop.cart.total'")
    return int(number)


def page(person: Person, path: str = "exceptions", status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def words(shown: Shown) -> str:
    return re.sub(r"\s+", " ", shown.text)


def states(db: Database) -> list[Any]:
    return world.asked(db, "SELECT state, state_by FROM exception_groups ORDER BY culprit DESC")


def test_without_any_it_says_where_they_come_from(person: Make) -> None:
    assert "Our processes report what they did not expect" in words(page(person("vic", "viewer")))


def test_bugs_stand_in_the_order_of_their_number_and_filters_find_them(person: Make, told: int) -> None:
    vic = person("vic", "viewer")
    shown = page(vic)
    rows = shown.rows(-1)
    assert [row[3] for row in rows] == ["12", "1"]
    assert rows[0][1].startswith("ValueError")
    assert rows[0][2] == "shop.cart.totalshop"
    assert rows[0][5] == "3"
    assert "New" in rows[0][10]
    assert "Resolve" not in words(shown)
    assert f"exceptions/{told}" in " ".join(shown.values("href"))
    for query, found in (("service=till", 1), ("search=PAYMENT", 1), ("search=nothing", 0), ("version=1.0", 1),
                         ("state=resolved", 0), ("state=all", 2), ("range=7d", 2), ("state=odd", 2)):  # fmt: skip
        hrefs = page(vic, f"exceptions?{query}").values("href")
        assert len({href for href in hrefs if re.search(r"exceptions/\d", href)}) == found, query
    assert "later than from" in words(page(vic, "exceptions?from=2026-02-01&to=2026-01-01", 400)).lower()


def test_one_has_its_stack_causes_endpoints_and_users(person: Make, told: int, db: Database) -> None:
    vic = person("vic", "viewer")
    shown = page(vic, f"exceptions/{told}?range=6h")
    text = words(shown)
    for part in ("ValueError", "no order a0", "shop.cart.total", "total(order)", "in shop.cart", "12 in all", "u2",
                 "GET /cart/<id>"):  # fmt: skip
        assert part in text
    assert text.index("total(order)") < text.index("checkout(order)")
    assert any("performance/endpoint?service=shop" in href and "range=6h" in href for href in shown.values("href"))
    ((other,),) = world.asked(db, "SELECT id FROM exception_groups WHERE service = 'till'")
    more = words(page(vic, f"exceptions/{other}"))
    for part in ("caused by TimeoutError", "1 frame of libraries", "dispatch"):
        assert part in more
    sample = next(href for href in shown.values("href") if "sample=" in href)
    assert "Stack" in words(page(vic, sample.removeprefix(PREFIX)))
    for path in ("exceptions/999999", "exceptions/99999999999999", "exceptions/0"):
        assert vic.client.get(f"{PREFIX}{path}").status_code == 404


def test_the_page_of_an_endpoint_has_its_exceptions(person: Make, told: int, db: Database) -> None:
    now = time.time()
    hit = Endpoint(
        id="x", timestamp=now // 60 * 60, service="shop", route="/cart/<id>", method="GET", status=500, hits=1,
        seconds_sum=0.01, seconds_min=0.01, seconds_max=0.01, buckets={-232: 1},
    )  # fmt: skip
    store(db, hit)
    shown = page(person("vic", "viewer"), f"performance/endpoint?service=shop&route={quote('/cart/<id>')}&method=GET")
    assert "shop.cart.total" in words(shown)
    assert f"exceptions/{told}" in " ".join(shown.values("href"))
    assert any("exceptions?service=shop&route=" in href and "state=all" in href for href in shown.values("href"))


def test_an_operator_decides_and_it_is_audited(person: Make, told: int, db: Database) -> None:
    olga, vic = person("olga", "operator"), person("vic", "viewer")
    assert vic.post(f"exceptions/{told}/resolve")[0] == 403
    assert "Resolve" in words(page(olga))
    assert olga.post(f"exceptions/{told}/resolve")[0] in (200, 303)
    assert states(db)[0] == ("resolved", "olga")
    assert olga.post(f"exceptions/{told}/resolve")[0] == 409
    assert [row[3] for row in page(vic).rows(-1)] == ["1"]
    store(db, report("again", time.time() + 1, "checkout", "total"))
    assert states(db)[0][0] == "open"
    assert "Reopened" in words(page(vic))
    assert olga.post(f"exceptions/{told}/ignore")[0] in (200, 303)
    store(db, report("and again", time.time() + 2, "checkout", "total"))
    assert states(db)[0] == ("ignored", "olga")
    assert olga.post(f"exceptions/{told}/reopen")[0] in (200, 303)
    assert olga.post("exceptions/99999999999/resolve")[0] == 404
    audited = world.asked(db, "SELECT actor, action, target, after FROM audit_log WHERE action LIKE 'exception%%'")
    assert [(row[0], row[2]) for row in audited] == [("olga", f"exception:{told}")] * 3


def test_texts_from_outside_are_only_text(person: Make, db: Database) -> None:
    frames = [Frame(HOSTILE, HOSTILE, HOSTILE, 1, True, HOSTILE), Frame(HOSTILE, "", HOSTILE, 1, False, HOSTILE)]
    bad = report("x", time.time(), type=HOSTILE, message=HOSTILE * 50, service="<b>shop", version="<i>v", route=HOSTILE,
                 users={HOSTILE: 1}, causes=[Cause(HOSTILE, HOSTILE, frames)])  # fmt: skip
    bad.frames = frames
    rest = report("y", time.time(), type=OTHER, message="", service="<b>shop")
    rest.frames = []
    store(db, bad, rest)
    vic = person("vic", "viewer")
    for (number,) in [*world.asked(db, "SELECT id FROM exception_groups"), (0,)]:
        answer = document(vic.client.get(f"{PREFIX}exceptions{f'/{number}' if number else ''}"))["content"]
        for found in ("<img", "<b>shop", "<i>v"):
            assert found not in answer
        assert "\u202e" not in Shown(answer).text
    assert vic.client.get(f"{PREFIX}exceptions?search={quote(HOSTILE)}&service={quote(HOSTILE)}").status_code == 200


def test_what_cannot_be_reached_is_said(person: Make, inside: Inside) -> None:
    vic = person("vic", "viewer")
    for path in ("exceptions", "exceptions/1"):
        inside.away, inside.status = True, 0
        assert "The monitoring API cannot be reached." in words(page(vic, path))
        inside.away, inside.status = False, 503
        assert "PostgreSQL cannot be reached." in words(page(vic, path))
