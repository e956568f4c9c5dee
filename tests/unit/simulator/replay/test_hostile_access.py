"""Nothing that a client chooses changes who asked, when, for what and how it was answered: names, agents, headers."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from simulator.replay import access
from simulator.replayer import Item
from tests.unit.simulator.replay.sample import options

REAL, INNOCENT = "203.0.113.66", "198.51.100.9"
PIECES = [
    INNOCENT, " - ", f"{INNOCENT} - - ", " [18/May/2015:10:05:03 +0000] ", '"GET /fake HTTP/1.1"', " 500 1", '"', "\\",
    f', {INNOCENT}', "[", "]", "- -", f'" 200 1 "-" "x" {INNOCENT} - - [18/May/2015:10:05:03 +0000] "GET /', ": ", "é",
]  # fmt: skip
chosen = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=5).map(
    lambda parts: "".join(char for char in "".join(parts) if char.isprintable())[:200]
)
names = chosen.filter(lambda text: text.strip() == text and text not in ("", "-"))


def escaped(text: str) -> str:
    """As Apache and nginx write it."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def one(line: str, *arguments: str) -> Item:
    parsed = access.read([line], options("access", *arguments))
    assert not parsed.malformed
    [item] = parsed.items
    return item


@example("[", "", "", "")
@example("198.51.100.9 - [", "", "", "shop.example.com ")
@example(f"{INNOCENT} - - [", "", "", "")  # a bracket before the time's own
@given(names, chosen, chosen, st.sampled_from(["", "shop.example.com:443 ", "shop.example.com "]))
def test_a_line_says_who_asked_whatever_the_client_calls_itself(name: str, agent: str, referer: str, host: str) -> None:
    line = f'{host}{REAL} - {escaped(name)} [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 404 5 '
    item = one(f'{line}"{escaped(referer)}" "{escaped(agent)}"')
    assert (item.event["ip"], item.event["path"], item.event["status"]) == (REAL, "/a", 404)
    assert item.event["user"] == escaped(name)[:200]
    assert item.when == 1431857103.0


@given(chosen, chosen)
def test_lines_of_json_too(name: str, agent: str) -> None:
    fields = {"remote_addr": REAL, "remote_user": name, "time_iso8601": "2015-05-17T10:05:03Z", "status": "404"}
    item = one(json.dumps(fields | {"request": "GET /a HTTP/1.1", "http_user_agent": agent}))
    assert (item.event["ip"], item.event["status"]) == (REAL, 404)


REST = ' - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 5'


def test_the_address_that_the_last_proxy_saw_counts() -> None:
    assert one(f"{INNOCENT}, {REAL}, 10.0.0.7{REST}").event["ip"] == REAL
    assert one(f"{INNOCENT},{REAL}{REST}").event["ip"] == REAL
    assert one(f"{REAL}, 192.0.2.7{REST}", "--proxy", "192.0.2.0/24").event["ip"] == REAL
    assert one(f"10.0.0.8, 10.0.0.7{REST}").event["ip"] == "10.0.0.8"
