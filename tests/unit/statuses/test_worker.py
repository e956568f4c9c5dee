"""The judge looks again when a minute closes, and often in between."""

import pytest

from core.statuses.store import Known
from statuses.judge import GRACE, closed
from statuses.worker import JUDGE_SECONDS, pause

MINUTE = 29_000_000


@pytest.mark.parametrize("before", [0.01, 0.3, JUDGE_SECONDS])
def test_it_looks_as_soon_as_a_minute_closes(before: float) -> None:
    closes = (MINUTE + 1) * 60.0 + GRACE
    known = Known("shop", MINUTE - 9, MINUTE, MINUTE * 60.0 + 59)
    now = closes - before
    assert closed(known, now) == MINUTE - 1
    assert closed(known, now + pause(now)) == MINUTE


def test_it_does_not_wait_long_for_rows_of_other_minutes() -> None:
    assert pause(MINUTE * 60.0 + 40) == JUDGE_SECONDS
    assert 0 < pause(MINUTE * 60.0 + GRACE) <= JUDGE_SECONDS
