"""Overrides: both directions, judged only by what outranks an analyst."""

from console.analytics.scorecard.overrides import overrides


def test_both_directions() -> None:
    released, called = overrides(
        [
            (True, True, None, 60), (True, False, None, 10), (True, False, False, 24), (True, False, True, 6),
            (False, False, None, 5), (False, True, True, 3),
        ]
    )  # fmt: skip
    assert (released.reviewed, released.overridden, released.rate) == (100, 40, 0.4)
    assert (released.judged, released.right, released.share) == (30, 24, 0.8)
    assert released.low is not None
    assert released.low > 0.5
    assert (called.reviewed, called.overridden, called.judged, called.right) == (8, 3, 3, 3)
    assert called.rate is called.share is called.low is None, "too few"


def test_nothing_was_reviewed() -> None:
    assert [one.reviewed for one in overrides([])] == [0, 0]
