"""The signed webhook: a receiver that follows the documents takes it, and nothing else."""

import pytest

from alerts.notify.channel import Permanent, Transient
from alerts.notify.channels import webhook
from alerts.notify.channels.webhook import Parameters
from simulator.receiving.plan import Script
from tests.receiving import NOTICE, notice, wire

OWN = Parameters(name="w", url="GATEHOUSE_WEBHOOK_URL", key="GATEHOUSE_WEBHOOK_KEY", timeout=0.5)


def test_the_receiver_finds_the_signature_right(receivers):
    webhook.send(NOTICE, OWN, wire(receivers))
    (got,) = receivers.inbox.taken("webhook")
    assert got.body["incident_id"] == NOTICE.incident_id
    assert got.body["headline"] == "HIGH: Fraud rate is high: 4.212 % (limit 3 %)"


def test_a_second_try_is_known_by_its_delivery(receivers):
    for _ in range(2):
        webhook.send(NOTICE, OWN, wire(receivers))
    webhook.send(notice(event="resolve"), OWN, wire(receivers))
    assert len(receivers.inbox.taken("webhook")) == 3
    assert len(receivers.webhook.seen) == 2


def test_another_key_does_not_pass(receivers):
    with pytest.raises(Permanent, match="401"):
        webhook.send(NOTICE, OWN, wire(receivers, GATEHOUSE_WEBHOOK_KEY="another"))


def test_the_time_is_part_of_what_is_signed():
    assert webhook.signature("key", "1700000000", b"{}") != webhook.signature("key", "1700000001", b"{}")
    # printf '1700000000.{}' | openssl dgst -sha256 -hmac key
    by_openssl = "9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"
    assert webhook.signature("key", "1700000000", b"{}") == by_openssl


@pytest.mark.parametrize("fault", ["429", "500", "cut", "timeout"])
def test_what_may_pass(receivers, fault):
    receivers.desk.plan = Script(fault)
    with pytest.raises(Transient):
        webhook.send(NOTICE, OWN, wire(receivers))


def test_an_answer_that_is_not_what_was_expected_is_no_acceptance(receivers):
    own = Parameters(name="w", url="GATEHOUSE_WEBHOOK_URL", key="GATEHOUSE_WEBHOOK_KEY", expect='"ok":true')
    receivers.desk.plan = Script("odd_body")
    with pytest.raises(Transient, match="unexpected response"):
        webhook.send(NOTICE, own, wire(receivers))
    webhook.send(NOTICE, own, wire(receivers))
    assert len(receivers.inbox.taken("webhook")) == 1


def test_what_is_missing(receivers):
    known = wire(receivers, GATEHOUSE_WEBHOOK_URL="", GATEHOUSE_WEBHOOK_KEY="")
    assert webhook.missing(OWN, known) == ["GATEHOUSE_WEBHOOK_URL", "GATEHOUSE_WEBHOOK_KEY"]
