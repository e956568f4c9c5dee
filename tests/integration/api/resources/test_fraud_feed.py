"""The feed part: the fields promised, the newest first."""

import time

from flask.testing import FlaskClient

from tests.integration.api.making import Store, get, prediction, sale


def test_the_feed_has_the_promised_fields(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([sale(n, now - n) for n in range(80)], now)
    store(
        [
            prediction(n, now - n, 0.9 if n % 2 else 0.65, "BLOCKED", top_feature="txn_velocity_1h", top_value=12.0)
            for n in range(80)
        ],
        now,
    )
    store(
        [
            prediction(900, now + 1, 0.7, "REVIEW", top_feature="wallet_age", top_value=0.5),
            prediction(901, now + 2, 0.7, "REVIEW", top_feature="geo_velocity", top_value=1.0),
        ],
        now,
    )
    rows = get(client, "/api/monitoring/fraud_feed")
    assert len(rows) == 42
    shown = [row["top_feature_text"] for row in rows[:3]]
    assert shown == ["geo_velocity=true", "wallet_age=0.5d", "txn_velocity_1h=12"]
    assert rows[2] == {
        "time": rows[2]["time"],
        "txn_id": "t1",
        "score": 0.9,
        "decision": "BLOCKED",
        "amount": 100.0,
        "top_feature": "txn_velocity_1h",
        "top_value": 12.0,
        "top_feature_text": "txn_velocity_1h=12",
    }
    assert rows == sorted(rows, key=lambda row: row["time"], reverse=True)
