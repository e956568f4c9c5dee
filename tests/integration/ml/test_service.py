"""The scoring service on real stores: answers, what it publishes, new champions and policies without a pause."""

import dataclasses
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text
from werkzeug.test import Client, TestResponse

from core import codec
from core.audit.chain import Audit
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.events import types as events
from core.models import registry as models
from core.pipeline.writer import Writer
from core.security import threat_store
from core.security.threat_store import New
from core.settings import Settings, load
from core.transactions import policies
from core.web.app import App
from ml import registry
from ml.serve.app import create
from ml.train import training
from tests.unit.ml.data.test_categories import table as worded
from tests.unit.ml.examples import config, trained
from tests.waiting import until

OPEN = {"GATEHOUSE_AUTH": "off"}  # tokens have tests of their own
SCORE = "/api/v1/ml/predict/fraud"
FRAUD = {"speed": 4.0, "new_device": True, "age": 3}
HONEST = {"speed": -2.0, "new_device": False, "age": None}


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path), **OPEN})


@pytest.fixture
def app(settings: Settings) -> Iterator[App]:
    found = create(settings)
    yield found
    found.extensions["serving"].stop()
    found.close()


@pytest.fixture
def champion(db: Database, live: Live) -> int:
    version = registry.save(db, trained())
    models.promote(live, db, version)
    return version


def post(app: App, path: str, body: Any, **options: Any) -> TestResponse:
    return Client(app).post(path, json=body, environ_base={"REMOTE_ADDR": "127.0.0.1"}, **options)


def published(live: Live) -> list[events.Event]:
    with live.reach() as client:
        entries = client.xrange(keys.STREAM)
    found = [event for _, fields in entries for event in events.decode(fields[b"e"])]
    return [event for event in found if isinstance(event, events.Prediction)]


def test_without_a_model_the_answer_is_503_with_a_reason(app: App) -> None:
    answer = post(app, SCORE, {"transaction_id": "t", "features": {}})
    assert answer.status_code == 503
    assert "no model has been promoted" in answer.json["detail"]
    assert Client(app).get("/readyz").status_code == 503


def test_a_fraud_is_blocked_explained_and_published_before_the_answer(app: App, live: Live, champion: int) -> None:
    answer = post(app, SCORE, {"transaction_id": "t1", "timestamp": time.time() - 60, "features": FRAUD}).json
    (event,) = published(live)
    assert answer["decision"] == event.decision == "BLOCKED"
    assert answer["fraud_score"] == event.score > 0.7
    assert (answer["top_feature"], answer["top_value"]) == (event.top_feature, event.top_value) == ("speed", 4.0)
    assert event.feature_values == [4.0, 1, 3]
    assert list(answer["contributions"].values()) == event.contribution_values
    assert answer["latency_ms"] == event.latency_ms > 0
    assert answer["model_version"] == event.model_version == champion
    assert event.id == event.transaction_id == "t1"
    assert event.timestamp == pytest.approx(time.time() - 60, abs=5)


def test_an_honest_one_is_explained_only_on_request(app: App, live: Live, champion: int) -> None:
    answer = post(app, SCORE, {"transaction_id": "t1", "features": HONEST}).json
    assert answer["decision"] == "APPROVED"
    assert "contributions" not in answer
    assert published(live)[0].feature_values == [-2.0, 0, None]
    explained = post(app, "/predict", {"transaction_id": "t2", "features": HONEST, "explain": True}).json
    assert set(explained["contributions"]) == {"speed", "new_device", "age"}
    later = post(app, "/api/v1/ml/explain", {"model_version": champion, "features": [-2.0, 0, None]}).json
    assert later["contributions"] == pytest.approx(explained["contributions"], abs=1e-4)


