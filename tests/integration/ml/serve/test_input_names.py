"""Misspelt features and fields are said by the scoring service, counted by caller, and refused where that is set."""

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from core.db.engine import Database
from core.db.redis_client import Live
from core.models import registry as models
from core.settings import ROOT, load
from core.web import input_counts
from core.web.app import App
from core.web.input_counts import MINUTE, Cell
from ml import registry
from ml.serve.app import create
from tests.integration.ml.test_service import published
from tests.unit.ml.examples import trained

SCORE, MANY = "/api/v1/ml/predict/fraud", "/predict-batch"
GOOD = {"speed": 4.0, "new_device": True, "age": 3}
Make = Callable[..., App]


@pytest.fixture
def make(database_url: str, redis_url: str, db: Database, live: Live, tmp_path: Path) -> Iterator[Make]:
    """The service with a champion that takes speed, new_device and age."""
    models.promote(live, db, registry.save(db, trained()))
    made: list[App] = []

    def start(**ingest: str) -> App:
        folder = tmp_path / "config"
        shutil.copytree(ROOT / "config", folder, dirs_exist_ok=True)
        file = folder / "ingest.toml"
        for name, value in ingest.items():
            old = next(line for line in file.read_text().splitlines() if line.startswith(f"{name} "))
            file.write_text(file.read_text().replace(old, f'{name} = "{value}"'))
        variables = {"GATEHOUSE_AUTH": "off", "GATEHOUSE_CONFIG": str(folder), "GATEHOUSE_DATA": str(tmp_path)}
        made.append(create(load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, **variables})))
        return made[-1]

    yield start
    for app in made:
        app.extensions["serving"].stop()
        app.close()


def post(app: App, path: str, body: Any, short: bool = True) -> TestResponse:
    """Over the short way, or, with a length that nobody said, through the application."""
    how = {"json": body} if short else {"data": json.dumps(body), "content_type": "application/json; charset=utf-8"}
    return Client(app).post(path, environ_base={"REMOTE_ADDR": "127.0.0.1"}, **how)


def test_a_good_request_is_answered_as_ever(make: Make) -> None:
    app = make()
    assert "unknown" not in post(app, SCORE, {"transaction_id": "t", "features": GOOD}).json
    assert "unknown" not in post(app, SCORE, {"transaction_id": "t", "features": {"age": 3}}).json, "one may be absent"


@pytest.mark.parametrize("short", [True, False])
def test_unknown_features_are_named_with_the_nearest_known(make: Make, short: bool) -> None:
    features = {"speed": 4.0, "NewDevice": True, "Age": 3, "nonsense": 1}
    answer = post(make(), SCORE, {"transaction_id": "t", "features": features}, short).json
    assert answer["unknown"] == [
        {"field": "$.features.Age", "name": "Age", "nearest": "age"},
        {"field": "$.features.NewDevice", "name": "NewDevice", "nearest": "new_device"},
        {"field": "$.features.nonsense", "name": "nonsense"},
    ]
    assert answer["decision"] in ("APPROVED", "REVIEW", "BLOCKED")


@pytest.mark.parametrize("features", [{"nonsense": 1}, {"Speed": 4.0, "AGE": 3}, {}])
@pytest.mark.parametrize("short", [True, False])
def test_what_shares_no_feature_with_the_model_is_422(
    make: Make, live: Live, features: dict[str, Any], short: bool
) -> None:
    answer = post(make(), SCORE, {"transaction_id": "t", "features": features}, short)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json["field"] == "$.features"
    assert {one["name"] for one in answer.json.get("unknown", [])} == set(features)
    assert "speed, new_device, age" in answer.json["detail"]
    assert published(live) == []


def test_unknown_fields_beside_the_features_are_named(make: Make) -> None:
    body = {"transaction_id": "t", "features": GOOD, "IP": "192.0.2.1", "Wallet": "w", "time": 5}
    told = post(make(), SCORE, body).json["unknown"]
    assert {(one["field"], one["nearest"]) for one in told} == {
        ("$.IP", "ip"), ("$.Wallet", "wallet"), ("$.time", "timestamp"),
    }  # fmt: skip


