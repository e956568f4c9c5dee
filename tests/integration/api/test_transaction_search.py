"""The search, the review queue and similar cases over HTTP."""

import time

import pytest
from flask.testing import FlaskClient

from core.db.engine import Database
from core.db.replica import HistoryReader, ReplicaRead
from core.events.types import Label
from core.models import registry
from core.models.registry import ReferenceBins
from tests.integration.api.making import Store, get, prediction, sale


def test_a_search_and_its_next_page(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(n, now - n, n / 10, "REVIEW", amount=10.0) for n in range(9)], now)
    store([sale(n, now - n) for n in range(3)], now)
    first = get(client, "/api/v1/predictions?sort=score&limit=5&decision=review")
    assert [row["transaction_id"] for row in first["rows"]] == ["t8", "t7", "t6", "t5", "t4"]
    rest = get(client, f"/api/v1/predictions?sort=score&limit=5&decision=review&after={first['after']}")
    assert [row["transaction_id"] for row in rest["rows"]] == ["t3", "t2", "t1", "t0"]
    assert rest["after"] == ""
    assert [row["transaction_id"] for row in get(client, "/api/v1/predictions?q=w1")["rows"]] == ["t1"]


@pytest.mark.parametrize("amount", [19.99, 131_072.03, 16_777_217.01, 99_999_999_999.99, 0.004])
def test_an_amount_comes_back_as_it_was_sent(client: FlaskClient, store: Store, amount: float) -> None:
    now = time.time()
    store([prediction(1, now, 0.9, "BLOCKED", amount=amount, wallet="w")], now)
    (row,) = get(client, f"/api/v1/predictions?amount_from={amount}&amount_to={amount}")["rows"]
    assert row["amount"] == amount
    assert get(client, "/api/v1/transactions/t1")["transaction"]["amount"] == amount
    assert [one["amount"] for one in get(client, "/api/v1/transactions?wallet=w")] == [amount]
    assert get(client, "/api/v1/review-queue")[0]["row"]["amount"] == amount
    assert [one["amount"] for one in get(client, "/api/monitoring/fraud_feed")] == [amount]


def test_it_says_how_far_behind_a_replica_is(
    client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "X-Behind" not in client.get("/api/v1/predictions").headers
    monkeypatch.setattr(HistoryReader, "read", lambda self, work: ReplicaRead(work(self.place()[0]), 2.5))
    assert client.get("/api/v1/predictions").headers["X-Behind"] == "2.5"


@pytest.mark.parametrize("query", ["span=9y", "score_from=2", "limit=0", "more=1", "after=x", "label=x", "id=a%00b"])
def test_a_bad_argument_is_named(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/predictions?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json["field"] or answer.json["field"] == "?"


def test_the_review_queue(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(1, now, 0.5, "REVIEW", amount=10.0), prediction(2, now, 0.9, "BLOCKED", amount=9.0)], now)
    found = get(client, "/api/v1/review-queue")
    assert [(one["row"]["transaction_id"], one["row"]["risk"]) for one in found] == [("t2", 8.1), ("t1", 5.0)]


def test_similar_cases_with_their_labels(client: FlaskClient, store: Store, db: Database) -> None:
    bins = [ReferenceBins(name, [0.5], [1, 1, 0]) for name in ("a", "b")]
    version = registry.save(
        db, algorithm="boosted", artefact=b"x", features=["a", "b"], reference=bins, metrics={}, fingerprint="f"
    )
    now = time.time()
    places = [[0.0, 0.0], [0.1, 0.0], [9.0, 9.0], [None, 0.0]]
    more = [{"model_version": version, "feature_values": values} for values in places]
    store([prediction(n, now, 0.5, "REVIEW", amount=5.0, **more[n]) for n in range(4)], now)
    store([prediction(9, now, 0.5, "REVIEW")], now)
    said = ["fraud", "legit", "fraud", "fraud"]
    store(
        [Label(id=str(n), transaction_id=f"t{n}", label=said[n], source="analyst", timestamp=now) for n in range(4)],
        now,
    )  # type: ignore[arg-type]
    found = get(client, "/api/v1/transactions/t0/similar")
    assert [(case["transaction_id"], case["label"]) for case in found] == [
        ("t1", "legit"),
        ("t3", "fraud"),
        ("t2", "fraud"),
    ]
    assert get(client, "/api/v1/transactions/t9/similar") == []
    assert client.get("/api/v1/transactions/none/similar").status_code == 404
