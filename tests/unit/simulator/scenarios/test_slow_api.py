"""slow-api brings enough slow predictions to lift p95."""

from tests.unit.simulator.scenarios.play import pieces


def test_predictions_and_requests_are_slow() -> None:
    events = [event for piece in pieces("slow-api") for event in piece.events]
    predictions = [event for event in events if event["kind"] == "prediction"]
    requests = [event for event in events if event["kind"] == "request"]
    assert len(predictions) > 30
    assert sum(event["latency_ms"] > 100 for event in predictions) > 0.9 * len(predictions)
    assert sum(event["duration_ms"] > 1000 for event in requests) > 0.7 * len(requests)
