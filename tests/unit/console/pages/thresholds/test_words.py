"""One sentence says how the simulator counted."""

from datetime import UTC, datetime, timedelta

import pytest

from console.pages.thresholds.words import way_said
from console.thresholds.coverage import Coverage, Way
from console.thresholds.history import History
from core.config import HoldoutConfig
from core.transactions.thresholds import curve

RULES = HoldoutConfig(least_labelled=30, covered=0.5, represented=0.5, expected=10)
START = datetime(2026, 1, 11, tzinfo=UTC)


def counted(way: Way, days: int, held_out: int, would_block: int = 3000) -> History:
    """Thirty days of which the hold-out covers the last `days`."""
    factors = {START + timedelta(days=20 - days + n): 1.0 for n in range(days)}
    found = Coverage(30, factors, held_out, would_block, would_block * days // 30, 0.0)
    return History(curve([], 1.0), way, found, 0, 0, would_block, 0, held_out, 0, [], None, None)


@pytest.mark.parametrize(
    ("way", "days", "held_out", "said"),
    [
        ("none", 0, 0, "No hold-out transaction has a label in this range"),
        ("few", 30, 1, "1 of the hold-out has a label on days that it covers; 30 are needed"),
        ("partial", 1, 50, "covers 1 of 30 days and 3 % of blocked traffic; 50 % are needed to represent it."),
        ("weighted", 20, 90, "Only the 20 of 30 days it covers count: 2026-01-11 to 2026-01-30"),
        ("weighted", 30, 90, "90 labelled transactions represent, day by day, the 3,000 that were blocked or held out"),
    ],
)  # fmt: skip
def test_which_way_and_why(way: Way, days: int, held_out: int, said: str) -> None:
    assert said in way_said(counted(way, days, held_out), RULES)


def test_nothing_blocked_needs_no_words() -> None:
    history = counted("none", 0, 0, 0)
    assert way_said(history, RULES) == ""
