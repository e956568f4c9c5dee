"""Blocked addresses are refused until their block ends; one over its limit is blocked; allowed networks never are."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from flask import Response, request

from core import settings
from core.db import keys
from core.errors import RedisUnavailable
from core.stores import Stores, assemble
from core.web import problems
from core.web.admission import Admission
from core.web.app import App
from core.web.metrics import Metrics
from core.web.recorder import RequestRecorder

Make = Callable[..., tuple[App, Admission, Stores]]
FAR, OTHER = "203.0.113.5", "203.0.113.6"


@pytest.fixture
def make(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Make]:
    """Makes workers: an application, its admission and its stores."""
    made: list[Stores] = []
    known = settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)})

    def worker(**limits: object) -> tuple[App, Admission, Stores]:
        made.append(assemble(known))
        app = App("probe", RequestRecorder(Metrics()), static_folder=None)
        problems.install(app)
        admission = Admission("probe", msgspec.structs.replace(known.config.limits, **limits), made[-1], ["healthz"])
        admission.install(app)
        app.add_url_rule("/", "view", lambda: "ok")
        app.add_url_rule("/healthz", "healthz", lambda: "ok")
        return app, admission, made[-1]

    yield worker
    for stores in made:
        stores.close()


def status(app: App, address: str, path: str = "/", **headers: str) -> int:
    answer = app.test_client().get(path, environ_base={"REMOTE_ADDR": address}, headers=headers)
    return answer.status_code


def test_a_blocked_address_gets_429_and_when_to_come_back(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    app, admission, stores = make()
    ends = {FAR: time.time() + 60, OTHER: time.time() - 1, "127.0.0.1": time.time() + 60}
    stores.live.redis.zadd(keys.BLOCKED_IPS, ends)
    admission.refresh([])
    answer = app.test_client().get("/", environ_base={"REMOTE_ADDR": FAR})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert status(app, FAR, "/healthz") == 200
    assert status(app, OTHER) == 200
    assert status(app, "127.0.0.1") == 200

    def away(_: float) -> dict[str, float]:
        raise RedisUnavailable

    monkeypatch.setattr(stores.live, "blocked_ips", away)
    admission._refreshed = 0.0
    admission.refresh([])
    assert status(app, FAR) == 429, "the last list stays in force while Redis is away"


def test_the_hundred_and_first_request_blocks_on_every_worker(make: Make) -> None:
    first, second = make(), make()
    answers = [status((first, second)[n % 2][0], FAR) for n in range(101)]
    assert answers == [200] * 100 + [429]
    assert status(first[0], OTHER) == 200
    first[1].refresh([])
    second[1].refresh([])
    assert [status(worker[0], FAR) for worker in (first, second)] == [429, 429]
    rows = count(first[2], "SELECT count(*) FROM ip_blocks")
    assert rows == 1
    assert first[2].live.redis.xlen(keys.STREAM) == 1, "one security event"
    answer = second[0].test_client().get("/", environ_base={"REMOTE_ADDR": FAR})
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600


def test_the_limit_is_exact_under_parallel_requests(make: Make) -> None:
    workers = [make(ip_per_minute=40)[0] for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: status(workers[n % 3], FAR), range(120)))
    assert answers.count(200) == 40


def test_the_limit_holds_to_a_few_requests_while_quiet_addresses_are_counted_later(make: Make) -> None:
    workers = [make() for _ in range(3)]
    for _, admission, _ in workers:
        admission.refresh([])
    answers = []
    for number in range(150):
        answers.append(status(workers[number % 3][0], FAR))
        if number % 20 == 0:
            workers[number % 3][1].refresh([])
    assert 100 <= answers.count(200) <= 100 + 2 * 5
    assert answers[-1] == 429


def test_what_was_let_in_uncounted_is_counted_by_the_next_flush(make: Make) -> None:
    (app, admission, _), (other, _, _) = make(), make()
    admission.refresh([])
    for _ in range(5):
        assert status(app, FAR) == 200
    admission.refresh([])
    assert [status(other, FAR) for _ in range(96)] == [200] * 95 + [429]


FOREIGN = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
FOLLOWED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def test_parts_of_foreign_pages_are_refused_and_count_against_nobody(make: Make) -> None:
    app, _, _ = make(ip_per_minute=5)
    assert {status(app, FAR, **FOREIGN) for _ in range(105)} == {403}
    framed = {**FOLLOWED, "Sec-Fetch-Dest": "iframe"}
    assert {status(app, FAR, **framed) for _ in range(105)} == {403}
    assert {status(app, FAR, **{**FOREIGN, "Sec-Fetch-Site": "same-site"}) for _ in range(105)} == {403}
    assert [status(app, FAR, **FOLLOWED) for _ in range(6)] == [200] * 5 + [429]
    assert status(app, FAR, **FOREIGN) == 403


def test_pages_of_listed_origins_may_and_are_counted(make: Make) -> None:
    app, _, _ = make(ip_per_minute=5, cors_origins=["https://shop.example"])
    called = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "https://shop.example"}
    assert [status(app, FAR, **called) for _ in range(6)] == [200] * 5 + [429]
    assert status(app, OTHER, **{**called, "Origin": "https://evil.example"}) == 403


def test_files_and_revalidations_do_not_count_but_misses_do(make: Make) -> None:
    app, admission, _ = make(ip_per_minute=5)
    admission.files = ("/files/",)

    def changed() -> Response:
        answer = Response("state")
        answer.set_etag("1")
        return answer.make_conditional(request)

    app.add_url_rule("/files/<name>", "file", lambda name: ("file", 200 if name == "a" else 404))
    app.add_url_rule("/state", "state", changed)
    assert {status(app, FAR, "/files/a") for _ in range(20)} == {200}
    assert {status(app, FAR, "/state", **{"If-None-Match": '"1"'}) for _ in range(20)} == {304}
    assert [status(app, FAR, "/files/b") for _ in range(7)] == [404] * 6 + [429]
    assert [status(app, OTHER, "/state", **{"If-None-Match": '"0"'}) for _ in range(7)] == [200] * 6 + [429]
    post = app.test_client().post("/", environ_base={"REMOTE_ADDR": OTHER}, headers={"If-None-Match": '"1"'})
    assert post.status_code == 429


def test_whom_the_application_spares_no_address_closes_out(make: Make) -> None:
    app, admission, stores = make(ip_per_minute=5)
    admission.spares = lambda environ: environ.get("HTTP_X_PASS") == "live"
    assert {status(app, FAR, **{"X-Pass": "live"}) for _ in range(20)} == {200}
    assert [status(app, FAR) for _ in range(6)] == [200] * 5 + [429], "and nothing was used up"
    assert status(app, FAR, **{"X-Pass": "live"}) == 200
    stores.live.redis.zadd(keys.BLOCKED_IPS, {OTHER: time.time() + 60})
    admission.refresh([])
    assert (status(app, OTHER), status(app, OTHER, **{"X-Pass": "live"})) == (429, 200)


def test_allowed_networks_and_health_checks_are_not_counted(make: Make) -> None:
    app, _, _ = make(ip_per_minute=5)
    assert {status(app, "127.0.0.1") for _ in range(20)} == {200}
    assert {status(app, FAR, "/healthz") for _ in range(20)} == {200}
    assert [status(app, FAR) for _ in range(6)] == [200] * 5 + [429]


def test_the_whole_has_a_limit_exact_to_a_lease_a_worker(make: Make) -> None:
    workers = [make(global_per_minute=50)[0] for _ in range(2)]
    answers = [status(workers[n % 2], f"198.51.100.{n}") for n in range(80)]
    assert 50 - 2 * 10 <= answers.count(200) <= 50


def test_only_trusted_proxies_say_who_asks(make: Make) -> None:
    open_app = make(ip_per_minute=3)[0]
    assert [status(open_app, FAR, **{"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(4)][-1] == 429
    behind = make(ip_per_minute=3, trusted_proxies=["192.0.2.0/24"])[0]
    assert {status(behind, "192.0.2.1", **{"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(6)} == {200}


def test_without_redis_a_stricter_limit_holds(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    app, admission, stores = make()
    admission.refresh([])
    monkeypatch.setattr(stores.live, "_away_until", {"": time.monotonic() + 600})
    monkeypatch.setattr(stores.live, "blocked_ips", lambda _: {})
    admission.refresh([])
    answers = [status(app, FAR) for _ in range(40)]
    assert answers == [200] * 25 + [429] * 15


def count(stores: Stores, query: str) -> int:
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def test_an_ipv6_client_is_its_64_whatever_address_of_it_asks(make: Make) -> None:
    first, second = make(ip_per_minute=20), make(ip_per_minute=20)
    found = [status((first, second)[number % 2][0], f"2001:db8:1:2::{number:x}") for number in range(1, 22)]
    assert found == [200] * 20 + [429]
    for _, admission, _ in (first, second):
        admission.refresh([])
    assert [status(worker[0], "2001:db8:1:2:ffff::9") for worker in (first, second)] == [429, 429]
    assert status(first[0], "2001:db8:1:3::1") == 200
    assert status(first[0], "::ffff:203.0.113.77") == 200
