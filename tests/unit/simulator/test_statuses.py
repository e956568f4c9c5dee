"""Counts of statuses are the same whenever they are asked for, grow within their minute, and are good rows."""

from itertools import pairwise

import numpy as np
import pytest

from api import status_rows
from core import codec
from core.errors import BadInput
from core.statuses.mix import Change, cells, changed
from simulator import statuses
from simulator.status_changes import Changes
from tests.unit.simulator.scenarios.play import CONFIG

MINUTE = 29_400_000


def test_every_row_is_taken() -> None:
    sent = statuses.rows(MINUTE, CONFIG)
    parsed = status_rows.parse(codec.encode(sent), 60.0 * MINUTE + 60, most=1000)
    assert not parsed.rejected
    assert not parsed.ignored
    assert len({(row.status, row.auth_code, row.dimensions) for row in parsed.rows}) == len(sent)
    assert {(row.minute, row.source) for row in parsed.rows} == {(MINUTE, "payments")}
    assert {row.status for row in parsed.rows} <= set(CONFIG.statuses.per_minute)
    assert '"gateway":"A"' in parsed.rows[0].dimensions


def test_the_running_minute_only_grows_to_the_whole_one() -> None:
    seen = [statuses.counts(MINUTE, CONFIG, until=60.0 * MINUTE + second) for second in (0, 20, 40, 60)]
    assert seen[0].sum() == 0
    assert all((one <= after).all() for one, after in pairwise(seen))
    assert 0 < seen[1].sum() < seen[2].sum() < seen[3].sum()
    assert (seen[3] == statuses.counts(MINUTE, CONFIG)).all()


def test_counts_follow_the_day() -> None:
    days = np.array([statuses.counts(MINUTE + at, CONFIG).sum() for at in range(0, 7200, 10)])
    assert days.mean() == pytest.approx(cells(CONFIG.statuses).rates.sum(), rel=0.05)
    assert np.percentile(days, 90) > 1.5 * np.percentile(days, 10)


def test_what_goes_comes_with_other_values() -> None:
    known = cells(CONFIG.statuses)
    rates = changed(known, (Change({"status": "approved"}, 0.0, {"status": "failed", "auth_code": "91"}),))
    assert rates.sum() == pytest.approx(known.rates.sum())
    assert not rates[[cell.status == "approved" for cell in known.cells]].any()


@pytest.mark.parametrize("wrong", [Change({"gateway": "Z"}), Change({"status": "failed"}, 0.5, {"auth_code": "none"})])
def test_a_change_of_nothing_is_refused(wrong: Change) -> None:
    with pytest.raises(BadInput, match="nothing is counted"):
        changed(cells(CONFIG.statuses), (wrong,))


def test_changes_hold_for_whole_minutes() -> None:
    changes = Changes(CONFIG.statuses)
    changes.begin([{"times": 2}], 120, 60.0 * 100 + 20)
    assert [bool(changes.of(minute)) for minute in (100, 101, 102, 103)] == [False, True, True, False]
    changes.begin([], 0, 60.0 * 101 + 20)  # its end, in a minute that was begun with it
    assert [bool(changes.of(minute)) for minute in (100, 101, 102)] == [False, True, False]


def test_wrong_changes_are_refused() -> None:
    changes = Changes(CONFIG.statuses)
    for wrong in ([1], [{"times": -1}], {"times": 2}, [{"where": {"gateway": "Z"}}], None):
        with pytest.raises(BadInput):
            changes.begin(wrong, 60, 0.0)
    assert changes.of(1) == ()
