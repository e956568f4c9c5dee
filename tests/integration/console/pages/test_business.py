"""The page Business: amounts, the approval rate at one mix, profiles, events, fraud, overrides, and nothing."""

import time
from collections.abc import Callable

from console.app import PREFIX
from core.db.engine import Database
from core.events.types import Event, Label, Prediction, Transaction
from tests import analytics_world as world
from tests.components import Shown, document
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
HOUR, DAY = 3600, 86_400


def page(person: Person, query: str = "") -> Shown:
    answer = person.client.get(f"{PREFIX}analytics/business{query}")
    assert answer.status_code == 200
    return Shown(document(answer)["content"])


def rows(name: str, at: float, amount: float | None, approved: int, blocked: int) -> list[Event]:
    return [
        Prediction(
            id=f"{name}-{place}", transaction_id=f"{name}-{place}", timestamp=at - place / 10, amount=amount,
            score=0.1 if place < approved else 0.9, threshold=0.6,
            decision="APPROVED" if place < approved else "BLOCKED",
        )
        for place in range(approved + blocked)
    ]  # fmt: skip


def label(name: str, word: str, source: str = "analyst", at: float = 0.0) -> Label:
    return Label(id=f"{name}-{source}", transaction_id=name, label=word, source=source, timestamp=at)  # type: ignore[arg-type]


def fill(db: Database) -> None:
    """Simpson's paradox between yesterday and today, a fraud that was approved, a block that an analyst overrode."""
    now = time.time()
    at = now // HOUR * HOUR - HOUR - 10
    given = [
        *rows("cheap-before", at - DAY, 15.0, 194, 6), *rows("dear-before", at - DAY, 900.0, 560, 240),
        *rows("cheap", at, 15.0, 704, 96), *rows("dear", at, 900.0, 110, 90), *rows("unknown", at, None, 4, 0),
        *rows("zero", at, 0.0, 3, 0),
        Transaction(id="cheap-0", transaction_id="cheap-0", timestamp=at, type="purchase", amount=15.0,
                    platform_fee=1.5, event_id="<b>Fado night"),
        label("cheap-0", "fraud", at=now), label("dear-199", "legit", at=now),
        label("dear-199", "fraud", "chargeback", now),
    ]  # fmt: skip
    world.store(db, given, now)
    world.settle(db, now)


def test_what_is_shown_of_a_day(person: Make, db: Database) -> None:
    fill(db)
    shown = page(person("vic", "viewer"))
    assert "but at the same mix it fell by" in shown, "the reversal is told"
    assert "It fell for $500 to $1,000 (70.0 % to 55.0 %) and for $10 to $20" in shown
    assert {"amounts", "segments", "decisions", "fraud"} <= set(shown.values("data-csv"))
    assert "no amount known" in shown
    assert "1 of 821; 0.1 % have a label" in shown, "one fraud of those approved, with how many labels there are"
    assert "<b>Fado night" in shown, "an event's name is a text"
    assert "legit, an override" in shown
    assert "2 of 2 against the score" in shown
    assert "too few labels to say how many frauds are still unknown" in shown


def test_nothing_is_a_sentence(person: Make, db: Database) -> None:
    shown = page(person("vic", "viewer"))
    for words in (
        "No predictions in this period.", "No completed transactions in this period.",
        "nothing approved in this period",
        "No prediction of this period has an analyst's label.", "Nothing to compare: fewer than 50 decisions",
    ):  # fmt: skip
        assert words in shown


def test_all_time_is_compared_with_nothing(person: Make, db: Database) -> None:
    fill(db)
    shown = page(person("vic", "viewer"), "?period=all")
    assert "All time has no period before it." in shown
    assert "at the same mix" not in shown
