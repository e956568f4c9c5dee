"""The decision policy at its edges, for both profiles of SPEC."""

import pytest

from core.policy import Policy, decide

NORMAL = Policy(1, "normal", 0.60, 0.40, 0.70)
STRICT = Policy(2, "strict", 0.50, 0.40, 0.60)


@pytest.mark.parametrize(
    ("policy", "score", "decision"),
    [
        (NORMAL, 0.0, "APPROVED"),
        (NORMAL, 0.3999, "APPROVED"),
        (NORMAL, 0.40, "REVIEW"),
        (NORMAL, 0.6999, "REVIEW"),
        (NORMAL, 0.70, "BLOCKED"),
        (NORMAL, 1.0, "BLOCKED"),
        (STRICT, 0.5999, "REVIEW"),
        (STRICT, 0.60, "BLOCKED"),
    ],
)
def test_edges(policy: Policy, score: float, decision: str) -> None:
    assert decide(score, policy) == decision


def test_a_version_of_the_policy_never_changes() -> None:
    """Threads share it; a change is a new version."""
    with pytest.raises(AttributeError):
        NORMAL.block_from = 0.0  # type: ignore[misc]
