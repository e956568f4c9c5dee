"""The page Regulators: every figure equals a query over raw rows, whole as a file, for analysts."""

import csv
import io
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from console.app import PREFIX
from console.pages.regulators.lines import AGES, TITLES
from core.db.engine import Database
from core.events.types import Event, Label, Prediction
from tests import analytics_world as world
from tests.alerting import fire
from tests.components import Shown, document
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
HOUR = 3600.0
WORDS = ("right", "right", "wrong", None, None, "right")


@pytest.fixture
def filled(db: Database) -> Database:
    """A database with everything that the page counts."""
    fill(db, time.time())
    return db


def fill(db: Database, now: float) -> None:
    """Two days of predictions with labels of several sources, and incidents of which people were told."""
    given = world.events(800, now - 40 * HOUR, now - 60)
    held = [one for one in given if isinstance(one, Prediction) and one.decision != "APPROVED"]
    frauds = [one.transaction_id for one in held[:40]]
    banks: list[Event] = [
        Label(id=f"bank-{one}", transaction_id=one, timestamp=now, source="chargeback", label="fraud") for one in frauds
    ]
    unsure: list[Event] = [
        Label(id="unsure", transaction_id=frauds[0], timestamp=now, source="analyst", label="unsure")
    ]
    world.store(db, [*given, *world.labels(given, 0.4, now - 30), *banks, *unsure], now)
    world.settle(db, now)
    for number, word in enumerate(WORDS):
        at = now - (2 + 3 * number) * HOUR
        resolved = None if number == 4 else at + 600 * (number + 1)
        fire(db, "A1", f"i{number}", at, resolved=resolved)
        values = {"id": f"i{number}", "word": word, "minutes": 2 + number}
        with db.transaction() as connection:
            connection.execute(text("UPDATE incidents SET notified_at = opened_at WHERE id = :id"), values)
            if word:
                said = "INSERT INTO incident_judgements VALUES (:id, :word, 'ann', now(), 'console')"
                connection.execute(text(said), values)
            if number % 2:
                acknowledged = "UPDATE incidents SET acknowledged_at = opened_at + :minutes * interval '1 minute'"
                connection.execute(text(f"{acknowledged} WHERE id = :id"), values)  # nosec B608: no outside text


def page(person: Person, query: str = "") -> Shown:
    answer = person.client.get(f"{PREFIX}analytics/regulators{query}")
    assert answer.status_code == 200
    return Shown(document(answer)["content"])


def whole(person: Person, query: str = "") -> dict[tuple[str, str], dict[str, str]]:
    answer = person.client.get(f"{PREFIX}analytics/regulators.csv{query}")
    assert answer.status_code == 200
    return {(row["section"], row["figure"]): row for row in csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))}


def one(db: Database, statement: str) -> Any:
    return world.ask(db, statement)[0][0]


def test_it_is_for_analysts_and_says_what_each_figure_is(person: Make, filled: Database) -> None:
    assert person("vic", "viewer").client.get(f"{PREFIX}analytics/regulators").status_code == 403
    shown = page(person("ann", "analyst"), "?period=7d")
    for title in TITLES.values():
        assert title in shown.text
    assert "held for review or blocked. Each is a case." in shown.text
    assert f"{PREFIX}analytics/regulators.csv?period=7d" in shown.values("href")


def test_without_anything_there_are_noughts_and_dashes(person: Make) -> None:
    ann = person("ann", "analyst")
    assert "Scored" in page(ann).text
    assert whole(ann)[TITLES["effectiveness"], "Precision of cases"]["share"] == ""


