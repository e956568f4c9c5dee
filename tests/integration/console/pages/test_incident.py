"""The page of an incident: its title, what moves, and what a role or the state of the incident takes away."""

import time
from collections.abc import Callable

from console.app import PREFIX
from core.db.engine import Database
from tests.alerting import fire, rule
from tests.components import Shown
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
KIND = {"kind": "window", "unit": "%", "escalate": ["sms"], "parameters": {"metric": "fraud_rate", "above": 3.0}}
ADDRESS = f"{PREFIX}alerts/incidents/A1-1?fragment=1"


def test_the_forms_are_those_of_the_role_and_of_the_state(person: Make, db: Database) -> None:
    rule(db, "A1", "Fraud rate", "high", KIND)
    fire(db, "A1", "A1-1", time.time() - 700, severity="high", title="Fraud rate", series="shop")
    seen = {}
    for role in ("viewer", "analyst", "operator"):
        answer = person(f"a-{role}", role).client.get(ADDRESS)
        found = answer.get_json()
        assert (found["title"], found["under"], found["every"]) == ("Fraud rate · shop", "alerts", 5)
        seen[role] = [name for name in ("comment", "assign", "escalate", "resolve") if f"A1-1/{name}" in answer.text]
    assert seen == {"viewer": [], "analyst": ["comment"], "operator": ["comment", "assign", "escalate", "resolve"]}
    olga = person("olga", "operator")
    assert olga.post("alerts/incidents/A1-1/resolve")[0] == 303
    page = olga.client.get(ADDRESS).get_data(as_text=True)
    assert "A1-1/comment" in page
    assert "A1-1/assign" not in page


def test_every_change_of_an_incident_that_is_none_is_404(person: Make) -> None:
    olga = person("olga", "operator")
    assert olga.post("alerts/incidents/none/acknowledge-all")[0] == 404
    assert olga.post("alerts/incidents/none/comment", text="x")[0] == 404
    assert olga.client.get(f"{PREFIX}alerts/incidents/none/artefacts/1/x").status_code == 404


def test_the_brief_says_what_is_known_with_its_proof(person: Make, db: Database) -> None:
    now = time.time()
    rule(db, "A1", "Fraud rate", "high", KIND)
    fire(db, "A1", "A1-0", now - 90_000, title="Fraud rate", resolved=now - 87_600)
    fire(db, "A1", "A1-1", now - 700, severity="high", title="Fraud rate", value=4.0, limit=3.0)
    page = person("vic", "viewer").client.get(ADDRESS).get_json()["content"]
    shown = Shown(page)
    assert "Fraud rate reached 4 %, with the limit at 3 %." in shown.text
    assert "and has lasted 11 min." in shown.text
    assert "and lasted 40 min." in shown.text
    assert f"{PREFIX}alerts/incidents/A1-0" in shown.values("href")
    assert "Cost" not in shown.text
