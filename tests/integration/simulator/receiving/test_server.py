"""The receivers behind one port: the page shows what arrived, faults are what they say, secrets are not shown."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import HttpUnavailable
from core.http import HttpClient
from simulator.receiving.access import COOKIE
from simulator.receiving.plan import Script
from simulator.receiving.run import Receivers
from tests.receiving import receiving


@pytest.fixture
def receivers(tmp_path: Path) -> Iterator[Receivers]:
    with receiving(tmp_path / "r", hang=0.5) as found:
        yield found


def client(receivers: Receivers, timeout: float = 0.3) -> HttpClient:
    return HttpClient(f"http://127.0.0.1:{receivers.server.server_port}", timeout)


def slack(receivers: Receivers) -> str:
    return receivers.variables["GATEHOUSE_SLACK_WEBHOOK_URL"].partition("://")[2].partition("/")[2]


def holder(receivers: Receivers) -> dict[str, str]:
    """The cookie of who opened the address that was printed."""
    return {"Cookie": f"{COOKIE}={receivers.desk.gate.token}"}


def post(receivers: Receivers, text: str = "hello"):
    return client(receivers).post_json("/" + slack(receivers), {"text": text})


def test_the_page_shows_what_arrived_and_no_secret(receivers: Receivers) -> None:
    post(receivers, "<script>alert(1)</script>")
    page = client(receivers).get("/", headers=holder(receivers)).body.decode()
    assert "&lt;script&gt;alert(1)" in page
    arrivals = client(receivers).get("/arrivals", headers=holder(receivers)).body.decode()
    for name in ("PAGERDUTY_ROUTING_KEY", "TWILIO_TOKEN", "WEBHOOK_KEY"):
        assert receivers.variables[f"GATEHOUSE_{name}"] not in page + arrivals
    assert slack(receivers) not in page + arrivals


@pytest.mark.parametrize(("fault", "taken"), [("cut", 0), ("cut_late", 1), ("timeout", 0), ("late", 1)])
def test_faults_without_an_answer(receivers: Receivers, fault, taken: int) -> None:
    receivers.desk.plan = Script(fault)
    with pytest.raises(HttpUnavailable):
        post(receivers)
    assert len(receivers.inbox.taken("slack")) == taken


@pytest.mark.parametrize(("fault", "status"), [("429", 429), ("500", 500), ("odd_body", 200)])
def test_faults_with_one(receivers: Receivers, fault, status: int) -> None:
    receivers.desk.plan = Script(fault)
    answer = post(receivers)
    assert (answer.status, receivers.inbox.taken("slack")) == (status, [])
    assert answer.body != b"ok"
    assert (answer.headers.get("retry-after") == "2") is (fault == "429")


def test_unknown_places(receivers: Receivers) -> None:
    world = client(receivers)
    assert world.get("/nothing").status == 404
    assert world.post_json("/services/T/B/wrong", {"text": "x"}).status == 404
    person = holder(receivers)
    assert world.post_json("/act", {"key": "none"}, headers=person).status == 400
    assert json.loads(world.post_json("/act", {"key": "none", "action": "resolved"}, headers=person).body)["problem"]


def test_the_page_its_data_and_its_buttons_want_the_token(receivers: Receivers) -> None:
    world = client(receivers)
    for headers in ({}, {"Cookie": f"{COOKIE}=wrong"}, {"Cookie": f"{COOKIE}=\x80; ="}):
        assert world.get("/", headers=headers).status == 403
        assert world.get("/arrivals", headers=headers).status == 403
        assert world.post_json("/act", {"key": "k", "action": "resolved"}, headers=headers).status == 403
    assert world.get("/?token=wrong").status == 403
    assert world.get("/healthz").status == 200


def test_the_printed_address_leaves_a_cookie_that_opens_the_page(receivers: Receivers) -> None:
    answer = client(receivers).get(receivers.page.partition("://")[2].partition("/")[2].join(["/", ""]))
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert "SameSite=Strict" in answer.headers["set-cookie"]
    assert client(receivers).get("/", headers={"Cookie": cookie}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Host": "127.0.0.1.example:80"},
        {"Origin": "http://shop.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_no_foreign_page_reaches_them_even_with_the_cookie(receivers: Receivers, headers: dict[str, str]) -> None:
    world, person = client(receivers), holder(receivers)
    assert world.get("/arrivals", headers={**person, **headers}).status in (403, 421)
    answer = world.post_json("/act", {"key": "k", "action": "resolved"}, headers={**person, **headers})
    assert answer.status in (403, 421)
    assert world.post_json("/" + slack(receivers), {"text": "forged"}, headers=headers).status in (403, 421)
    assert receivers.inbox.arrivals("slack") == []


def test_only_links_to_this_machine_can_be_clicked(receivers: Receivers) -> None:
    post(receivers, "see http://127.0.0.1:8050/admin/monitoring and https://evil.example/x or http://127.0.0.1.evil/")
    page = client(receivers).get("/", headers=holder(receivers)).body.decode()
    assert '<a href="http://127.0.0.1:8050/admin/monitoring"' in page
    assert page.count("<a ") == 1


def test_the_heartbeat_monitor_knows_when_it_was_called(receivers: Receivers) -> None:
    assert receivers.heartbeat.silent_for() is None
    path = receivers.variables["GATEHOUSE_HEARTBEAT_URL"].partition("/heartbeat/")[2]
    assert client(receivers).get(f"/heartbeat/{path}").body == b"OK"
    silent = receivers.heartbeat.silent_for()
    assert silent is not None
    assert 0 <= silent < 60
    assert client(receivers).get("/heartbeat/wrong").status == 404
