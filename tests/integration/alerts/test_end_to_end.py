"""The four rules from condition to resolve, by a real worker and receivers that answer as the real ones do.

condition → for → incident → messages at the receivers → action and its effect → recovery → revert → resolve. The limits
are the shipped ones; only lengths of time are short.
"""

import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import urllib3
from sqlalchemy import text

from core import clock
from core.alerting import action_runs, scale_targets
from core.db.engine import Database
from core.db.redis_client import Live
from core.events.types import Event, Prediction, Security
from core.models import registry as models
from core.models import roles, training_runs
from core.pipeline.writer import Writer
from core.security import account_locks, threat_store
from core.settings import ROOT
from core.transactions import policies
from ml import registry
from ml.train import training
from simulator.receiving import run as receivers
from simulator.receiving.run import Receivers
from stack.ports import find_free
from stack.scaling import Scaling
from tests import waiting
from tests.serving import served
from tests.unit.ml.examples import config, table

TOKEN = secrets.token_urlsafe(32)
RULES = """
[[rule]]
id = "A1"
title = "Fraud rate"
summary = "{value:.1f} % of the transactions are blocked (limit {limit:g} %)"
kind = "window"
severity = "high"
for = "2s"
keep_firing_for = "1s"
unit = "%"
channels = ["pagerduty"]
actions = ["strict-policy"]
security_event = true
parameters = { metric = "fraud_rate", window = "20s", above = 3.0, recovered_below = 2.5, minimum = 20 }

[[rule]]
id = "A2"
title = "API latency p95"
summary = "Scoring takes {value:.0f} ms (limit {limit:g} ms)"
kind = "window"
severity = "medium"
for = "2s"
keep_firing_for = "1s"
unit = "ms"
channels = ["slack-engineering"]
actions = ["scale-backend", "profile-scoring"]
parameters = { metric = "latency_p95", window = "20s", above = 100, recovered_below = 80, minimum = 5 }

[[rule]]
id = "A3"
title = "Feature drift"
summary = "{feature} has drifted: KL divergence {value:.3f} (limit {limit:g})"
kind = "drift"
severity = "medium"
keep_firing_for = "1s"
no_data_after = "1d"
channels = ["email-ml"]
actions = ["emergency-retraining", "ensemble-model"]
parameters = { above = 0.15, recovered_below = 0.10, minimum = 100, days = 7 }

[[rule]]
id = "A4"
title = "Failed MFA attempts"
summary = "{value:.0f} wrong second factors for {account} ({realm})"
kind = "mfa"
severity = "critical"
keep_firing_for = "1s"
channels = ["sms-security"]
actions = ["lock-account", "list-threat", "security-incident"]
security_event = true
parameters = { attempts = 3, window = "20s" }
"""
Until = Callable[[Callable[[], Any], str], Any]


