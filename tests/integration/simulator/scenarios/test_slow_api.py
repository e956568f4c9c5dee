"""slow-api brings enough slow predictions to lift p95."""

from dataclasses import replace
from pathlib import Path

from core.settings import load
from simulator.scenarios.slow_api import sense, typical_ms
from tests.serving import served
from tests.unit.simulator.scenarios.play import pieces
from tests.waiting import until


def test_predictions_and_requests_are_slow() -> None:
    events = [event for piece in pieces("slow-api") for event in piece.events]
    predictions = [event for event in events if event["kind"] == "prediction"]
    requests = [event for event in events if event["kind"] == "request"]
    assert len(predictions) > 30
    assert sum(event["latency_ms"] > 100 for event in predictions) > 0.9 * len(predictions)
    assert sum(event["duration_ms"] > 1000 for event in requests) > 0.7 * len(requests)


def test_more_scoring_workers_shorten_the_queue() -> None:
    found = [typical_ms(workers) for workers in (1, 2, 3, 6)]
    assert found[0] > 200
    assert found[2] < 30
    assert found == sorted(found, reverse=True)


def test_the_workers_are_read_from_the_service_itself(database_url: str, redis_url: str, tmp_path: Path) -> None:
    variables = {"GATEHOUSE_AUTH": "off"}
    with served(database_url, redis_url, tmp_path, workers=2, variables=variables) as (url, _):
        known = replace(load({}), scoring_url=url)
        assert until(lambda: sense(known) == 2)
    assert sense(replace(load({}), scoring_url="http://127.0.0.1:9")) == 1
