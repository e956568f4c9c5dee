"""Access logs as JSON lines: what Caddy, Traefik and nginx write is one request each; other messages are none."""

import json
from typing import Any

import pytest

from simulator.replay import access
from simulator.replayer import Parsed, describe
from tests.unit.simulator.replay.sample import options

CADDY: dict[str, Any] = {
    "level": "info", "ts": 1646861401.5241024, "logger": "http.log.access", "msg": "handled request",
    "request": {"remote_ip": "127.0.0.1", "client_ip": "203.0.113.9", "proto": "HTTP/2.0", "method": "GET",
                "host": "localhost", "uri": "/a?b=1"},
    "user_id": "kim", "duration": 0.000929675, "size": 10900, "status": 200,
}  # fmt: skip
TRAEFIK: dict[str, Any] = {
    "ClientAddr": "203.0.113.9:53122", "ClientHost": "203.0.113.9", "ClientUsername": "-", "Duration": 929675,
    "DownstreamContentSize": 10900, "DownstreamStatus": 200, "RequestMethod": "GET", "RequestPath": "/a?b=1",
    "StartUTC": "2022-03-09T21:30:01.524102456Z", "level": "info", "msg": "", "time": "2022-03-09T21:30:02Z",
}  # fmt: skip
NGINX: dict[str, Any] = {
    "time_local": "09/Mar/2022:21:30:01 +0000", "remote_addr": "203.0.113.9", "remote_user": "",
    "request": "GET /a?b=1 HTTP/1.1", "status": "200", "body_bytes_sent": "10900", "request_time": "0.001",
}  # fmt: skip


def read(*lines: Any) -> Parsed:
    given = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return access.read(given, options("access", "--duration", "7"))


@pytest.mark.parametrize(("line", "user"), [(CADDY, "kim"), (TRAEFIK, None), (NGINX, None)])
def test_each_server_says_the_same(line: dict[str, Any], user: str | None) -> None:
    [found] = read(line).items
    assert found.when == pytest.approx(1646861401.5, abs=0.6)
    assert found.event.pop("duration_ms") == pytest.approx(0.93, abs=0.08)
    assert found.event.pop("user", None) == user
    assert found.event == {
        "kind": "request", "ip": "203.0.113.9", "method": "GET", "path": "/a?b=1", "status": 200, "service": "web",
        "bytes": 10900,
    }  # fmt: skip


def test_nginx_may_call_its_fields_otherwise() -> None:
    more = {
        "request_method": "PUT",
        "request_uri": "/c",
        "msec": "1646861401.524",
        "time_local": "",
        "request_time": "-",
    }
    [found] = read(NGINX | more).items
    assert (found.event["method"], found.event["path"], found.event["duration_ms"]) == ("PUT", "/c", 7)
    assert found.when == 1646861401.524


def test_other_messages_are_skipped_and_what_is_no_request_is_named() -> None:
    parsed = read(
        {"level": "info", "ts": 1.0, "logger": "tls", "msg": "renewed"},
        {"level": "error", "ts": 1.0, "logger": "http.log.error", "request": {"uri": "/"}},
        '{"a": ',
        {"remote_addr": None, "status": 200},
        NGINX | {"status": 0},
        NGINX | {"time_local": {}},
        NGINX | {"status": "9" * 5000, "body_bytes_sent": "9" * 5000},
        '{"a":' * 100_000,
    )
    assert (len(parsed.items), parsed.skipped) == (0, 2)
    assert [reason.partition(":")[0] for _, reason in parsed.malformed] == [
        "not JSON", "not an IP address", "not a status", "not a time", "not a status", "not JSON",
    ]  # fmt: skip


def test_seconds_may_have_fractions_and_host_names_are_counted_as_such() -> None:
    line = '203.0.113.9 - - [17/May/2015:10:05:03{} +0000] "GET /a HTTP/1.1" 200 203'
    parsed = read(line.format(""), line.format(".250"), line.format(",250000"))
    assert [found.when - parsed.items[0].when for found in parsed.items] == [0, 0.25, 0.25]
    named = read(*[line.format("").replace("203.0.113.9", "shop.example.com")] * 12)
    first, *_, last = list(describe(named))[1:]
    assert first == "line 1: a host name instead of an address: 'shop.example.com'"
    assert last == "… and 2 more malformed lines: 2 a host name instead of an address"
