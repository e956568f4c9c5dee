"""Exceptions from the entrances to the reads: what was sent, what our own application raises, and hostile reports."""

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from collector.consume import Consume
from core.db.engine import Database
from core.db.redis_client import Live
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from core.settings import Settings
from core.web.app import App
from tests.exception_world import report
from tests.integration.api.making import get

JAVA = """java.lang.IllegalStateException: no cart 12
\tat com.shop.Cart.total(Cart.java:42)
\tat java.base/java.lang.Thread.run(Thread.java:833)
Caused by: java.sql.SQLException: password=hunter2
\tat com.shop.Db.query(Db.java:9)
"""


@pytest.fixture
def stored(known: Settings, db: Database, live: Live) -> Callable[[], None]:
    """Stores what waits in the stream."""
    loop = Consume(Consumer(live, "a"), Writer(db, 0.7), db, known.config.ingest, lambda _: None)

    def run() -> None:
        idle = 0
        while idle < 3:
            idle = 0 if loop.step() else idle + 1

    return run


def send(client: FlaskClient, *events: Any) -> Any:
    answer = client.post("/api/v1/events", json={"events": list(events)})
    assert answer.status_code in (202, 400), answer.data
    return answer.json


def exception(**more: Any) -> dict[str, Any]:
    frame = {"function": "Cart.total", "module": "shop.cart", "line": 42, "in_app": True}
    given = {"service": "shop", "version": "4.18", "type": "ValueError", "message": "no order 1", "frames": [frame]}
    return {"kind": "exception", **given, **more}


def test_a_report_is_read_with_its_stack_its_users_and_its_endpoints(
    client: FlaskClient, stored: Callable[[], None]
) -> None:
    assert send(client, exception(route="/cart/{id}", method="GET", users={"ann": 2, "bob": 1}, count=3), exception())
    send(client, exception(type="", message="", frames=[], stacktrace=JAVA))
    stored()
    found = get(client, "/api/v1/exceptions?range=1h")
    assert (found["occurrences"], found["states"], found["services"]) == (5, {"open": 2}, ["shop"])
    first, second = found["rows"]
    assert (first["occurrences"], first["endpoints"], first["versions"]) == (4, ["GET /cart/{id}"], ["4.18"])
    assert sum(first["trend"]) == 4 == sum(found["trend"]) - 1
    assert (second["group"]["type"], second["group"]["culprit"]) == (
        "java.lang.IllegalStateException", "com.shop.Cart.total",
    )  # fmt: skip
    one = get(client, f"/api/v1/exception?id={first['group']['id']}&range=6h")
    assert [(user["user"], user["occurrences"]) for user in one["users"]] == [("ann", 2), ("bob", 1)]
    assert {(place["route"], place["occurrences"]) for place in one["endpoints"]} == {("/cart/{id}", 3), ("", 1)}
    java = get(client, f"/api/v1/exception?id={second['group']['id']}")["samples"][0]
    assert [cause["type"] for cause in java["chain"]] == ["java.lang.IllegalStateException", "java.sql.SQLException"]
    assert java["chain"][1]["message"] == "password=[redacted]"
    assert [frame.get("in_app") for frame in java["chain"][0]["frames"]] == [False, True]
    assert client.get("/api/v1/exception?id=999").status_code == 404


