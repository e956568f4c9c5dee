"""The Alerts page: which tab moves, what each role may press, and that a wrong day is said by its field."""

import time
from collections.abc import Callable

import pytest

from console.app import PREFIX
from core.db.engine import Database
from tests.alerting import fire, rule
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
KIND = {"kind": "window", "unit": "%", "parameters": {"metric": "fraud_rate", "above": 3.0}}


@pytest.mark.parametrize(("tab", "every"), [("firing", 5), ("rules", 5), ("channels", 5), ("history", 0)])
def test_what_is_on_moves_and_the_history_stands(person: Make, tab: str, every: int) -> None:
    found = person("vic", "viewer").client.get(f"{PREFIX}alerts?tab={tab}&fragment=1").get_json()
    assert found["every"] == every


def test_who_may_acknowledge_has_the_button(person: Make, db: Database) -> None:
    rule(db, "A1", "Fraud rate", "high", KIND)
    fire(db, "A1", "A1/1", time.time() - 700, severity="high", title="Fraud rate")
    address = f"{PREFIX}alerts/incidents/A1%2F1/acknowledge"
    assert address in person("olga", "operator").client.get(f"{PREFIX}alerts").get_data(as_text=True)
    assert address not in person("vic", "viewer").client.get(f"{PREFIX}alerts").get_data(as_text=True)


def test_the_switch_takes_a_reason_by_its_field(person: Make) -> None:
    olga = person("olga", "operator")
    status, page = olga.post("alerts/actions/switch", to="off", reason="")
    assert status == 400
    assert '"fields":{"reason":' in page
    assert olga.post("alerts/channels/none/test")[0] == 404
    assert olga.post("alerts/channels/none/resume")[0] == 409