def test_a_batch_names_them_by_transaction(make: Make, live: Live) -> None:
    app = make()
    bodies = [
        {"transaction_id": "a", "features": GOOD},
        {"transaction_id": "b", "features": {**GOOD, "Age": 1}, "ipAddress": "x"},
    ]
    first, second = post(app, MANY, {"transactions": bodies, "Explain": True}).json["predictions"]
    assert [one["field"] for one in first["unknown"]] == ["$.Explain"]
    assert [one["field"] for one in second["unknown"]] == [
        "$.transactions[1].ipAddress", "$.transactions[1].features.Age",
    ]  # fmt: skip
    bad = post(app, MANY, {"transactions": [*bodies, {"transaction_id": "c", "features": {"x": 1}}]})
    assert (bad.status_code, bad.json["field"]) == (422, "$.transactions[2].features")
    assert len(published(live)) == 2, "nothing of the second batch"


def test_a_setting_makes_them_errors(make: Make, live: Live) -> None:
    app = make(unknown_names="refuse")
    for more in ({"features": {**GOOD, "Age": 1}}, {"features": GOOD, "IP": "192.0.2.1"}):
        answer = post(app, SCORE, {"transaction_id": "t", **more})
        assert answer.status_code == 422
        assert len(answer.json["unknown"]) == 1
    assert published(live) == []
    assert post(app, SCORE, {"transaction_id": "t", "features": GOOD}).status_code == 200


def since(live: Live, minute: int) -> Counter[Cell]:
    """What was counted in a minute and, since it may have begun meanwhile, the next."""
    return sum((Counter(cells) for cells in input_counts.read(live, minute, 2).values()), Counter())


def test_they_are_counted_by_caller_and_minute(make: Make, live: Live) -> None:
    app = make()
    minute = MINUTE * int(time.time() // MINUTE)
    for _ in range(3):
        post(app, SCORE, {"transaction_id": "t", "features": {"speed": 1.0, "Age": 3}, "IP": "x"})
    post(app, SCORE, {"transaction_id": "t", "features": {"nonsense": 1}})
    post(app, MANY, {"transactions": [{"transaction_id": "u", "features": GOOD}] * 2})
    app.recorder.tick()
    who = "anonymous"
    assert since(live, minute) == {
        (who, "requests", "", ""): 6,
        (who, "feature", "Age", "age"): 3, (who, "feature", "nonsense", ""): 1,
        (who, "missing", "age", ""): 4, (who, "missing", "new_device", ""): 4, (who, "missing", "speed", ""): 1,
        (who, "field", "IP", "ip"): 3,
    }  # fmt: skip
    text = Client(app).get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).text
    assert 'gatehouse_unknown_names_total{caller="anonymous",kind="feature"} 4' in text
    assert 'gatehouse_unknown_names_total{caller="anonymous",kind="field"} 3' in text
    assert 'gatehouse_missing_features_total{caller="anonymous"} 9' in text


def test_names_that_nobody_bounds_are_counted_together(make: Make, live: Live) -> None:
    app = make()
    minute = MINUTE * int(time.time() // MINUTE)
    for start in range(0, 90, 30):
        features = {"speed": 1.0, **{f"x{start + n}" * 9: 1.0 for n in range(30)}}
        told = post(app, SCORE, {"transaction_id": "t", "features": features}).json["unknown"]
        assert len(told) == 20
    app.recorder.tick()
    cells = since(live, minute)
    named = [cell for cell in cells if cell.kind == "feature" and cell.name]
    assert len(named) <= 40, "20 a minute, and the clock may have gone on to the next"
    assert sum(n for cell, n in cells.items() if cell.kind == "feature") == 90


@pytest.mark.parametrize("where", [b', "\xff": 1', b', "features": {"speed": 1, "\xff": 2}', b', "\\ud800": 1'])
def test_a_name_that_is_no_text_is_refused(make: Make, where: bytes) -> None:
    app = make()
    one = b'{"transaction_id": "t", "features": {"speed": 1}' + where + b"}"
    for path, body in ((SCORE, one), (MANY, b'{"transactions": [' + one + b"]}")):
        answer = Client(app).post(path, data=body, content_type="application/json")
        assert answer.status_code == 400, (path, answer.text)
