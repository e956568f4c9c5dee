"""The `heartbeat` check: age against the baseline, and the service's own word."""

import pytest

from collector.probe_result import judge
from collector.probes.heartbeat import probe
from core.db.engine import Database
from core.events.types import Heartbeat
from core.pipeline.writer import Writer
from tests.integration.collector.probes.peer import NOW, service, tools


@pytest.mark.parametrize(
    ("age", "said", "judged"),
    [(1, "UP", "UP"), (130, "UP", "SLOW"), (301, "UP", "DOWN"), (1, "SLOW", "SLOW"), (1, "DOWN", "DOWN")],
)
def test_silence_is_judged_by_its_age(db: Database, age: float, said: str, judged: str) -> None:
    Writer(db, 0.7).store([Heartbeat(id="h", service="x", timestamp=NOW - age, status=said)], NOW)  # type: ignore[arg-type]
    watched = service("heartbeat", baseline_ms=60_000, slow_factor=2)
    assert judge(probe(watched, tools(database=db)), watched) == judged


def test_no_heartbeat_ever_is_down(db: Database) -> None:
    assert probe(service("heartbeat"), tools(database=db)).detail == "no heartbeat has ever arrived"


def test_an_unknown_truth_is_not_up() -> None:
    assert not probe(service("heartbeat"), tools()).up
