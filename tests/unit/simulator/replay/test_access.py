"""Access logs in combined format: each line a request, malformed ones named, figures as an independent count gives."""

import re
from collections import Counter
from datetime import datetime

import pytest

from simulator.replay import access
from tests.unit.simulator.replay.sample import check_taken, options, sample

LINES = [
    '203.0.113.9 - - [17/May/2015:10:05:03 +0000] "GET /a%20b?x=\\"1\\" HTTP/1.1" 200 203 "http://r/" "Agent \\"A\\""',
    '2001:db8::1 - kim [17/May/2015:12:05:03 +0200] "POST /login HTTP/1.1" 401 - "-" "-"',
    '203.0.113.9 - - [17/May/2015:10:05:04 +0000] "-" 408 0',
    "",
    "not a log line",
    '999.1.1.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1',
    '203.0.113.9 - - [99/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1',
    '203.0.113.9 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 999 1',
]


def test_fields_of_a_line() -> None:
    first, second, third = access.read(LINES, options("access", "--service", "shop")).items
    assert first.event == {
        "kind": "request",
        "ip": "203.0.113.9",
        "method": "GET",
        "path": '/a%20b?x=\\"1\\"',
        "status": 200,
        "duration_ms": 0.0,
        "service": "shop",
        "bytes": 203,
    }
    assert first.when == second.when == datetime.fromisoformat("2015-05-17T10:05:03+00:00").timestamp()
    assert (second.event["ip"], second.event["user"], second.event["bytes"]) == ("2001:db8::1", "kim", 0)
    assert (third.event["method"], third.event["path"]) == ("OTHER", "-")


def test_malformed_lines_are_named() -> None:
    parsed = access.read(LINES, options("access"))
    assert [line for line, _ in parsed.malformed] == [5, 6, 7, 8]
    assert [reason.split(":")[0] for _, reason in parsed.malformed] == [
        "not the combined log format",
        "not an IP address",
        "not a time",
        "not a status",
    ]
    assert parsed.skipped == 1
    check_taken(parsed)


LINE = '203.0.113.9 - kim [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 203 "-" "Agent"'


@pytest.mark.parametrize(
    "line",
    [
        f"shop.example.com:443 {LINE}",
        f"shop.example.com {LINE}",
        LINE.replace(" - kim", ", 10.0.0.7, 10.0.0.8 - kim"),
        "shop.example.com " + LINE.replace(" - kim", ", 10.0.0.7 - kim"),
        "shop.example.com:443 " + LINE.replace(" - kim", ":50123, 10.0.0.7, 10.0.0.8 - kim"),
        LINE.replace(" - kim", ":50123 - kim"),
        LINE.replace("17/May/2015:10:05:03 +0000", "2015-05-17T12:05:03+02:00"),
        LINE + " 0.004 rt=1",
    ],
)
def test_the_client_is_found_behind_hosts_proxies_and_ports(line: str) -> None:
    parsed = access.read([line, LINE], options("access"))
    assert not parsed.malformed
    assert parsed.items[0].event == parsed.items[1].event
    assert parsed.items[0].when == parsed.items[1].when


def test_a_time_of_another_age_is_malformed_and_moves_nothing() -> None:
    parsed = access.read([LINE, LINE.replace("2015", "9999"), LINE.replace("2015", "0001")], options("access"))
    assert [reason[:34] for _, reason in parsed.malformed] == ["not a time between 1970 and 2100: "] * 2
    assert len(parsed.items) == 1


def test_a_real_log_as_counted_independently() -> None:
    text = sample("elastic_logs/apache_logs").read_text("utf-8", "replace").splitlines()
    parsed = access.read(text, options("access"))
    assert len(parsed.items) + len(parsed.malformed) + parsed.skipped == len(text)
    assert len(parsed.malformed) <= 1
    assert Counter(item.event["ip"] for item in parsed.items) == Counter(line.split(" ", 1)[0] for line in text)
    minutes = Counter(line.split("[", 1)[1][:17] for line in text)
    found = Counter(
        datetime.fromtimestamp(item.when, tz=datetime.fromisoformat("2015-01-01T00:00:00+00:00").tzinfo).strftime(
            "%d/%b/%Y:%H:%M"
        )
        for item in parsed.items
    )
    assert found == minutes
    statuses = Counter(re.search(r'" (\d{3}) (\d+|-)', line)[1] for line in text)  # type: ignore[index]
    assert Counter(str(item.event["status"]) for item in parsed.items) == statuses
    check_taken(parsed)
