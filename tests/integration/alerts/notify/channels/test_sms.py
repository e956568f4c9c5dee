"""SMS: short words in the cheap alphabet, and what Twilio's answers mean."""

import pytest

from alerts.notify.channel import Permanent, Transient
from alerts.notify.channels import sms
from alerts.notify.channels.sms import Parameters
from simulator.receiving.plan import Script
from tests.receiving import NOTICE, notice, wire


def parameters(receivers, **more):
    own = {
        "name": "t",
        "account": "GATEHOUSE_TWILIO_ACCOUNT",
        "token": "GATEHOUSE_TWILIO_TOKEN",
        "sender": "+15005550006",
        "to": "+15005550009",
        "url": receivers.variables["GATEHOUSE_TWILIO_URL"],
        "timeout": 0.5,
    }
    return Parameters(**{**own, **more})


def test_the_words():
    assert sms.body(NOTICE).splitlines() == [
        "HIGH: Fraud rate is high: 4.212 % (limit 3 %)",
        "Since 22:13 UTC (14 min)",
        NOTICE.link,
    ]


@pytest.mark.parametrize("title", ["a" * 3000, "– “quoted” … naïve Ж 漢", "€^{}" * 200])
def test_long_and_foreign_words_stay_short_and_cheap(title):
    words = sms.body(notice(title=title))
    assert len(words) <= 1600
    assert all(letter in sms.GSM7 or letter in sms.TWO_SEPTETS for letter in words)
    assert NOTICE.link in words
    assert sms.segments(words) <= 4


@pytest.mark.parametrize(
    ("words", "count"),
    [("a" * 160, 1), ("a" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("Ж" * 70, 1), ("Ж" * 71, 2), ("a" * 307, 3)],
)
def test_segments_follow_the_standard(words, count):
    assert sms.segments(words) == count


def test_it_is_queued(receivers):
    receipt = sms.send(NOTICE, parameters(receivers), wire(receivers))
    (got,) = receivers.inbox.taken("twilio")
    assert (receipt.id, receipt.status) == (got.body["sid"], "queued")
    assert got.body["From"] == "+15005550006"


def test_a_messaging_service_sends_too(receivers):
    sms.send(NOTICE, parameters(receivers, sender="MG" + "0" * 32), wire(receivers))
    (got,) = receivers.inbox.taken("twilio")
    assert got.body["MessagingServiceSid"] == "MG" + "0" * 32


@pytest.mark.parametrize("fault", ["429", "500", "cut", "timeout", "odd_body"])
def test_what_may_pass(receivers, fault):
    receivers.desk.plan = Script(fault)
    with pytest.raises(Transient):
        sms.send(NOTICE, parameters(receivers), wire(receivers))
    assert receivers.inbox.taken("twilio") == []


def test_a_number_that_is_none_never_helps(receivers):
    with pytest.raises(Permanent, match="21211"):
        sms.send(NOTICE, parameters(receivers, to=""), wire(receivers))
    with pytest.raises(Permanent, match="20003"):
        sms.send(NOTICE, parameters(receivers), wire(receivers, GATEHOUSE_TWILIO_TOKEN="wrong"))


def test_numbers_are_checked_when_they_are_loaded():
    import msgspec

    with pytest.raises(msgspec.ValidationError, match=r"\$\.to"):
        msgspec.convert(
            {"kind": "sms", "name": "t", "account": "GATEHOUSE_A", "token": "GATEHOUSE_B", "to": "0171"}, Parameters
        )


def test_what_is_missing(receivers):
    own = parameters(receivers, to="", sender="")
    assert sms.missing(own, wire(receivers, GATEHOUSE_TWILIO_TOKEN="")) == ["GATEHOUSE_TWILIO_TOKEN", "sender", "to"]
