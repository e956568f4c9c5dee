"""The model part: matrix, maturity, and a warning with the next retraining."""

import time

import pytest
from flask.testing import FlaskClient

from api.parts import model
from core.events import Label
from tests.integration.api.making import Store, get, prediction


def test_model_counts_labels_and_warns(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(n, now - 60, *((0.8, "BLOCKED") if n < 10 else (0.1, "APPROVED"))) for n in range(40)], now)
    store(
        [
            Label(
                id=f"l{n}",
                timestamp=now,
                transaction_id=f"t{n}",
                label="fraud" if n < 4 else "legit",
                source="chargeback",
            )
            for n in range(20)
        ],
        now,
    )
    data = get(client, "/api/monitoring/model")
    assert data["matrix"] == {"tp": 4, "fp": 6, "fn": 0, "tn": 10}
    assert data["precision"] == pytest.approx(0.4)
    assert data["maturity"]["percent"] == pytest.approx(50)
    assert data["warning"]["next_retraining"] > now * 1000


def test_the_reference_matrix_gives_the_reference_rates() -> None:
    config = model.PrecisionConfig(0.67, 5.0, "sunday", "02:00")
    row = {
        "tp": 142,
        "fn": 18,
        "fp": 89,
        "tn": 11_751,
        "flagged_unlabelled": 0,
        "clear_unlabelled": 0,
        "blocked_unlabelled": 0,
    }
    data = model.judged(row, config, 0.0)
    assert [round(data[name], 3) for name in ("precision", "recall")] == [0.615, 0.887]
    assert data["f1"] == pytest.approx(0.726, abs=0.001)
    assert data["precision_change_percent"] == pytest.approx(-8.25, abs=0.01)
    assert data["warning"] is not None