def test_the_file_equals_queries_over_raw_rows(person: Make, filled: Database) -> None:
    found, db = whole(person("ann", "analyst"), "?period=7d"), filled
    cases, alerts = TITLES["cases"], TITLES["alerts"]
    flagged = (
        "FROM fraud_predictions p LEFT JOIN effective_labels e USING (transaction_id) WHERE p.decision <> 'APPROVED'"
    )
    bank = (
        "(SELECT FROM labels l WHERE l.transaction_id = p.transaction_id AND source = 'chargeback' AND label = 'fraud')"
    )
    analyst = "(SELECT FROM labels l WHERE l.transaction_id = p.transaction_id AND source = 'analyst')"
    expected = {
        (cases, "Scored"): "SELECT count(*) FROM fraud_predictions",
        (cases, "Flagged"): f"SELECT count(*) {flagged}",
        (cases, "Reviewed"): f"SELECT count(*) {flagged} AND EXISTS {analyst}",
        (cases, "Confirmed"): f"SELECT count(*) {flagged} AND e.label = 'fraud'",
        (cases, "Reported by a bank"): f"SELECT count(*) {flagged} AND EXISTS {bank}",
        (cases, "Labelled"): "SELECT count(*) FROM effective_labels",
        (alerts, "Opened"): "SELECT count(*) FROM incidents",
        (alerts, "Notified"): "SELECT count(notified_at) FROM incidents",
        (alerts, "Handled"): "SELECT count(*) FROM incidents WHERE acknowledged_at IS NOT NULL",
        (alerts, "Judged"): "SELECT count(*) FROM incident_judgements",
        (alerts, "Right"): "SELECT count(*) FROM incident_judgements WHERE judgement = 'right'",
        (TITLES["times"], "Alerts acknowledged: median"):
            "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged_at - notified_at))"
            " FROM incidents WHERE acknowledged_at IS NOT NULL",
        (TITLES["times"], "Alerts resolved: 90 %"):
            "SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - opened_at))"
            " FROM incidents WHERE resolved_at IS NOT NULL",
        (TITLES["open"], f"Alerts, {AGES[2]}"): "SELECT count(*) FROM incidents WHERE status <> 'resolved'",
        (TITLES["effectiveness"], "Fraud found before loss"): f"SELECT count(*) {flagged} AND e.label = 'fraud'",
        (TITLES["effectiveness"], "Fraud confirmed by chargeback"):
            "SELECT count(*) FROM effective_labels WHERE label = 'fraud' AND source = 'chargeback'",
        (TITLES["effectiveness"], "Money of it"): "SELECT round(sum(exact_amount(amount_usd, amount)), 2)"
            " FROM fraud_predictions JOIN effective_labels USING (transaction_id)"
            " WHERE label = 'fraud' AND decision <> 'APPROVED'",
        (TITLES["coverage"], "Transactions scored"): "SELECT count(*) FROM transactions",
    }  # fmt: skip
    for key, statement in expected.items():
        assert float(found[key]["value"]) == pytest.approx(float(one(db, statement)), abs=1e-3), key
    everything = one(db, "SELECT count(*) FROM effective_labels WHERE label = 'fraud'")
    line = found[TITLES["effectiveness"], "Fraud found before loss"]
    assert float(line["of"]) == everything
    assert float(line["low"]) < float(line["share"]) < float(line["high"])


def test_minutes_of_judging_are_of_the_hours_since_they_are_recorded(person: Make, db: Database) -> None:
    hour = time.time() // HOUR * HOUR
    with db.transaction() as connection:
        for back, minutes in ((1, 60), (2, 45)):
            values = {"hour": hour - back * HOUR, "minutes": minutes}
            connection.execute(text("INSERT INTO judging_hours VALUES (to_timestamp(:hour), :minutes)"), values)
    line = whole(person("ann", "analyst"))[TITLES["coverage"], "Minutes judged"]
    assert (float(line["value"]), float(line["of"])) == (105, 120)


def test_a_period_that_is_none_is_said(person: Make, filled: Database) -> None:
    answer = person("ann", "analyst").client.get(f"{PREFIX}analytics/regulators?period=fortnight")
    assert answer.status_code == 400