class Platform:
    """What happens on the platform: a thread stores events of this moment; the test turns disturbances on and off."""

    def __init__(self, database: Database, version: int) -> None:
        self.version = version
        self.frauds = self.slow = self.odd = self.guesses = False
        self.extra = self.odd_ones = self.ordinary_ones = 0
        self._writer = Writer(database, 0.70)
        self._random = np.random.default_rng(3)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        """No more."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.5):
            now = clock.now()
            events: list[Event] = [self._prediction(now, n) for n in range(20 + self.extra)]
            if self.guesses:
                events.append(self._guess(now))
            self._writer.store(events, now)

    def _prediction(self, now: float, number: int) -> Prediction:
        score = 0.9 if self.frauds and number % 8 == 0 else 0.65 if number == 1 and self.frauds else 0.1
        speed = self._random.normal(4.0 if self.odd else 0.0)
        self.odd_ones += self.odd
        self.ordinary_ones += not self.odd
        found = Prediction(
            id=secrets.token_hex(8), timestamp=now, transaction_id=secrets.token_hex(8), score=score,
            threshold=0.6, model_version=self.version, latency_ms=300.0 if self.slow else 8.0,
            feature_values=[speed, float(self._random.random() < 0.3), self._random.uniform(0, 100)],
        )  # fmt: skip
        found.decision = "BLOCKED" if score >= 0.7 else "REVIEW" if score >= 0.4 else "APPROVED"
        return found

    def _guess(self, now: float) -> Security:
        return Security(
            id=secrets.token_hex(8), timestamp=now, severity="medium", text="wrong one-time code",
            category="authentication", action="mfa", outcome="failure", actor="operator.kim", ip="203.0.113.66",
            source="platform",
        )  # fmt: skip


class Scene:
    """Everything that runs, and what the test asks of it."""

    def __init__(self, database: Database, live: Live, ends: Receivers, platform: Platform, api: str) -> None:
        self.database, self.live, self.ends, self.platform, self.api = database, live, ends, platform, api

    def rows(self, statement: str, **values: Any) -> list[Any]:
        with self.database.transaction() as connection:
            return list(connection.execute(text(statement), values))

    def incident(self, rule: str, kind: str = "alert") -> Any:
        found = self.rows("SELECT id, status FROM incidents WHERE rule = :rule AND kind = :kind", rule=rule, kind=kind)
        return found[0] if found else None

    def runs(self, rule: str) -> dict[str, Any]:
        found = self.incident(rule)
        with self.database.transaction() as connection:
            return {run.action: run for run in action_runs.of_incident(connection, found.id)} if found else {}

    def arrived(self, receiver: str, event: str = "") -> list[Any]:
        return [one for one in self.ends.inbox.arrivals(receiver) if one.taken and event in ("", one.event)]

    def steps(self, rule: str) -> list[str]:
        statement = "SELECT text FROM incident_events WHERE incident_id = :id AND kind = 'action' ORDER BY id"
        return [row[0] for row in self.rows(statement, id=self.incident(rule).id)]

    def until(self, reached: Callable[[], Any], what: str, seconds: float = 120.0) -> Any:
        """What `reached` gives once it is true."""
        return until(reached, what, seconds, self.stand)

    def stand(self) -> str:
        """How rules, actions and replicas stand."""
        states = self.rows("SELECT rule, series, phase, health, value FROM alert_states WHERE phase <> 'inactive'")
        runs = self.rows("SELECT action, state, message FROM action_runs ORDER BY id")
        return "\n".join(map(str, [*states, *runs, target(self.database)]))

    def policy_on_the_page(self) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = urllib3.request("GET", f"{self.api}/api/monitoring/fraud_scatter", headers=headers, timeout=10)
        return dict(answer.json()["policy"])


def until(reached: Callable[[], Any], what: str, seconds: float = 90.0, why: Callable[[], str] = str) -> Any:
    """What `reached` gives once it is true; in vain, `why` says how things stand."""
    if not (found := waiting.until(reached, seconds)):
        pytest.fail(f"waited in vain for: {what}; {why()}")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration with short lengths of time."""
    found = tmp_path / "config"
    shutil.copytree(ROOT / "config", found)
    (found / "rules.toml").write_text(RULES)
    alerts = (found / "alerts.toml").read_text()
    (found / "alerts.toml").write_text(re.sub(r"^interval = .*$", "interval = 0.5", alerts, flags=re.M))
    actions = (found / "actions.toml").read_text()
    actions = actions.replace('service = "scoring", seconds = 10', 'service = "api", seconds = 1')
    actions = re.sub(r"^least_minutes = .*$", "", actions, flags=re.M)
    (found / "actions.toml").write_text(actions)
    return found


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[Receivers]:
    """The receivers, as the real ones answer."""
    found = receivers.start("127.0.0.1", (0, 0), tmp_path / "receivers")
    yield found
    found.close()


@pytest.fixture
def scene(
    database_url: str, redis_url: str, db: Database, live: Live, tmp_path: Path, folder: Path, ends: Receivers
) -> Iterator[Scene]:
    """A worker, the monitoring API, the stack's scaling, receivers and the platform."""
    variables = {
        **ends.variables,
        "GATEHOUSE_CONFIG": str(folder),
        "GATEHOUSE_AUTH": "on",
        "GATEHOUSE_SECRET_KEY": "the key of this test, long enough for anybody",
        "GATEHOUSE_INTERNAL_TOKEN": TOKEN,
        "GATEHOUSE_ALERTS_PORT": str(find_free()),
        "GATEHOUSE_SCALE_SERVICE": "api",
    }
    artefact = training.train(table(), config())
    champion, ensemble = registry.save(db, artefact), registry.save(db, artefact)
    models.promote(live, db, champion)
    with db.transaction() as connection:
        roles.assign(connection, ensemble, "ensemble", actor="test")
    with served(database_url, redis_url, tmp_path, variables=variables) as (url, server):
        scaling = Scaling(Database(database_url, pool_size=1), lambda: {"api": server.pid})
        scaling.start()
        until(lambda: target(db), "the stack's report")
        known = load_settings(variables, database_url, redis_url)
        policies.ensure(live, db, known.config.policy)
        stores = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)}
        environ = {**variables, **stores, "GATEHOUSE_API_URL": url, "GATEHOUSE_METRICS_PORT": str(find_free())}
        with Running("collector", environ, tmp_path), Running("alerts", environ, tmp_path):
            platform = Platform(db, champion)
            yield Scene(db, live, ends, platform, url)
            platform.close()
        scaling.stop()


def load_settings(variables: dict[str, str], database_url: str, redis_url: str) -> Any:
    from core import settings

    return settings.load({**variables, "DATABASE_URL": database_url, "REDIS_URL": redis_url})


