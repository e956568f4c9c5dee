"""The shelf of runbooks names the rules that lead to each."""

from collections.abc import Callable

from console.app import PREFIX
from core.db.engine import Database
from tests.alerting import rule
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]


def test_a_rule_stands_by_the_runbook_that_it_leads_to(person: Make, db: Database) -> None:
    rule(db, "A1", "Share of fraud", "high", {"kind": "window"})
    rule(db, "Z9", "Something else", "low", {"kind": "window"})
    page = person("vic", "viewer").client.get(f"{PREFIX}alerts/runbooks?fragment=1").get_data(as_text=True)
    assert "Share of fraud" in page
    assert "Something else" in page, "by the one for anything"
    assert f"{PREFIX}alerts/runbooks/A1" in page
