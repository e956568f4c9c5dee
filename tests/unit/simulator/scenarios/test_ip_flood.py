"""ip-flood: one address is far over the limit, three stay below it."""

from collections import Counter

from tests.unit.simulator.scenarios.play import pieces


def test_one_address_floods_and_three_stay_near_the_limit() -> None:
    counts = Counter(event["ip"] for piece in pieces("ip-flood", 60) for event in piece.events)
    (_, flood), *others = counts.most_common()
    assert flood > 300
    assert len(others) == 3
    assert all(90 <= n < 100 for _, n in others)
