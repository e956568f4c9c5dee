"""How sure a decision is, at and around each limit, and that it is that of the stored score."""

import math
import struct

import pytest

from core.policy import Policy
from core.transactions import confidence
from core.transactions.confidence import UNKNOWN

POLICY = Policy(version=1, profile="normal", fraud_threshold=0.6, review_from=0.4, block_from=0.7)
LIMITS = confidence.thresholds(POLICY)


@pytest.mark.parametrize(
    ("score", "letter"),
    [
        (0.0, "H"), (0.19, "H"), (0.199999, "H"), (0.2, "M"), (0.299999, "M"), (0.3, "L"), (0.4, "L"), (0.5, "L"),
        (0.7, "L"), (0.8, "L"), (0.800001, "M"), (0.9, "M"), (0.900001, "H"), (1.0, "H"),
    ],
)  # fmt: skip
def test_the_nearest_threshold_decides(score: float, letter: str) -> None:
    assert confidence.letters([score], [LIMITS]) == [letter]


def test_a_score_counts_as_it_is_stored() -> None:
    for score in (0.2, 0.3, 0.8, 0.9):
        stored = struct.unpack("f", struct.pack("f", score))[0]
        assert confidence.letters([score], [LIMITS]) == confidence.letters([stored], [LIMITS])


def test_without_a_policy_nothing_is_known() -> None:
    assert confidence.letters([0.1, 0.1], [UNKNOWN, LIMITS]) == [None, "H"]
    assert confidence.letters([], []) == []
    assert all(math.isnan(one) for one in UNKNOWN)
    assert confidence.letters([0.5], [(0.0, math.nan, 1.0)]) == [None], "a policy is known whole or not at all"