def test_a_batch_scores_like_single_requests(app: App, live: Live, champion: int) -> None:
    bodies = [{"transaction_id": f"t{i}", "features": FRAUD if i % 2 else HONEST} for i in range(6)]
    many = post(app, "/predict-batch", {"transactions": bodies}).json["predictions"]
    singles = [post(app, SCORE, body).json for body in bodies]
    for name in ("transaction_id", "fraud_score", "decision", "top_feature", "contributions"):
        assert [one.get(name) for one in many] == [one.get(name) for one in singles]
    assert all(event.latency_ms is None for event in published(live)[:6])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"features": {}}, "$"),
        ({"transaction_id": "t", "features": {"speed": "fast"}}, "$.features.speed"),
        ({"transaction_id": "t", "features": {"speed": 1e300}}, "$.features[...]"),
        ({"transaction_id": "t", "features": {}, "ip": "nowhere"}, "$.ip"),
        ({"transaction_id": "t", "features": {}, "timestamp": "soon"}, "$.timestamp"),
        ({"transaction_id": "t", "features": {}, "timestamp": 32503680000}, "$.timestamp"),
        ({"transaction_id": "", "features": {}}, "$.transaction_id"),
    ],
)
def test_bad_input_is_named_and_nothing_is_published(
    app: App, live: Live, champion: int, body: dict[str, Any], field: str
) -> None:
    answer = post(app, SCORE, body)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json["field"] == field
    assert published(live) == []


def test_bad_items_of_a_batch_are_named_by_number(app: App, champion: int) -> None:
    bodies = [{"transaction_id": "a", "features": {}}, {"transaction_id": "b", "features": {}, "ip": "x"}]
    assert post(app, "/predict-batch", {"transactions": bodies}).json["field"] == "$.transactions[1].ip"


@pytest.mark.parametrize(
    "options",
    [
        {"data": b"{", "content_type": "application/json"},
        {"data": b"", "content_type": "application/json"},
        {"data": b"{}", "content_type": "text/plain"},
        {"data": b"{}", "content_type": "application/json", "headers": {"Content-Encoding": "gzip"}},
        {"data": b"\xff\xfe", "content_type": "application/json"},
    ],
)
def test_what_is_no_json_request_is_a_client_error(app: App, champion: int, options: dict[str, Any]) -> None:
    assert 400 <= Client(app).post(SCORE, **options).status_code < 500


def test_the_short_way_and_the_application_answer_alike(app: App, champion: int) -> None:
    """A content type with a parameter goes through the application."""
    body = {"transaction_id": "t", "features": FRAUD}
    short = post(app, SCORE, body, headers={"X-Request-ID": "mine"})
    long = Client(app).post(
        SCORE, data=codec.encode(body), content_type="application/json; charset=utf-8", headers={"X-Request-ID": "mine"}
    )
    assert {**short.json, "latency_ms": 0} == {**long.json, "latency_ms": 0}
    assert short.headers["X-Request-ID"] == long.headers["X-Request-ID"] == "mine"
    assert set(short.headers.keys()) == set(long.headers.keys())


