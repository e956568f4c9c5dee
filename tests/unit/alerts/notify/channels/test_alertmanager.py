"""Alertmanager: the alert it gets; a real one is in tests/integration/alerts/notify/channels/test_alertmanager.py."""

from alerts.notify.channels import alertmanager
from alerts.notify.channels.alertmanager import Parameters
from alerts.notify.http_transport import Wire
from tests.receiving import NOTICE, notice


def test_the_alert_holds_for_a_while_and_is_always_known_by_the_same_labels():
    firing = alertmanager.alert(NOTICE, NOTICE.at, 300.0)
    assert firing["labels"] == {
        "alertname": "A1",
        "severity": "high",
        "incident": NOTICE.incident_id,
        "service": "gatehouse",
    }
    assert (firing["startsAt"], firing["endsAt"]) == ("2023-11-14T22:13:20.000Z", "2023-11-14T22:32:20.000Z")
    ended = alertmanager.alert(notice(event="resolve", at=NOTICE.at + 5, value=1.0), NOTICE.at + 90, 300.0)
    assert ended["labels"] == firing["labels"]
    assert ended["endsAt"] == "2023-11-14T22:27:25.000Z"


def test_it_has_no_word_for_an_acknowledgement():
    own = Parameters(name="am", url="http://127.0.0.1:9")
    assert alertmanager.send(notice(event="acknowledge"), own, Wire(lambda _: "")).status == "skipped"


def test_what_is_missing():
    assert alertmanager.missing(Parameters(name="am"), Wire(lambda _: "")) == ["url"]
    own = Parameters(name="am", url="http://x", authorization="GATEHOUSE_AM")
    assert alertmanager.missing(own, Wire(lambda _: "")) == ["GATEHOUSE_AM"]
