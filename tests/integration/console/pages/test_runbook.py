"""The page of one runbook: its text, what fires now of its rules, and no page of what there is not."""

import time
from collections.abc import Callable

from console.app import PREFIX
from core.db.engine import Database
from tests.alerting import fire, rule
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]


def test_a_runbook_has_its_text_and_what_fires_now(person: Make, db: Database) -> None:
    rule(db, "A1", "Fraud rate", "high", {"kind": "window"})
    fire(db, "A1", "A1-7", time.time() - 700, severity="high", title="Fraud rate")
    viewer = person("vic", "viewer").client
    answer = viewer.get(f"{PREFIX}alerts/runbooks/A1?fragment=1")
    page = answer.get_data(as_text=True)
    assert answer.get_json()["title"] == "Runbook A1"
    assert "The fraud rate is high" in page
    assert f"{PREFIX}alerts/incidents/A1-7" in page
    assert "alerts/incidents" not in viewer.get(f"{PREFIX}alerts/runbooks/A2?fragment=1").get_data(as_text=True)


def test_what_there_is_not_has_no_page(person: Make) -> None:
    viewer = person("vic", "viewer").client
    for name in ("none", "..%2Fsecurity", "x" * 80):
        assert viewer.get(f"{PREFIX}alerts/runbooks/{name}").status_code == 404
