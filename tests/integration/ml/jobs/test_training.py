"""Training runs end to end: asked for over HTTP or by the schedule, done by the worker, promoted only when better."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from werkzeug.test import Client

from core.audit import chain
from core.clock import to_datetime
from core.db.engine import Database
from core.db.jobs import queue, runner
from core.db.jobs.queue import Job, Lost
from core.db.jobs.runner import Work
from core.db.redis_client import Live
from core.errors import BadInput
from core.events.types import Event, Label, Prediction
from core.models import registry as models
from core.models import training_decisions, training_runs
from core.models.seal import ModelSeal
from core.settings import Settings, load
from core.stores import Stores
from ml import registry, worker
from ml.data.table import Table
from ml.serve.app import create
from ml.serve.training_runs import Runs
from ml.train import training
from stack.ports import find_free
from tests.jobs import claim_run
from tests.training import quick, train_once
from tests.unit.ml.examples import table
from tests.waiting import until

DAY = 86400.0


@pytest.fixture
def environ(database_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "GATEHOUSE_SECRET_KEY": "k" * 40,
        "GATEHOUSE_AUTH": "off",
        "GATEHOUSE_DATA": str(tmp_path),
        "GATEHOUSE_TRAINER_PORT": str(find_free()),
    }


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    return load(environ)


def history(stores: Stores, version: int, truth: Table) -> None:
    """A month of stored predictions, a row each, oldest first, all labelled."""
    now = time.time()
    count = len(truth.labels)
    events: list[Event] = []
    for i, (row, label) in enumerate(zip(truth.rows.tolist(), truth.labels.tolist(), strict=True)):
        name = f"t{i:05d}"
        at = now - 30 * DAY + i * (29.9 * DAY / count)
        values = [None if value != value else value for value in row]
        events.append(
            Prediction(
                id=name,
                transaction_id=name,
                timestamp=at,
                score=0.5,
                decision="REVIEW",
                threshold=0.6,
                model_version=version,
                feature_values=values,
            )
        )
        kind = "fraud" if label else "legit"
        events.append(Label(id=name, transaction_id=name, timestamp=now, label=kind, source="analyst"))
    stores.writer.store(events, now)


def champion(stores: Stores, learnt: Table) -> int:
    version = registry.save(stores.database, training.train(learnt, quick()))
    models.promote(stores.live, stores.database, version)
    return version


def shuffled() -> Table:
    """Labels that have nothing to do with the rows: a champion of this knows nothing."""
    whole = table()
    return dataclasses.replace(whole, labels=np.random.default_rng(1).permutation(whole.labels))


def ask(stores: Stores, kind: training_runs.Kind, **options: object) -> int:
    with stores.database.transaction() as connection:
        return training_runs.request(connection, kind, time.time(), "why", f"{kind}-1", "anna", options=options)


def work(stores: Stores) -> training_runs.Run:
    assert train_once(stores, time.time())
    return training_runs.listed(stores.database)[0]


def test_a_better_challenger_is_promoted_and_on_record(stores: Stores) -> None:
    old = champion(stores, shuffled())
    history(stores, old, table())
    ask(stores, "scheduled")
    run = work(stores)
    assert (run.state, run.progress) == ("done", 1.0)
    assert run.comparison is not None
    assert run.comparison["verdict"] == "better"
    assert run.comparison["champion_version"] == old
    assert run.comparison["rows"] < 3000 / 4
    assert models.champion(stores.live, stores.database) == run.version != old
    assert run.version is not None
    card = models.card(stores.database, run.version)
    assert card is not None
    assert card["split"]["test_rows"] == run.comparison["rows"]
    (row,) = chain.listed(stores.database, chain.Filter(action="model.promote"))
    assert (row.actor, row.target) == ("anna", "model:champion")


def test_an_equal_challenger_is_refused_and_nothing_changes(stores: Stores) -> None:
    old = champion(stores, table())
    history(stores, old, table(seed=8))
    ask(stores, "emergency")
    run = work(stores)
    assert run.state == "refused"
    assert "no different" in run.message or "worse" in run.message
    assert models.champion(stores.live, stores.database) == old


def test_a_better_one_may_wait_for_a_person(stores: Stores) -> None:
    old = champion(stores, shuffled())
    history(stores, old, table())
    ask(stores, "manual", promote="ask", algorithm="forest")
    run = work(stores)
    assert "waiting for a decision" in run.message
    assert models.role(stores.database, "challenger") == run.version
    assert models.champion(stores.live, stores.database) == old
    assert run.decision == "waiting"
    assert run.version is not None
    models.promote(stores.live, stores.database, run.version, actor="olga")
    decided = training_runs.one(stores.database, run.id)
    assert decided is not None
    assert (decided.decision, decided.decided_by) == ("promoted", "olga")


def test_a_later_one_that_asks_takes_the_place_of_one_that_waits(stores: Stores) -> None:
    old = champion(stores, shuffled())
    history(stores, old, table())
    for key in ("first", "second"):
        with stores.database.transaction() as connection:
            training_runs.request(connection, "manual", time.time(), "", key, key, options={"promote": "ask"})
        work(stores)
    second, first = training_runs.listed(stores.database)
    assert (second.decision, models.role(stores.database, "challenger")) == ("waiting", second.version)
    assert (first.decision, first.decided_by, first.superseded_by) == (
        "refused",
        f"training run {second.id}",
        second.id,
    )
    with (
        stores.database.transaction() as connection,
        pytest.raises(BadInput, match="run is not waiting for a decision"),
    ):
        training_decisions.promote(connection, stores.audit, first.id, "olga", time.time())
    (row,) = chain.listed(stores.database, chain.Filter(action="training.supersede"))
    assert (row.actor, row.target) == ("second", f"run:{first.id}")
    now, before = Runs(stores.database).listed().runs
    assert (now.decision, before.decision, before.superseded_by) == ("waiting", "refused", second.id)


def test_too_few_labels_fail_the_run_with_a_reason(stores: Stores) -> None:
    old = champion(stores, table())
    ask(stores, "scheduled")
    assert work(stores).state == "failed"
    history(stores, old, table(100))
    with stores.database.transaction() as connection:
        training_runs.request(connection, "scheduled", time.time(), "", "second", "anna")
    run = work(stores)
    assert (run.state, run.version) == ("failed", None)
    assert "frauds are known in the newest 7 days; 20 are needed" in run.message
    assert len(models.listing(stores.database)) == 1


def test_a_run_that_was_taken_over_promotes_nothing(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    old = champion(stores, shuffled())
    history(stores, old, table())
    run = ask(stores, "scheduled")
    right = registry.save

    def slow(database: Database, artefact: object, seal: ModelSeal) -> int:
        assert claim_run(database, "another", time.time() + 1000) is not None
        return right(database, artefact, seal)  # type: ignore[arg-type]

    monkeypatch.setattr(registry, "save", slow)
    assert train_once(stores, time.time())
    found = training_runs.one(stores.database, run)
    assert found is not None
    assert (found.state, found.claimed_by) == ("running", "another")
    assert models.champion(stores.live, stores.database) == old


def test_a_bug_fails_the_run_and_does_not_come_back(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(stores, "scheduled")
    monkeypatch.setattr("ml.train.retraining.perform", lambda *_: 1 / 0)
    run = work(stores)
    assert run.state == "failed"
    assert "ZeroDivisionError" in run.message


def test_the_weekly_run_is_asked_for_once(stores: Stores) -> None:
    now = time.time()
    rules = quick().retraining
    first = worker.ask_weekly(stores, rules, now)
    assert worker.ask_weekly(stores, rules, now + 1) == first
    (run,) = training_runs.listed(stores.database)
    assert (run.kind, run.due_at.strftime("%A %H:%M")) == ("scheduled", "Sunday 02:00")
    assert run.due_at > to_datetime(now)
    assert claim_run(stores.database, "w", now) is None


def test_an_emergency_starts_at_once_whatever_its_deadline(stores: Stores) -> None:
    with stores.database.transaction() as connection:
        training_runs.request(connection, "emergency", time.time() + DAY, "drift", "e", "alerts")
    assert claim_run(stores.database, "w", time.time()) is not None


def test_every_process_of_the_service_knows_every_run(stores: Stores, settings: Settings) -> None:
    old = champion(stores, shuffled())
    history(stores, old, table())
    first, second = create(settings), create(settings)
    here = {"environ_base": {"REMOTE_ADDR": "127.0.0.1"}}
    try:
        assert Client(first).get("/train", **here).status_code == 404
        asked = Client(first).post("/train", json={"promote": "better"}, **here)
        assert (asked.status_code, asked.json["state"]) == (202, "queued")
        assert Client(second).post("/train", json={}, **here).status_code == 409
        work(stores)
        told = Client(second).get("/api/v1/ml/train", **here).json
        assert (told["run"], told["state"]) == (asked.json["run"], "done")
        assert told["comparison"]["verdict"] == "better"
        runs = Client(first).get("/api/v1/ml/training-runs", **here).json["runs"]
        assert [run["run"] for run in runs] == [told["run"]]
        assert Client(first).post("/train", json={"promote": "soon"}, **here).status_code == 400
    finally:
        for app in (first, second):
            app.extensions["serving"].stop()
            app.close()


def test_a_killed_workers_run_is_done_by_the_next(
    stores: Stores, environ: dict[str, str], db: Database, live: Live
) -> None:
    """The process is killed while it holds the run; a lease later another one finishes it."""
    old = champion(stores, shuffled())
    history(stores, old, table())
    run = ask(stores, "manual", promote="always")
    process = subprocess.Popen([sys.executable, "-m", "ml", "worker"], env={**os.environ, **environ})
    try:
        found = until(lambda: (one := training_runs.one(db, run)) and one.state != "queued" and one)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    assert found.state == "running"
    assert train_once(stores, time.time() + queue.LEASE_SECONDS + 1)
    done = training_runs.one(db, run)
    assert done is not None
    assert (done.state, done.attempts) == ("done", 2)
    assert models.champion(live, db) == done.version


def test_a_run_that_is_asked_to_stop_ends_and_keeps_nothing(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    old = champion(stores, shuffled())
    history(stores, old, table())
    run = ask(stores, "manual", promote="always")
    right = queue.renew

    def stopping(database: Database, job: Job, *rest: object) -> None:
        with database.transaction() as connection:
            assert training_decisions.cancel(connection, stores.audit, run, "olga", time.time()) == "asked"
        right(database, job, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(queue, "renew", stopping)
    assert work(stores).state == "cancelled"
    done = training_runs.one(stores.database, run)
    assert done is not None
    assert (done.stop_by, done.message, done.version) == ("olga", "stopped by olga; nothing was promoted", None)
    assert len(models.listing(stores.database)) == 1
    assert models.champion(stores.live, stores.database) == old


@pytest.mark.parametrize("algorithm", ["forest", "ensemble"])
def test_a_forest_stops_between_trees(stores: Stores, monkeypatch: pytest.MonkeyPatch, algorithm: str) -> None:
    old = champion(stores, shuffled())
    history(stores, old, table())
    run = ask(stores, "manual", promote="always", algorithm=algorithm)
    said: list[str] = []
    right = Work.tell

    def stopping(self: Work, share: float, what: str) -> None:
        said.append(what)
        if what.startswith("growing a forest, tree 3 "):
            with stores.database.transaction() as connection:
                assert training_decisions.cancel(connection, stores.audit, run, "olga", time.time()) == "asked"
        right(self, share, what)

    monkeypatch.setattr(Work, "tell", stopping)
    monkeypatch.setattr(runner, "STOP_SECONDS", 0.0)
    assert work(stores).state == "cancelled"
    assert said[-1].startswith("growing a forest, tree 3 of ")
    assert len(models.listing(stores.database)) == 1


def test_the_stages_of_a_run_are_on_record(stores: Stores) -> None:
    old = champion(stores, shuffled())
    history(stores, old, table())
    ask(stores, "manual")
    run = work(stores)
    what = [stage.what for stage in run.stages]
    assert what[0] == "started"
    assert {"reading stored labels", "boosting", "comparing with the champion", "registering the model"} <= set(what)
    assert what.count("boosting") == 1
    assert [stage.share for stage in run.stages] == sorted(stage.share for stage in run.stages)


def test_a_stop_at_the_last_moment_keeps_the_champion(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    old = champion(stores, shuffled())
    history(stores, old, table())
    run = ask(stores, "manual", promote="always")
    right = registry.save

    def stopping(*given: object) -> int:
        with stores.database.transaction() as connection:
            training_decisions.cancel(connection, stores.audit, run, "olga", time.time())
        return right(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(registry, "save", stopping)
    assert work(stores).state == "cancelled"
    assert models.champion(stores.live, stores.database) == old


def test_a_run_whose_worker_died_can_be_cancelled_though_no_other_works(stores: Stores) -> None:
    run = ask(stores, "manual")
    now = time.time()
    job, _ = claim_run(stores.database, "dead", now) or pytest.fail("nothing is due")
    with stores.database.transaction() as connection:
        later = now + queue.LEASE_SECONDS + 1
        assert training_decisions.cancel(connection, stores.audit, run, "olga", later) == "cancelled"
    ended = training_runs.one(stores.database, run)
    assert ended is not None
    assert (ended.state, ended.message) == ("cancelled", "cancelled by olga; its worker had ended")
    with pytest.raises(Lost):
        queue.renew(stores.database, job, 0.5, "boosting", now)
