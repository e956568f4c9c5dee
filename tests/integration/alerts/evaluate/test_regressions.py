"""The scenario bad-deploy becomes two incidents of the shipped rule, and a roll-back resolves them."""

import time
import tomllib
from collections.abc import Callable

import numpy as np

from alerts.evaluate.evaluator import Evaluator
from collector.deploys import DeployWatch
from core import codec
from core.db.engine import Database
from core.endpoints.deploys import Announced, announce
from core.events import types as events
from core.performance_config import DeploysConfig
from core.pipeline.writer import Writer
from core.policy import Policy
from core.settings import ROOT
from simulator.scenario import Moment
from simulator.scenarios.bad_deploy import SERVICE, happen
from tests.integration.alerts.making import rows
from tests.unit.simulator.scenarios.play import CONFIG

PIECE = 20  # seconds


def shipped() -> str:
    """The rule as rules.toml has it."""
    text = (ROOT / "config" / "rules.toml").read_text()
    rule = next(block for block in text.split("[[rule]]") if '\nid = "regression"' in block)
    assert tomllib.loads(rule)["kind"] == "regression"
    return f"[[rule]]{rule}".replace('["slack-engineering"]', '["log"]').replace(
        'depends_on = ["collector", "postgres"]\n', ""
    )


def play(db: Database, start: float, seconds: int, now: float) -> None:
    """The scenario's first seconds, stored as the collector does."""
    rng = np.random.default_rng(7)
    sent = []
    for number in range(0, seconds, PIECE):
        begin = start + number
        sent += happen(Moment(rng, begin, begin + PIECE, float(number), f"run-{number}", CONFIG)).events
    good, bad = events.parse(
        codec.encode(sent), now, Policy(1, "normal", 0.6, 0.4, 0.7), sender="token:t", most=len(sent)
    )
    assert not bad
    assert len({event.id for event in good}) == len(good)
    Writer(db, 0.7).store(good, now)


def incidents(db: Database) -> dict[str, tuple[str, str]]:
    found = rows(db, "SELECT series, status, summary FROM incidents WHERE rule = 'regression'")
    return {series: (status, summary) for series, status, summary in found}


def test_a_bad_deploy_is_an_incident_until_it_is_rolled_back(worker: Callable[..., Evaluator], db: Database) -> None:
    evaluator = worker(shipped())
    start = (time.time() - 600) // 60 * 60 + 5
    now = start + 215
    play(db, start, 200, now)
    evaluator.step(now - 100)
    assert not incidents(db)
    watch = DeployWatch(db, DeploysConfig())
    watch.step(now)
    evaluator.step(now + 1)
    found = incidents(db)
    assert set(found) == {f"{SERVICE} POST /orders", f"{SERVICE} GET /tickets/{{id}}"}
    assert {status for status, _ in found.values()} == {"open"}
    assert "% slower (p95" in found[f"{SERVICE} POST /orders"][1]
    assert "% errors (before" in found[f"{SERVICE} GET /tickets/{{id}}"][1]

    announce(db, Announced(SERVICE, "back", now + 5, True), now + 5, 50)
    evaluator.step(now + 10)
    assert {status for status, _ in incidents(db).values()} == {"resolved"}
