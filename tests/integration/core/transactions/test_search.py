"""The search on a real PostgreSQL: every filter against plain Python over the same rows, no gap, no double."""

import random
import time
from typing import Any

import pytest

from core.db.engine import Database
from core.errors import BadInput
from core.events.types import Event, Label, Prediction, Transaction
from core.pipeline.writer import Writer
from core.transactions import search
from core.transactions.search_filter import Asked, strict

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
    asked = search.resolved(db, strict(given, time.time()))
    return [row.transaction_id for row in search.page(db, asked, most).rows]


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
        page = search.page(db, asked, 7, after)
        rows += page.rows
        after = page.after
        if not after:
            break
    names = [row.transaction_id for row in rows]
    assert len(names) == len(set(names)) == len(ids(db, sort=sort))
    values = [{"time": row.at, "score": row.score, "amount": row.amount}[sort] for row in rows]
    assert values == sorted(values, reverse=way == "desc")
    assert [row.transaction_id for row in search.everything(db, asked)] == names


def test_a_row_tells_what_is_known(db: Database, world: list[dict[str, Any]]) -> None:
    stored = next(row for row in world if row["label"] == "fraud" and row["type"] == "purchase")
    found = search.page(db, strict({"id": stored["id"]}, time.time())).rows[0]
    assert (found.amount, found.type, found.wallet, found.ip) == (
        stored["amount"], "purchase", stored["wallet"], stored["ip"],
    )  # fmt: skip
    assert found.label == "fraud"


def test_transactions_without_a_score_are_found_by_asking_for_them(db: Database, world: Any) -> None:
    assert ids(db, decision="UNSCORED") == ["bare"]


@pytest.fixture
def unscored(db: Database, world: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sales that nobody scored beside those of `world`, and as dictionaries what was stored."""
    now, events, known = time.time(), [], []
    for n in range(40):
        row = {
            "id": f"u{n:02d}",
            "at": now - n * 60,
            "amount": float(n % 9),
            "wallet": f"w{n % 5}",
            "ip": f"192.0.2.{n % 7}",
        }
        row |= {"type": "purchase" if n % 3 else "transfer", "label": (None, "fraud", "legit", "unsure")[n % 4]}
        shared = {"transaction_id": row["id"], "timestamp": row["at"]}
        wanted = {name: row[name] for name in ("type", "amount", "wallet", "ip")}
        events.append(Transaction(id=row["id"], **shared, **wanted))
        if row["label"]:
            source = "chargeback" if n % 8 == 1 else "analyst"
            events.append(
                Label(id=row["id"], transaction_id=row["id"], label=row["label"], source=source, timestamp=now)
            )
        known.append({**row, "charged": n % 8 == 1})
    Writer(db, 0.7).store(events, now)
    return [*known, {"id": "bare", "at": now - 60, "amount": 3.0, "wallet": None, "ip": None, "type": "purchase",
                     "label": None, "charged": False}]  # fmt: skip


@pytest.mark.parametrize("mixed", [False, True])
def test_unscored_goes_with_every_other_filter(db: Database, world: Any, unscored: Any, mixed: bool) -> None:
    cases: list[tuple[dict[str, str], Any]] = [
        ({"id": "u07"}, lambda r: r["id"] == "u07"),
        ({"q": "u07"}, lambda r: r["id"] == "u07"),
        ({"q": "w3"}, lambda r: r["wallet"] == "w3"),
        ({"wallet": "w3"}, lambda r: r["wallet"] == "w3"),
        ({"ip": "192.0.2.4"}, lambda r: r["ip"] == "192.0.2.4"),
        ({"amount_from": "3", "amount_to": "5"}, lambda r: 3 <= r["amount"] <= 5),
        ({"type": "transfer"}, lambda r: r["type"] == "transfer"),
        ({"label": "fraud"}, lambda r: r["label"] == "fraud"),
        ({"label": "legit"}, lambda r: r["label"] == "legit"),
        ({"label": "none"}, lambda r: r["label"] in (None, "unsure")),
        ({"label": "unsure"}, lambda r: r["label"] == "unsure"),
        ({"label": "chargeback"}, lambda r: r["charged"] or (r.get("said") and r["label"])),
        ({"wallet": "w1", "label": "fraud"}, lambda r: r["wallet"] == "w1" and r["label"] == "fraud"),
    ]  # fmt: skip
    asked = {"decision": "UNSCORED,BLOCKED" if mixed else "UNSCORED"}
    rows = [*unscored, *({**r, "charged": False} for r in world if r["decision"] == "BLOCKED" and mixed)]
    for given, keeps in cases:
        assert sorted(ids(db, **asked, **given)) == sorted(r["id"] for r in rows if keeps(r)), given
    assert ids(db, decision="UNSCORED", score_from="0") == [], "what has no score is not above one"
    blocked = ids(db, decision="BLOCKED", score_from="0.8")
    assert blocked
    assert ids(db, decision="BLOCKED,UNSCORED", score_from="0.8") == blocked


@pytest.mark.parametrize("sort", ["time", "score", "amount"])
@pytest.mark.parametrize("way", ["asc", "desc"])
@pytest.mark.parametrize("decision", ["UNSCORED", "UNSCORED,REVIEW"])
def test_pages_of_unscored_follow_one_another(
    db: Database, world: Any, unscored: Any, sort: str, way: str, decision: str
) -> None:
    asked = strict({"sort": sort, "dir": way, "decision": decision}, time.time())
    rows, after = [], ""
    while True:
        page = search.page(db, asked, 7, after)
        rows += page.rows
        after = page.after
        if not after:
            break
    names = [row.transaction_id for row in rows]
    assert len(names) == len(set(names)) == len(ids(db, sort=sort, decision=decision)) > 40
    values = [{"time": row.at, "score": row.score, "amount": row.amount}[sort] for row in rows]
    told = [value for value in values if value is not None]
    assert told == sorted(told, reverse=way == "desc")
    assert values[: len(told)] == told, "those without come last"


def test_an_approval_without_a_sale_is_found_by_its_wallet_and_address(db: Database) -> None:
    given = {"wallet": "0xAlone", "ip": "198.51.100.9"}
    event = Prediction(
        id="p", transaction_id="p", timestamp=time.time(), score=0.1, threshold=0.6, decision="APPROVED", **given
    )
    Writer(db, 0.7).store([event], time.time())
    for name, value in given.items():
        assert ids(db, **{name: value}) == ids(db, q=value) == ["p"]
    (row,) = search.page(db, strict({}, time.time())).rows
    assert (row.wallet, row.ip) == ("0xAlone", "198.51.100.9")


@pytest.mark.parametrize("after", ["x", "bm9uc2Vuc2U", "WyJhIiwiYiJd", "WyIxLjAiLCJ0MSJd"])
def test_a_place_that_is_none_is_refused(db: Database, after: str) -> None:
    with pytest.raises(BadInput, match="after"):
        search.page(db, strict({}, time.time()), 5, after)


def test_a_search_that_takes_too_long_says_so(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "TIMEOUT_MS", 1)
    real = search._scored

    def slow(asked: Asked, after: str) -> Any:
        statement, values = real(asked, after)
        statement.text = statement.text.replace("WHERE", "CROSS JOIN (SELECT pg_sleep(0.2)) nap WHERE", 1)
        return statement, values

    monkeypatch.setattr(search, "_scored", slow)
    with pytest.raises(BadInput, match="choose a shorter period"):
        search.page(db, strict({}, time.time()))
