"""fraud-spike brings frauds, a few a minute."""

from tests.unit.simulator.scenarios.play import pieces


def test_frauds_come_several_a_minute() -> None:
    items = [item for piece in pieces("fraud-spike", 240) for item in piece.transactions]
    assert 8 <= len(items) <= 40
    assert all(item.fraud for item in items)
    assert len({item.kind for item in items}) >= 3
