"""Sizes are measured soon after a start, and seldom from then on."""

from typing import Any, cast

import pytest

from collector import storage_watch
from collector.storage_watch import EVERY_SECONDS, LONGEST_SECONDS, StorageWatch
from core.db.engine import Database
from core.errors import DatabaseUnavailable

NOW = 1_700_000_000.0


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []

    def measure(_: Any, now: float) -> None:
        if len(found) == 1 and found[0] == -1.0:
            found.clear()
            raise DatabaseUnavailable("gone")
        found.append(now - NOW)

    monkeypatch.setattr(storage_watch.storage_sizes, "measure", measure)
    return found


def run(watch: StorageWatch, seconds: float, start: float = 0.0) -> None:
    for n in range(int(seconds // EVERY_SECONDS) + 1):
        watch.step(NOW + start + n * EVERY_SECONDS)


def test_at_the_start_then_soon_then_every_15_minutes(measured: list[float]) -> None:
    run(StorageWatch(cast(Database, None)), 3_700)
    assert measured == [0, 60, 180, 420, 900, 1_800, 2_700, 3_600]


def test_what_failed_is_tried_at_the_next_look(measured: list[float]) -> None:
    measured.append(-1.0)
    watch = StorageWatch(cast(Database, None))
    with pytest.raises(DatabaseUnavailable):
        watch.step(NOW)
    run(watch, 60, start=EVERY_SECONDS)
    assert measured == [30, 90]


def test_a_clock_that_was_put_back_does_not_stop_it(measured: list[float]) -> None:
    watch = StorageWatch(cast(Database, None))
    watch.step(NOW)
    watch.step(NOW - 10 * LONGEST_SECONDS)
    assert len(measured) == 2
