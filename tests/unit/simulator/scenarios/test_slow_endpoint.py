"""slow-endpoint brings outliers of one endpoint, whose median does not show them."""

from tests.unit.simulator.scenarios.play import pieces


def test_a_few_orders_are_slow_and_say_where_they_waited() -> None:
    events = [event for piece in pieces("slow-endpoint") for event in piece.events]
    outliers = [event for event in events if event["kind"] == "outlier"]
    assert len(outliers) >= 3
    assert len({event["request"] for event in outliers}) == len(outliers)
    assert all(event["seconds"] > event["limit_seconds"] for event in outliers)
    for event in outliers:
        names = [[event["frames"][place]["name"] for place in stack["frames"]] for stack in event["stacks"]]
        assert sum("checkout.stock.reserve" in stack for stack in names) >= 3
    hits = sum(event["hits"] for event in events if event["kind"] == "endpoint")
    assert len(outliers) < 0.1 * hits
