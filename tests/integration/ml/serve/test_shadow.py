"""Shadow mode: the challenger scores what the champion answers, unseen, apart, and never in the way."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.test import Client

from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable
from core.events.types import Label
from core.models import registry as models
from core.models import shadow
from core.settings import Settings, load
from core.web.app import App
from ml import cli, registry
from ml.serve import shadow as shadows
from ml.serve.app import create
from ml.serve.scoring import Scorer
from ml.serve.shadow import Shadow
from tests.unit.ml.examples import table, trained
from tests.waiting import until


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    found = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 40}
    return load({**found, "GATEHOUSE_AUTH": "off", "GATEHOUSE_DATA": str(tmp_path)})


@pytest.fixture
def app(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A service whose shadow works only when the test says so."""
    monkeypatch.setattr(Shadow, "_start", lambda self: None)
    found = create(settings)
    yield found
    found.extensions["serving"].stop()
    found.close()


@pytest.fixture
def versions(db: Database, live: Live) -> tuple[int, int]:
    """Champion and challenger."""
    made = [registry.save(db, trained(seed)) for seed in (5, 6)]
    models.promote(live, db, made[0])
    models.promote(live, db, made[1], role="challenger")
    return made[0], made[1]


def bodies(n: int = 60) -> list[dict[str, Any]]:
    rows = table(n, seed=9).rows.tolist()
    names = ("speed", "new_device", "age")
    return [
        {
            "transaction_id": f"t{i}",
            "features": {k: None if v != v else v for k, v in zip(names, row, strict=True)},
        }
        for i, row in enumerate(rows)
    ]


def ask(app: App, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    here = {"environ_base": {"REMOTE_ADDR": "127.0.0.1"}}
    single = [Client(app).post("/predict", json=body, **here).json for body in found[::2]]
    many = Client(app).post("/predict-batch", json={"transactions": found[1::2]}, **here).json["predictions"]
    return [*single, *many]


def test_what_the_champion_answers_the_challenger_scores_apart(
    app: App, db: Database, versions: tuple[int, int]
) -> None:
    unseen: Shadow = app.extensions["shadow"]
    unseen.look()
    answers = ask(app, bodies())
    assert {answer["model_version"] for answer in answers} == {versions[0]}
    assert unseen.step() == 60
    assert unseen.step() == 0
    found = shadow.comparison(db, versions[1], time.time() - 60)
    assert found.n == 60
    assert 0 < found.same_decision <= 1
    scorer = Scorer(models.load(db, versions[1]))
    expected = {body["transaction_id"]: scorer.score(body["features"])[0] for body in bodies()}
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT transaction_id, fraud_score, champion_score, champion_version FROM shadow_predictions")
        stored = {row[0]: row[1:] for row in cursor.fetchall()}
    assert {name: row[0] for name, row in stored.items()} == pytest.approx(expected, rel=1e-6)
    told = {answer["transaction_id"]: answer["fraud_score"] for answer in answers}
    assert {name: row[1] for name, row in stored.items()} == pytest.approx(told, rel=1e-6)
    assert {row[2] for row in stored.values()} == {versions[0]}


def test_without_a_challenger_nothing_waits(app: App, db: Database, live: Live) -> None:
    models.promote(live, db, registry.save(db, trained()))
    app.extensions["shadow"].look()
    ask(app, bodies(4))
    assert app.extensions["shadow"].step() == 0


def test_a_database_that_is_away_costs_no_answer_and_loses_nothing(
    app: App, db: Database, versions: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    unseen: Shadow = app.extensions["shadow"]
    unseen.look()

    def away(*_: object) -> None:
        raise DatabaseUnavailable("gone")

    with monkeypatch.context() as patched:
        patched.setattr(shadow, "store", away)
        ask(app, bodies(10))
        with pytest.raises(DatabaseUnavailable):
            unseen.step()
    assert unseen.step() == 10
    assert shadow.comparison(db, versions[1], 0).n == 10


def test_a_full_queue_drops_and_counts_and_answers_go_on(
    app: App, versions: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadows, "MOST_WAITING", 3)
    app.extensions["shadow"].look()
    assert len(ask(app, bodies(10))) == 10
    app.recorder.tick()
    assert "fraud_shadow_dropped_total 7" in Client(app).get("/metrics").get_data(as_text=True)


def test_a_transaction_that_came_twice_counts_once(app: App, db: Database, versions: tuple[int, int]) -> None:
    app.extensions["shadow"].look()
    ask(app, bodies(6))
    ask(app, bodies(6))
    app.extensions["shadow"].step()
    assert shadow.comparison(db, versions[1], 0).n == 6


def test_the_command_starts_compares_and_stops(
    app: App,
    settings: Settings,
    db: Database,
    live: Live,
    versions: tuple[int, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    def command(*words: str) -> str:
        assert cli.run(cli.parser().parse_args(["shadow", *words]), settings) == 0
        return capsys.readouterr().out

    assert command(str(versions[1])) == f"model {versions[1]} is the challenger\n"
    app.extensions["shadow"].look()
    known = table(400, seed=9)
    ask(app, bodies(400))
    app.extensions["shadow"].step()
    labels: list[Any] = [
        Label(
            id=f"t{i}",
            transaction_id=f"t{i}",
            timestamp=time.time(),
            label="fraud" if label else "legit",
            source="analyst",
        )
        for i, label in enumerate(np.asarray(known.labels).tolist())
    ]
    app_stores = settings.config.policy.profiles["normal"]
    from core.pipeline.writer import Writer

    Writer(db, app_stores.fraud_threshold + app_stores.block_margin).store(labels, time.time())
    text = command()
    assert "scored 400 transactions in shadow mode" in text
    assert "average precision" in text
    assert "has left shadow mode" in command("--stop")
    assert models.role(db, "challenger") is None


def test_its_own_thread_does_all_that(settings: Settings, db: Database, versions: tuple[int, int]) -> None:
    found = create(settings)
    try:
        assert until(lambda: shadow.comparison(db, versions[1], 0).n, look=lambda: ask(found, bodies(2)))
    finally:
        found.extensions["shadow"].close()
        found.extensions["serving"].stop()
        found.close()
