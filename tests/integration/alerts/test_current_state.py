"""`python -m alerts check`: what is wrong now, in three forms, with exit codes that cron and Nagios know."""

import json
import re
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from alerts import __main__ as command
from alerts import current_state
from alerts.current_state import CRITICAL, OK, UNKNOWN, WARNING
from core import settings as core_settings
from core.clock import to_datetime
from core.db.engine import Database
from core.settings import Settings
from tests.alerting import fire, rule

KIND = {"kind": "window", "unit": "%", "parameters": {"metric": "fraud_rate", "above": 3.0}}


@pytest.fixture
def known(database_url: str, tmp_path: Path) -> Settings:
    return core_settings.load({"DATABASE_URL": database_url, "GATEHOUSE_DATA": str(tmp_path)})


def check(known: Settings, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = command.run(command.parser().parse_args(["check", *arguments]), known)
    return code, capsys.readouterr().out


def silence(db: Database, name: str) -> None:
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO silences (rule, owner, reason, starts_at, ends_at, created_at)"
                " VALUES (:rule, 'ann', 'known', now(), now() + interval '1 hour', now())"
            ),
            {"rule": name},
        )


def test_the_exit_code_is_that_of_the_worst_incident(
    db: Database, known: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = check(known, capsys, "--format", "nagios")
    assert (code, said.split(" - ")[0]) == (UNKNOWN, "GATEHOUSE UNKNOWN")
    assert "never evaluated" in said
    rule(db, "A1", "Fraud rate", "high", KIND)
    assert check(known, capsys, "--format", "nagios") == (
        OK, "GATEHOUSE OK - no open incidents | critical=0 high=0 medium=0 low=0\n"
    )  # fmt: skip
    fire(db, "A1", "one", time.time() - 700, severity="medium", title="Fraud | rate", series="shop")
    code, said = check(known, capsys, "--format", "nagios")
    assert code == WARNING
    assert said == "GATEHOUSE WARNING - Fraud / rate (shop) | critical=0 high=0 medium=1 low=0\n"
    fire(db, "A1", "two", time.time(), severity="high", title="Fraud\u202erate\nnow")
    fire(db, "A1", "old", time.time() - 900, severity="critical", resolved=time.time())
    silence(db, "A1")
    code, said = check(known, capsys)
    assert code == CRITICAL
    assert "no problems" in said
    assert "CRITICAL: 2 open incidents" in said
    assert re.search(r"medium, open, silenced, 11 min: Fraud \| rate \(shop\)", said)
    assert "\u202e" not in said
    code, said = check(known, capsys, "--format", "json")
    found = json.loads(said)
    assert (code, found["state"], len(found["incidents"])) == (CRITICAL, "CRITICAL", 2)
    assert all(one["silenced"] for one in found["incidents"])
    assert check(known, capsys, "--config")[0] == OK


def test_old_evaluations_and_a_database_that_is_away_are_unknown(
    db: Database, known: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    rule(db, "A1", "Fraud rate", "high", KIND)
    with db.transaction() as connection:
        before = to_datetime(time.time() - 600)
        connection.execute(text("UPDATE alert_states SET evaluated_at = :at"), {"at": before})
    code, said = check(known, capsys, "--format", "nagios")
    assert code == UNKNOWN
    assert "no rule was evaluated for 10 min: is the alert worker running?" in said
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    found = current_state.read(away, time.time())
    assert (found.level, found.why) == (UNKNOWN, "PostgreSQL does not answer")
