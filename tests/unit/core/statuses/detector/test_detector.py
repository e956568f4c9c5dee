"""A minute of all series: what is found, when, what is not, and that the state stays what it was given."""

import numpy as np
import pytest

from core.statuses.detector import detector
from core.statuses.detector.episodes import Series
from tests.unit.core.statuses.detector.playing import USUAL, drawn, layout, minute, play

START, END, DAY = 400, 440, 1440


def alarms_of(kind: str, index: int, counts: np.ndarray) -> list:
    return [alarm for alarm in play(counts)[1] if alarm.series == Series(kind, index)]


@pytest.mark.parametrize(("index", "more", "within"), [(1, 20.0, 2), (2, 4.0, 4), (3, 4.0, 3)])
def test_a_share_that_rises_is_found_within_minutes_and_once(index: int, more: float, within: int) -> None:
    counts = drawn(700, 3)
    counts[index, START:END] += np.random.default_rng(4).poisson(more, END - START)
    [alarm] = alarms_of("composition", index, counts)
    assert START <= alarm.fired < START + within
    assert abs(alarm.onset - START) <= 1
    assert alarm.told is not None
    assert END + 4 <= alarm.told <= END + 12
    assert abs(alarm.ended - END) <= 2


def test_one_minute_alone_never_fires() -> None:
    counts = drawn(600, 5)
    counts[1, 450] += 500
    counts[2, 500] += 500
    assert [alarm for alarm in play(counts)[1] if alarm.pages] == []


def test_half_the_volume_pages_and_no_share_does() -> None:
    counts = drawn(700, 6)
    counts[:, START:END] = drawn(END - START, 7, USUAL / 2)
    alarms = play(counts)[1]
    assert {alarm.series.kind for alarm in alarms} == {"volume"}
    first = min(alarms, key=lambda alarm: alarm.fired)
    assert (first.direction, first.pages) == (-1, True)
    assert START < first.fired <= START + 4


def test_a_launch_informs_and_neither_its_rise_nor_its_end_pages() -> None:
    counts = drawn(900, 8)
    counts[:, START:460] = drawn(60, 9, USUAL * 10)
    counts[:, 460:520] = np.random.default_rng(10).poisson(USUAL[:, None] * (1 + 9 * np.exp(-np.arange(60) / 20)))
    alarms = play(counts)[1]
    assert [alarm for alarm in alarms if alarm.pages] == []
    assert any(alarm.direction > 0 for alarm in alarms)


def test_usual_counts_are_quiet_for_three_days_from_a_cold_start() -> None:
    assert play(drawn(3 * DAY, 11))[1] == []


def test_what_lasts_six_hours_is_the_new_normal() -> None:
    counts = drawn(1200, 12)
    counts[1, START:] += np.random.default_rng(13).poisson(15, 800)
    [alarm] = alarms_of("composition", 1, counts)
    assert alarm.new_normal
    assert alarm.told == pytest.approx(START + 360, abs=5)


def test_minutes_without_rows_say_nothing() -> None:
    counts = drawn(700, 14)
    counts[:, START:END] = np.nan
    assert play(counts)[1] == []


def test_a_step_leaves_the_state_it_was_given_alone_and_is_deterministic() -> None:
    counts = drawn(60, 15)
    state, _, _ = play(counts)
    kept = [part.copy() for part in (state.composition, state.volume.rows, state.volume.halves, *state.source)]
    once = detector.step(state, minute(60, counts[:, 0]), layout(4))
    twice = detector.step(state, minute(60, counts[:, 0]), layout(4))
    after = (state.composition, state.volume.rows, state.volume.halves, *state.source)
    assert all(np.array_equal(one, two, equal_nan=True) for one, two in zip(kept, after, strict=True))
    assert np.array_equal(once[0].composition, twice[0].composition, equal_nan=True)


def test_a_series_costs_at_most_three_hundred_bytes() -> None:
    assert detector.start(layout(50)).bytes_a_series() <= 300
