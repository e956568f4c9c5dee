"""PagerDuty: the exact event, its limits, one incident a dedup key, and what each answer means."""

import pytest

from alerts.notify.channel import Permanent, Transient
from alerts.notify.channels import pagerduty
from alerts.notify.channels.pagerduty import Parameters
from core import codec
from simulator.receiving.plan import Script
from tests.receiving import NOTICE, notice, wire


def parameters(receivers, **more):
    known = receivers.variables
    return Parameters(
        name="pd", routing_key="GATEHOUSE_PAGERDUTY_ROUTING_KEY", url=known["GATEHOUSE_PAGERDUTY_URL"], **more
    )


def test_the_exact_event():
    assert pagerduty.event(NOTICE, "k" * 32) == {
        "routing_key": "k" * 32,
        "event_action": "trigger",
        "dedup_key": "A1-0123456789abcdef",
        "payload": {
            "summary": "HIGH: Fraud rate is high: 4.212 % (limit 3 %)",
            "source": "gatehouse",
            "severity": "error",
            "timestamp": "2023-11-14T22:13:20.000Z",
            "component": "A1",
            "group": "A1",
            "class": "trigger",
            "custom_details": {
                "summary": "4.21 % of the transactions of the last 10 minutes were blocked.",
                "value": 4.2123,
                "limit": 3.0,
                "unit": "%",
                "began_at": "2023-11-14T22:13:20.000Z",
                "rule": "A1",
                "correlation_id": "c0ffee",
                "profile": "normal",
            },
        },
        "client": "Gatehouse",
        "client_url": NOTICE.link,
        "links": [{"href": NOTICE.link, "text": "Incident"}, {"href": NOTICE.runbook, "text": "Runbook"}],
    }


@pytest.mark.parametrize(
    ("severity", "theirs"), [("critical", "critical"), ("high", "error"), ("medium", "warning"), ("low", "info")]
)
def test_severities(severity, theirs):
    assert pagerduty.event(notice(severity=severity), "k")["payload"]["severity"] == theirs


def test_limits_hold_for_the_longest_texts():
    event = pagerduty.event(notice(title="t" * 5000, incident_id="i" * 400, details={"much": "x" * 600_000}), "k" * 32)
    assert len(event["payload"]["summary"]) == 1024
    assert len(event["dedup_key"]) == 255
    assert len(codec.encode(event)) <= 512 * 1024


def test_one_incident_through_its_life(receivers):
    world, own = wire(receivers), parameters(receivers)
    for one in ("trigger", "trigger", "escalate", "acknowledge", "resolve"):
        assert pagerduty.send(notice(event=one), own, world).id == NOTICE.incident_id
    assert [one["status"] for one in receivers.pagerduty.incidents[NOTICE.incident_id]] == ["resolved"]
    assert [one.event for one in receivers.inbox.taken("pagerduty")] == [*["trigger"] * 3, "acknowledge", "resolve"]


def test_a_test_leaves_nothing_open(receivers):
    pagerduty.send(notice(event="test", incident_id="test-1"), parameters(receivers), wire(receivers))
    assert [one["status"] for one in receivers.pagerduty.incidents["test-1"]] == ["resolved"]


@pytest.mark.parametrize("fault", ["429", "500", "cut", "timeout", "odd_body"])
def test_what_may_pass(receivers, fault):
    receivers.desk.plan = Script(fault)
    with pytest.raises(Transient) as caught:
        pagerduty.send(NOTICE, parameters(receivers, timeout=0.5), wire(receivers))
    assert caught.value.retry_after == (2.0 if fault == "429" else None)
    assert receivers.pagerduty.incidents == {}


def test_an_event_that_is_refused_is_never_sent_again(receivers):
    known = wire(receivers, GATEHOUSE_PAGERDUTY_ROUTING_KEY="wrong" * 6)
    with pytest.raises(Permanent, match="400"):
        pagerduty.send(NOTICE, parameters(receivers), known)


def test_without_its_key_it_is_not_configured(receivers):
    known = wire(receivers, GATEHOUSE_PAGERDUTY_ROUTING_KEY="")
    assert pagerduty.missing(parameters(receivers), known) == ["GATEHOUSE_PAGERDUTY_ROUTING_KEY"]
    assert pagerduty.missing(parameters(receivers), wire(receivers)) == []
