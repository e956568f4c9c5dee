"""Slack: the message, its limits and escapes, `ok` and nothing but `ok`."""

import pytest

from alerts.notify.channel import Permanent, Transient
from alerts.notify.channels import slack
from alerts.notify.channels.slack import Parameters
from simulator.receivers.slack import well_formed
from simulator.receiving.plan import Script
from tests.receiving import NOTICE, notice, wire

OWN = Parameters(name="s", webhook_url="GATEHOUSE_SLACK_WEBHOOK_URL", timeout=0.5)


def test_the_message():
    message = slack.message(NOTICE)
    assert message["text"] == "HIGH: Fraud rate is high: 4.212 % (limit 3 %)"
    kinds = [block["type"] for block in message["blocks"]]
    assert kinds == ["header", "section", "section", "section"]
    fields = [one["text"] for one in message["blocks"][2]["fields"]]
    assert fields == ["*Severity*\nhigh", "*Value*\n4.212 % (limit 3 %)", "*Began*\n22:13 UTC (14 min)", "*Rule*\nA1"]
    assert f"<{NOTICE.link}|Open the incident>" in message["blocks"][3]["text"]["text"]


def test_names_cannot_call_everybody_or_break_the_blocks():
    message = slack.message(notice(title="<!channel> & <@U1>", summary="<!here>" + "y" * 9000, series="s" * 9000))
    assert "<!channel>" not in message["text"]
    assert "<!here>" not in str(message["blocks"][1:])
    assert well_formed(message["blocks"])


def test_ok_is_acceptance(receivers):
    assert slack.send(NOTICE, OWN, wire(receivers)).status == "accepted"
    assert len(receivers.inbox.taken("slack")) == 1


@pytest.mark.parametrize("fault", ["429", "500", "cut", "timeout", "odd_body"])
def test_what_may_pass(receivers, fault):
    receivers.desk.plan = Script(fault)
    with pytest.raises(Transient) as caught:
        slack.send(NOTICE, OWN, wire(receivers))
    assert caught.value.retry_after == (2.0 if fault == "429" else None)


def test_a_webhook_that_is_gone_is_never_tried_again_and_its_path_stays_secret(receivers):
    url = receivers.variables["GATEHOUSE_SLACK_WEBHOOK_URL"] + "gone"
    known = wire(receivers, GATEHOUSE_SLACK_WEBHOOK_URL=url)
    with pytest.raises(Permanent, match="404: no_service") as caught:
        slack.send(NOTICE, OWN, known)
    assert "/services/" not in str(caught.value)
    assert known.clean(f"could not reach {url}") == "could not reach [secret]"


def test_nobody_there_names_the_host_and_not_the_path(receivers):
    known = wire(receivers, GATEHOUSE_SLACK_WEBHOOK_URL="http://127.0.0.1:9/services/T/B/hushhush")
    with pytest.raises(Transient) as caught:
        slack.send(NOTICE, OWN, known)
    assert "127.0.0.1" in str(caught.value)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_without_its_url_it_is_not_configured(receivers):
    assert slack.missing(OWN, wire(receivers, GATEHOUSE_SLACK_WEBHOOK_URL="")) == ["GATEHOUSE_SLACK_WEBHOOK_URL"]
