"""The page of silences: what each one mutes in words, and which roles have the form."""

import time
from collections.abc import Callable

from sqlalchemy import text

from console.app import PREFIX
from core.db.engine import Database
from tests.alerting import rule
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
KIND = {"kind": "window", "unit": "%", "parameters": {"metric": "fraud_rate", "above": 3.0}}


def test_each_silence_says_what_it_mutes(person: Make, db: Database) -> None:
    operator = person("olga", "operator")
    rule(db, "A1", "Fraud rate", "high", KIND)
    given = {"owner": "olga", "reason": "load test", "length": "30m"}
    assert operator.post("alerts/silences", rule="A1", severity="high", **given)[0] == 303
    assert operator.post("alerts/silences", rule="A*", match="pattern", **given)[0] == 303
    page = operator.client.get(f"{PREFIX}alerts/silences?fragment=1").get_data(as_text=True)
    assert 'rule A1</span> <span class=\\"badge border fw-normal text-body-secondary mono\\">severity high<' in page
    assert ">rule A* (pattern)<" in page
    viewer = person("vic", "viewer").client.get(f"{PREFIX}alerts/silences?fragment=1&do=preview").get_data(as_text=True)
    assert "New silence" not in viewer
    assert "End now" not in viewer


def test_the_page_moves_and_is_304_when_nothing_did(person: Make, db: Database) -> None:
    viewer = person("vic", "viewer").client
    first = viewer.get(f"{PREFIX}alerts/silences?fragment=1")
    assert first.get_json()["every"] == 5
    again = {"If-None-Match": first.headers["ETag"]}
    assert viewer.get(f"{PREFIX}alerts/silences?fragment=1", headers=again).status_code == 304
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO silences (rule, owner, reason, starts_at, ends_at, created_at)"
                " VALUES ('A1', 'o', 'r', now(), to_timestamp(:end), now())"
            ),
            {"end": time.time() + 600},
        )
    moved = viewer.get(f"{PREFIX}alerts/silences?fragment=1", headers=again)
    assert moved.status_code == 200
    assert "The silence of o ends in " in moved.get_data(as_text=True)
