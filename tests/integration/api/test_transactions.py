"""One transaction with all that is known of it; lists by wallet and IP."""

import time

import msgspec
from flask.testing import FlaskClient

from core.db.engine import Database
from core.models import registry
from core.models.registry import ReferenceBins
from tests.integration.api.making import Store, get, prediction, sale


def test_a_transaction_with_score_labels_and_history(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([sale(n, now - n) for n in range(9)], now)
    store([prediction(0, now, 0.93, "BLOCKED", features={"a": 1.0}, contributions={"a": 0.4})], now)
    detail = get(client, "/api/v1/transactions/t0")
    assert detail["transaction"]["wallet"] == "w0"
    assert detail["prediction"]["features"] == [{"name": "a", "value": 1.0, "contribution": 0.4}]
    assert [row["transaction_id"] for row in detail["wallet_history"]["transactions"]] == ["t0", "t3", "t6"]
    assert [row["transaction_id"] for row in get(client, "/api/v1/transactions?ip=192.0.2.1")] == ["t1", "t8"]
    assert len(get(client, "/api/v1/transactions?limit=5")) == 5
    assert client.get("/api/v1/transactions/none").status_code == 404


def test_a_transaction_has_the_ticket_that_it_was_about(client: FlaskClient, store: Store) -> None:
    now = time.time()
    named = msgspec.structs.replace(sale(1, now), ticket_id="tkt-003-00017")
    store([named, sale(2, now)], now)
    found = {name: get(client, f"/api/v1/transactions/{name}")["transaction"]["ticket_id"] for name in ("t1", "t2")}
    assert found == {"t1": "tkt-003-00017", "t2": None}
    assert {row["ticket_id"] for row in get(client, "/api/v1/transactions?limit=5")} == {"tkt-003-00017", None}


def test_features_carry_the_names_of_their_model(client: FlaskClient, store: Store, db: Database) -> None:
    bins = [ReferenceBins(name, [0.5], [1, 1, 0]) for name in ("a", "b")]
    version = registry.save(
        db, algorithm="boosted", artefact=b"x", features=["a", "b"], reference=bins, metrics={}, fingerprint="f"
    )
    now = time.time()
    store([prediction(1, now, 0.1, "APPROVED", model_version=version, feature_values=[1.0, None])], now)
    found = get(client, "/api/v1/transactions/t1")["prediction"]
    assert found["features"] == [
        {"name": "a", "value": 1.0, "contribution": None},
        {"name": "b", "value": None, "contribution": None},
    ]
    assert found["explained"] == "unavailable"