class Running:
    """`python -m <room>` until the block ends; then its log must hold no stack trace."""

    def __init__(self, room: str, environ: dict[str, str], folder: Path) -> None:
        self._room, self._log = room, folder / f"{room}.log"
        self._environ = {**os.environ, **environ}

    def __enter__(self) -> None:
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", self._room]
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environ, stdout=log, stderr=log)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)
        said = self._log.read_text()
        assert "Traceback" not in said, said[-3000:]


def target(database: Database) -> Any:
    with database.transaction() as connection:
        return scale_targets.one(connection, "api")


@pytest.mark.timeout(900)
def test_condition_incident_message_action_effect_recovery_revert_resolve(scene: Scene) -> None:
    platform = scene.platform
    scene.until(lambda: scene.rows("SELECT 1 FROM alert_states WHERE rule = 'A1'"), "the first evaluation")
    assert scene.policy_on_the_page()["profile"] == "normal"
    # A3: mail, a training run due within a day, the ensemble scores.
    platform.odd = True
    scene.until(lambda: scene.arrived("email") or scene.arrived("smtp"), "A3 by mail")
    scene.until(lambda: scene.runs("A3").get("ensemble-model") and champion(scene) != platform.version, "the ensemble")
    platform.odd, platform.extra = False, 300
    [wanted] = training_runs.listed(scene.database)
    assert wanted.kind == "emergency"
    assert wanted.due_at.timestamp() <= clock.now() + 24 * 3600
    scene.until(lambda: platform.ordinary_ones > 15 * platform.odd_ones, "the drift to be outweighed", 180)
    platform.extra = 0

    # A1: PagerDuty, and the stricter profile shows on the live page.
    platform.frauds = platform.slow = platform.guesses = True
    scene.until(lambda: scene.arrived("pagerduty", "trigger"), "A1 at PagerDuty")
    scene.until(lambda: scene.policy_on_the_page()["block_from"] == 0.60, "the strict profile on the live page")
    first = scene.arrived("pagerduty", "trigger")[0]
    assert first.key == scene.incident("A1").id
    # A2: Slack, two more workers, a flame graph kept.
    scene.until(lambda: scene.arrived("slack"), "A2 at Slack")
    scene.until(lambda: target(scene.database).actual == 3, "two more workers")
    profile = scene.until(
        lambda: (run := scene.runs("A2").get("profile-scoring")) and run.state == "applied" and run, "a profile"
    )
    with scene.database.transaction() as connection:
        [artefact] = action_runs.artefacts(connection, profile.id)
    assert artefact.content_type == "image/svg+xml"
    # A4: SMS, the account locked, the address listed, a security incident with the same correlation id.
    scene.until(lambda: scene.arrived("twilio"), "A4 by SMS")
    scene.until(lambda: scene.incident("A4", "security"), "a security incident")
    with scene.database.transaction() as connection:
        assert [one.account for one in account_locks.listed(connection, clock.now())] == ["operator.kim"]
        assert [one.value for one in threat_store.everything(connection, clock.now())] == ["203.0.113.66"]
    [(same,)] = scene.rows("SELECT count(DISTINCT correlation_id) FROM incidents WHERE rule = 'A4'")
    assert same == 1

    # Everything recovers: the model that scores now sees ordinary people, nobody is slow, nobody guesses.
    platform.version = champion(scene)
    platform.frauds = platform.slow = platform.guesses = False
    platform.extra = 60
    for rule in ("A1", "A2", "A3", "A4"):
        scene.until(lambda rule=rule: scene.incident(rule).status == "resolved", f"{rule} resolved")
    scene.until(lambda: scene.arrived("pagerduty", "resolve"), "the resolve at PagerDuty")
    scene.until(lambda: scene.policy_on_the_page()["block_from"] == 0.70, "the normal profile on the live page")
    scene.until(lambda: target(scene.database).actual == 1, "one worker again")
    scene.until(lambda: scene.runs("A3")["ensemble-model"].state == "reverted", "the champion back")
    states = {name: run.state for rule in ("A1", "A2", "A3", "A4") for name, run in scene.runs(rule).items()}
    assert states == {
        "strict-policy": "reverted", "scale-backend": "reverted", "profile-scoring": "applied",
        "emergency-retraining": "applied", "ensemble-model": "reverted", "lock-account": "applied",
        "list-threat": "applied", "security-incident": "applied",
    }  # fmt: skip
    assert scene.incident("A4", "security").status == "open"  # people end that one
    for rule, number in (("A1", 2), ("A2", 3), ("A3", 3), ("A4", 3)):
        assert len(scene.steps(rule)) == number, scene.steps(rule)
    assert len(scene.arrived("pagerduty", "trigger")) == 1


def applied(scene: Scene, rule: str, action: str) -> Any:
    run = scene.runs(rule).get(action)
    return run if run is not None and run.state == "applied" else None


def champion(scene: Scene) -> int:
    with scene.database.transaction() as connection:
        found = roles.holder(connection, "champion")
    assert found is not None
    return found
