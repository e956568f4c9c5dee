"""mfa-attack brings at least three failed codes for one account within five minutes."""

from tests.unit.simulator.scenarios.play import pieces


def test_failed_codes_for_one_account() -> None:
    events = [event for piece in pieces("mfa-attack", 240) for event in piece.events]
    assert len(events) >= 3
    assert {(event["action"], event["outcome"], event["actor"]) for event in events} == {
        ("mfa", "failure", "operator.kim")
    }
    assert len({event["ip"] for event in events}) <= 2