def test_a_bug_on_the_short_way_is_a_problem_document(app: App, champion: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(app.extensions["serving"], "current", broken)
    answer = Client(app).post(SCORE, json={"transaction_id": "t", "features": {}})
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert "a bug" not in answer.text


def test_once_the_application_checks_more_nothing_goes_the_short_way(app: App, champion: int) -> None:
    from flask import abort

    app.before_request(lambda: abort(401))
    assert post(app, SCORE, {"transaction_id": "t", "features": FRAUD}).status_code == 401


def test_a_new_champion_and_policy_are_served_without_a_failure(
    app: App, settings: Settings, db: Database, live: Live, champion: int
) -> None:
    answers: list[TestResponse] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            answers.append(post(app, SCORE, {"transaction_id": "t", "features": HONEST}))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        time.sleep(0.3)
        second = registry.save(db, trained(6))
        models.promote(live, db, second)
        strict = policies.change(live, db, Audit("key"), settings.config.policy, "strict", "test")
        assert until(lambda: answers[-1].status_code != 200 or answers[-1].json["policy_version"] == strict.version)
    finally:
        done.set()
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    seen = [(answer.json["model_version"], answer.json["policy_version"]) for answer in answers]
    assert seen[0][0] == champion
    assert seen[-1] == (second, strict.version)
    assert Client(app).get("/api/v1/ml/model").json["policy"]["profile"] == "strict"


def test_metrics_have_the_promised_names(app: App, champion: int) -> None:
    post(app, SCORE, {"transaction_id": "t", "features": FRAUD})
    app.recorder.tick()
    text = Client(app).get("/metrics").get_data(as_text=True)
    assert "fraud_prediction_requests_total 1" in text
    assert 'fraud_predictions_total{decision="BLOCKED"} 1' in text
    assert "fraud_prediction_latency_seconds_count 1" in text
    assert "fraud_model_loaded 1" in text


def test_a_listed_wallet_or_address_is_reviewed_and_says_why(app: App, db: Database, live: Live, champion: int) -> None:
    now = time.time()
    with db.transaction() as connection:
        for kind, value in (("wallet", "0xbad"), ("ip", "203.0.113.9")):
            threat_store.put(connection, Audit("key"), New(kind, value, "why", "test", now + 60), "test", now)  # type: ignore[arg-type]
    body = {"transaction_id": "l1", "features": HONEST}
    assert post(app, SCORE, body).json["decision"] == "APPROVED"
    found = post(app, SCORE, {**body, "transaction_id": "l2", "wallet": "0xBAD"}).json
    assert (found["decision"], found["top_feature"], found["top_value"]) == ("REVIEW", "listed_wallet", 1.0)
    assert found["fraud_score"] < 0.4
    assert sum(found["contributions"].values()) != 0
    rows = [{**body, "transaction_id": "l3", "ip": "203.0.113.9"}, {**body, "transaction_id": "l4"}]
    many = post(app, "/predict-batch", {"transactions": rows}).json["predictions"]
    assert [(one["decision"], one["top_feature"]) for one in many] == [("REVIEW", "listed_ip"), ("APPROVED", None)]
    blocked = post(app, SCORE, {"transaction_id": "l5", "features": FRAUD, "wallet": "0xbad"}).json
    assert (blocked["decision"], blocked["top_feature"]) == ("BLOCKED", "listed_wallet")
    stored = {event.transaction_id: event for event in published(live)}
    assert (stored["l2"].decision, stored["l2"].top_feature) == ("REVIEW", "listed_wallet")


def test_a_held_out_transaction_is_reviewed_instead_of_blocked(
    settings: Settings, db: Database, live: Live, champion: int
) -> None:
    policy = msgspec.structs.replace(settings.config.policy, holdout_share=0.5)
    known = dataclasses.replace(
        settings, secret_key="k" * 40, config=msgspec.structs.replace(settings.config, policy=policy)
    )
    app = create(known)
    try:
        answers = [post(app, SCORE, {"transaction_id": f"t{n}", "features": FRAUD}).json for n in range(60)]
        honest = post(app, SCORE, {"transaction_id": "h", "features": HONEST}).json
    finally:
        app.extensions["serving"].stop()
        app.close()
    found = {event.transaction_id: event for event in published(live)}
    reviewed = [answer for answer in answers if answer["decision"] == "REVIEW"]
    assert 15 <= len(reviewed) <= 45
    for answer in answers:
        event = found[answer["transaction_id"]]
        assert event.decision == answer["decision"]
        assert event.holdout == (0.5 if answer["decision"] == "REVIEW" else None)
        assert answer["contributions"]
    assert (honest["decision"], found["h"].holdout) == ("APPROVED", None)
    Writer(db, 0.7).store(list(found.values()), time.time())
    with db.transaction() as connection:
        query = text("SELECT count(*) FROM fraud_predictions WHERE CAST(extra ->> 'holdout' AS float8) = 0.5")
        assert connection.execute(query).scalar() == len(reviewed)


def test_a_prediction_says_which_policy_decided_and_whether_it_is_replayed(app: App, live: Live, champion: int) -> None:
    answer = post(app, SCORE, {"transaction_id": "t", "features": HONEST}).json
    post(app, SCORE, {"transaction_id": "old", "features": HONEST, "replayed": True})
    first, old = published(live)
    assert first.policy_version == old.policy_version == answer["policy_version"]
    assert (first.replayed, old.replayed) == (False, True)


def test_words_go_in_and_come_out_where_the_model_has_categories(app: App, db: Database, live: Live) -> None:
    models.promote(live, db, registry.save(db, training.train(worded(), config())))
    answer = post(app, SCORE, {"transaction_id": "t", "features": {"kind": "bad", "x": 0}, "explain": True}).json
    assert (answer["top_feature"], answer["top_value"]) == ("kind", "bad")
    unseen = post(app, SCORE, {"transaction_id": "u", "features": {"kind": "never seen", "x": 0}}).json
    assert unseen["fraud_score"] < answer["fraud_score"]
    first, second = published(live)
    assert (first.top_feature, first.top_value, first.feature_values) == ("kind", None, [2.0, 0.0])
    assert second.feature_values == [1.5, 0.0]
    wrong = {"transactions": [{"transaction_id": "a", "features": {}}, {"transaction_id": "b", "features": {"x": "y"}}]}
    assert post(app, "/predict-batch", wrong).json["field"] == "$.transactions[1].features.x"