def test_filters_and_ranges_agree(client: FlaskClient, db: Database) -> None:
    now = time.time()
    writer = Writer(db, 0.7)
    dice = random.Random(4)
    given = [
        report(f"{n}", now - dice.uniform(0, 4 * 86_400), f"view{n % 3}", version=f"{n % 2}.0", route=f"/r{n % 4}")
        for n in range(400)
    ]
    writer.store(given, now)
    inside = [one for one in given if float(one.timestamp or 0) >= (int(now // 60) + 1 - 360) * 60]
    found = get(client, "/api/v1/exceptions?range=6h")
    assert len(inside) <= found["occurrences"] <= len(inside) + 5  # whole bins
    assert get(client, "/api/v1/exceptions?range=7d")["occurrences"] == 400
    part = get(client, "/api/v1/exceptions?range=7d&version=1.0&route=/r1&search=VIEW1")
    assert part["occurrences"] == sum(n % 2 == 1 and n % 4 == 1 and n % 3 == 1 for n in range(400))
    assert len(part["rows"]) == 1
    assert get(client, "/api/v1/exceptions?range=7d&state=resolved")["rows"] == []
    assert get(client, "/api/v1/exceptions?range=7d&search=%25_")["rows"] == []
    assert client.get("/api/v1/exceptions?state=gone").status_code == 400
    assert client.get("/api/v1/exceptions?search=%00").status_code == 400


def test_what_our_own_application_raises_is_recorded(app: App, client: FlaskClient, stored: Callable[[], None]) -> None:
    def broken(number: int) -> str:
        raise ValueError(f"nothing at {number}")

    app.add_url_rule("/broken/<int:number>", view_func=broken)
    for number in range(20):
        assert client.get(f"/broken/{number}").status_code == 500
    assert app.exceptions is not None
    app.exceptions.flush()
    stored()
    (row,) = get(client, "/api/v1/exceptions?service=api")["rows"]
    assert (row["occurrences"], row["endpoints"]) == (20, ["GET /broken/<int:number>"])
    assert row["group"]["culprit"].endswith(".broken")
    sample = get(client, f"/api/v1/exception?id={row['group']['id']}")["samples"][0]
    assert sample["chain"][0]["frames"][-1]["source"].strip() == 'raise ValueError(f"nothing at {number}")'
    assert sample["chain"][0]["message"] == "nothing at 19"


def odd(dice: random.Random, depth: int = 0) -> Any:
    """Any value a stranger may put anywhere."""
    texts = (
        "", "\u202ebidi\u2066", "<script>alert(1)</script>", "\x00\x1b[2J", "x" * 5000, "é" * 900, "\ud7ff", "$1", "{}",
        'File "a", line 1, in f\n' * 50, "    at a.b(c.java:1)\n" * 50, "%s%n", "'; DROP TABLE users; --",
    )  # fmt: skip
    kinds: list[Callable[[], Any]] = [
        lambda: dice.choice(texts), lambda: dice.choice(texts), lambda: dice.randrange(-(10**20), 10**20),
        lambda: None, lambda: dice.random(), lambda: True,
    ]  # fmt: skip
    if depth < 4:
        kinds += [
            lambda: [odd(dice, depth + 1) for _ in range(dice.randrange(5))],
            lambda: {dice.choice(texts) or "k": odd(dice, depth + 1) for _ in range(dice.randrange(4))},
        ]
    return dice.choice(kinds)()


def test_hostile_reports_are_stored_or_refused_and_never_an_error(
    app: App, client: FlaskClient, stored: Callable[[], None], db: Database
) -> None:
    dice = random.Random(11)
    names = ("type", "message", "frames", "causes", "stacktrace", "left_out", "route", "method", "users", "count")
    frame = ("function", "module", "file", "line", "in_app", "source")
    for _ in range(60):
        events = []
        for _ in range(10):
            event = exception()
            for name in dice.sample(names, dice.randrange(1, 5)):
                event[name] = odd(dice)
            if dice.random() < 0.5:
                event["frames"] = [
                    {key: odd(dice, 3) for key in dice.sample(frame, 3)} for _ in range(dice.randrange(90))
                ]
            events.append(event)
        send(client, *events)
    deep: Any = exception(causes=[{"type": f"E{n}", "frames": [{"function": "f" * 900}] * 90} for n in range(40)])
    assert send(client, deep, exception(message="m" * 3_000_000))["accepted"] == 2
    nested = "[" * 100_000 + "]" * 100_000
    whole = json.dumps(exception())[:-1] + f', "causes": {nested}}}'
    answer = client.post("/api/v1/events", data=whole, content_type="application/json")
    assert answer.status_code == 400
    stored()
    found = get(client, "/api/v1/exceptions?range=1h")
    assert found["rows"]
    for row in found["rows"]:
        assert client.get(f"/api/v1/exception?id={row['group']['id']}").status_code == 200
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM set_aside")
        assert cursor.fetchone()[0] == 0
