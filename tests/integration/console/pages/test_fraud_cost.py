"""The page Fraud cost: its figures are those of the ledger, and what cannot be known has its reason."""

import re
import time
from collections.abc import Callable

import pytest

from bench import _fraud_worlds as worlds
from console.app import PREFIX
from core.db.engine import Database
from core.events.types import Prediction
from tests import analytics_world, fraud_cost_world
from tests.components import Shown, document
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
TABLES = ("ledger", "weeks", "models", "policies", "events")
SAVED = (
    "SELECT count(*) FROM fraud_predictions p JOIN effective_labels e USING (transaction_id)"
    " WHERE p.decision <> 'APPROVED' AND e.label = 'fraud' AND e.source <> 'chargeback'"
)


def page(person: Person, query: str = "?period=30d") -> Shown:
    answer = person.client.get(f"{PREFIX}analytics/fraud-cost{query}")
    assert answer.status_code == 200
    return Shown(document(answer)["content"])


@pytest.fixture
def stored(db: Database) -> worlds.World:
    """A history with hold-out and late labels that ends now."""
    one = worlds.world(3, 8000)
    now = time.time()
    fraud_cost_world.store(db, one, now)
    fraud_cost_world.sum_up(db, now)
    return one


def test_without_predictions_every_figure_is_nothing(person: Make) -> None:
    shown = page(person("vic", "viewer"))
    assert "saved at least $0.00" in shown
    assert "No prediction in this period." in shown


def test_counted_and_estimated_stand_apart(person: Make, db: Database, stored: worlds.World) -> None:
    ann = person("ann", "analyst")
    shown = page(ann, "?period=all")
    rows = {row[0]: row for row in _table(shown, "ledger")}
    (known,) = analytics_world.ask(db, SAVED)[0]
    assert rows["Saved"][5] == f"{known:,}"
    counted, estimated, together = (_dollars(cell) for cell in rows["Saved"][1:4])
    assert counted + estimated == pytest.approx(together, abs=2)
    low, high = (_dollars(one) for one in rows["Saved"][4].split(" to "))
    assert low <= together <= high
    assert rows["Review"][2] == "–"
    assert rows["Review"][1] == rows["Review"][3], "reviews are counted, all of them"
    assert "a label is there for about" in shown
    weeks = _table(shown, "weeks")
    assert len(weeks) in (13, 14, 15)
    assert sum(_dollars(row[1]) for row in weeks) == pytest.approx(counted, abs=len(weeks))
    assert sum(_dollars(row[2]) for row in weeks) == pytest.approx(estimated, abs=len(weeks))
    policies = {row[0] for row in _table(shown, "policies")}
    assert any(name.startswith("Strict") for name in policies)
    events = _table(shown, "events")
    assert {row[0].partition("neither")[0] for row in events} == {"Not said", *(f"event-{n}" for n in range(8))}
    assert sum(_dollars(row[3]) for row in events) == pytest.approx(counted, abs=len(events))

    assert rows["Lost"][6] == "–", "nothing is before all"
    month = {row[0]: row for row in _table(page(ann), "ledger")}
    assert month["Lost"][6].startswith("$")
    assert " to " in month["Lost"][7]


def test_without_a_hold_out_blocked_traffic_stays_unknown(person: Make, db: Database) -> None:
    now = time.time()
    given = [
        Prediction(
            id=f"t{n}",
            transaction_id=f"t{n}",
            timestamp=now - 7200,
            score=0.9,
            decision="BLOCKED",
            threshold=0.6,
            amount=50.0,
        )
        for n in range(4)
    ]
    analytics_world.store(db, list(given), now)
    analytics_world.settle(db, now)
    shown = page(person("vic", "viewer"))
    assert "What 4 blocked transactions of $200 were is unknown: there is no hold-out" in shown
    assert "20 are needed to know how late labels come" in shown
    assert {row[0]: row for row in _table(shown, "ledger")}["Saved"][3] == "–"


def _table(shown: Shown, name: str) -> list[list[str]]:
    return [row[1:] for row in shown.rows(TABLES.index(name))]


def _dollars(text: str) -> float:
    return float(re.sub(r"[$,]", "", text))
