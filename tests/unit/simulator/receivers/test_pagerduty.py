"""The local PagerDuty refuses what the real one refuses and groups as it does."""

import pytest

from core import codec
from simulator.receivers.pagerduty import PagerDuty, faults
from simulator.receiving.contract import Request

KEY = "r" * 32
GOOD = {
    "routing_key": KEY,
    "event_action": "trigger",
    "dedup_key": "k",
    "payload": {"summary": "s", "source": "gatehouse", "severity": "error"},
}


def send(duty, **changes):
    event = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    reply = duty.answer(Request("POST", "/v2/enqueue", {}, codec.encode(event)))
    if reply.taken:
        duty.commit(reply)
    return reply


@pytest.mark.parametrize(
    "change",
    [
        {"routing_key": "x"},
        {"event_action": "page"},
        {"dedup_key": "k" * 256},
        {"event_action": "resolve", "dedup_key": None},
        {"payload": None},
        {"payload": {**GOOD["payload"], "summary": "s" * 1025}},
        {"payload": {**GOOD["payload"], "summary": ""}},
        {"payload": {**GOOD["payload"], "severity": "high"}},
        {"links": [{"href": "javascript:x"}]},
    ],
)
def test_what_it_refuses(change):
    assert send(PagerDuty(KEY), **change).status == 400


def test_what_is_no_event():
    assert faults([], KEY) == ["Event object format is unrecognized"]
    duty = PagerDuty(KEY)
    assert duty.answer(Request("POST", "/v2/enqueue", {}, b"{")).status == 400
    assert duty.answer(Request("POST", "/v2/enqueue", {}, b"x" * 600_000)).status == 413


def test_it_groups_by_key_until_it_is_resolved():
    duty = PagerDuty(KEY)
    for action in ("trigger", "trigger", "acknowledge", "trigger"):
        assert send(duty, event_action=action).status == 202
    assert [one["status"] for one in duty.incidents["k"]] == ["acknowledged"]
    send(duty, event_action="resolve")
    send(duty, event_action="acknowledge")
    assert [one["status"] for one in duty.incidents["k"]] == ["resolved"]
    send(duty)
    assert [one["status"] for one in duty.incidents["k"]] == ["resolved", "triggered"]
