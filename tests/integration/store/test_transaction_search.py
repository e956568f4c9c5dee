"""The search on a real PostgreSQL: every filter against plain Python over the same rows, no gap, no double."""

import random
import time
from typing import Any

import pytest

from core.errors import BadInput
from core.events import Event, Label, Prediction, Transaction
from core.store import transaction_search
from core.store.db import Database
from core.store.writer import Writer
from core.transaction_filter import Asked, strict

COUNT = 120


@pytest.fixture
def world(db: Database) -> list[dict[str, Any]]:
    """Stored transactions and, as dictionaries, what was stored."""
    rng = random.Random(7)
    now = time.time()
    events: list[Event] = []
    known = []
    for n in range(COUNT):
        score = round(rng.choice([rng.random(), 0.5]), 3)
        decision = "BLOCKED" if score >= 0.7 else "REVIEW" if score >= 0.4 else "APPROVED"
        row: dict[str, Any] = {
            "id": f"t{n:03d}", "at": now - rng.randrange(7200), "score": score, "decision": decision,
            "amount": float(rng.randrange(1, 50)), "wallet": f"w{n % 5}", "ip": f"192.0.2.{n % 7}",
            "type": None if decision == "BLOCKED" else rng.choice(["purchase", "transfer"]),
            "label": rng.choice(["fraud", "legit", None, None]), "said": n % 2,
        }  # fmt: skip
        known.append(row)
        shared = {"transaction_id": row["id"], "amount": row["amount"], "wallet": row["wallet"], "ip": row["ip"]}
        amount = {} if n % 10 == 0 and row["type"] else {"amount": row["amount"]}
        events.append(
            Prediction(
                id=row["id"],
                timestamp=row["at"],
                score=score,
                decision=decision,
                threshold=0.6,
                **{**shared, "amount": None, **amount},
            )
        )
        if row["type"]:
            events.append(Transaction(id=row["id"], timestamp=row["at"], type=row["type"], **shared))
        if row["label"]:
            source = "chargeback" if row["said"] else "analyst"
            label = row["label"] = "fraud" if row["said"] else row["label"]
            events.append(Label(id=row["id"], transaction_id=row["id"], label=label, source=source, timestamp=now))
    events.append(Transaction(id="bare", transaction_id="bare", timestamp=now - 60, type="purchase", amount=3.0))
    Writer(db, 0.7).store(events, now)
    return known


def ids(db: Database, most: int = 1000, **given: str) -> list[str]:
    asked = transaction_search.resolved(db, strict(given, time.time()))
    return [row.transaction_id for row in transaction_search.page(db, asked, most).rows]


def test_filters_agree_with_python(db: Database, world: list[dict[str, Any]]) -> None:
    cases: list[tuple[dict[str, str], Any]] = [
        ({}, lambda r: True),
        ({"id": "t004"}, lambda r: r["id"] == "t004"),
        ({"q": "t004"}, lambda r: r["id"] == "t004"),
        ({"q": "w3"}, lambda r: r["wallet"] == "w3"),
        ({"wallet": "w3"}, lambda r: r["wallet"] == "w3"),
        ({"ip": "192.0.2.4"}, lambda r: r["ip"] == "192.0.2.4"),
        ({"score_from": "0.5"}, lambda r: r["score"] >= 0.5),
        ({"score_to": "0.5"}, lambda r: r["score"] <= 0.5),
        ({"decision": "REVIEW,BLOCKED"}, lambda r: r["decision"] != "APPROVED"),
        ({"amount_from": "20", "amount_to": "30"}, lambda r: 20 <= r["amount"] <= 30),
        ({"type": "transfer"}, lambda r: r["type"] == "transfer"),
        ({"label": "fraud"}, lambda r: r["label"] == "fraud"),
        ({"label": "legit"}, lambda r: r["label"] == "legit"),
        ({"label": "none"}, lambda r: r["label"] is None),
        ({"label": "chargeback"}, lambda r: r["label"] and r["said"]),
        ({"label": "unsure"}, lambda r: False),
        ({"wallet": "w1", "score_to": "0.2"}, lambda r: r["wallet"] == "w1" and r["score"] <= 0.2),
    ]  # fmt: skip
    for given, keeps in cases:
        assert sorted(ids(db, **given)) == sorted(row["id"] for row in world if keeps(row)), given


@pytest.mark.parametrize("sort", ["time", "score", "amount"])
@pytest.mark.parametrize("way", ["asc", "desc"])
def test_pages_follow_one_another_without_gap_or_double(db: Database, world: Any, sort: str, way: str) -> None:
    asked = strict({"sort": sort, "dir": way}, time.time())
    rows, after = [], ""
    while True:
        page = transaction_search.page(db, asked, 7, after)
        rows += page.rows
        after = page.after
        if not after:
            break
    names = [row.transaction_id for row in rows]
    assert len(names) == len(set(names)) == len(ids(db, sort=sort))
    values = [{"time": row.at, "score": row.score, "amount": row.amount}[sort] for row in rows]
    assert values == sorted(values, reverse=way == "desc")
    assert [row.transaction_id for row in transaction_search.everything(db, asked, 30)] == names[:30]


def test_a_row_tells_what_is_known(db: Database, world: list[dict[str, Any]]) -> None:
    stored = next(row for row in world if row["label"] == "fraud" and row["type"] == "purchase")
    found = transaction_search.page(db, strict({"id": stored["id"]}, time.time())).rows[0]
    assert (found.amount, found.type, found.wallet, found.ip) == (
        stored["amount"], "purchase", stored["wallet"], stored["ip"],
    )  # fmt: skip
    assert found.label == "fraud"


def test_transactions_without_a_score_are_found_by_asking_for_them(db: Database, world: Any) -> None:
    assert ids(db, decision="UNSCORED") == ["bare"]


@pytest.mark.parametrize("after", ["x", "bm9uc2Vuc2U", "WyJhIiwiYiJd", "WyIxLjAiLCJ0MSJd"])
def test_a_place_that_is_none_is_refused(db: Database, after: str) -> None:
    with pytest.raises(BadInput, match="after"):
        transaction_search.page(db, strict({}, time.time()), 5, after)


def test_a_search_that_takes_too_long_says_so(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction_search, "TIMEOUT_MS", 1)
    real = transaction_search._scored

    def slow(asked: Asked, after: str) -> Any:
        statement, values = real(asked, after)
        statement.text = statement.text.replace("WHERE", "CROSS JOIN (SELECT pg_sleep(0.2)) nap WHERE", 1)
        return statement, values

    monkeypatch.setattr(transaction_search, "_scored", slow)
    with pytest.raises(BadInput, match="shorten the time"):
        transaction_search.page(db, strict({}, time.time()))
