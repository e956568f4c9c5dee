"""Records of the past: a spike, a plateau and a shift beyond them are unusual, what the past had is not."""

import numpy as np
import pytest

from alerts.evaluate.records import DAY, Records

STEP = 300.0
A_DAY = int(DAY / STEP)


def grown(values: np.ndarray, horizon: float = 56 * DAY) -> Records:
    known = Records(DAY, 7, 1.3, horizon)
    for i, value in enumerate(values):
        known.add(i * STEP, float(value))
    return known


def quiet(days: int, seed: int = 1) -> np.ndarray:
    """40 ms with heavy tails, and a rise to 60 ms every evening."""
    random = np.random.default_rng(seed)
    hour = np.arange(days * A_DAY) * STEP % DAY / 3600
    level: np.ndarray = np.where((hour >= 18) & (hour < 22), 60.0, 40.0)
    return level * (1 + 0.02 * random.standard_t(3, len(level)))


def unusual(known: Records, at: float, value: float) -> bool:
    band = known.band(at)
    assert band is not None
    return not band[0] <= value <= band[1]


def test_nothing_is_judged_before_two_days_are_known() -> None:
    values = quiet(3)
    assert grown(values[: A_DAY + 10]).band((A_DAY + 10) * STEP) is None
    assert grown(values[: 2 * A_DAY + 10]).band((2 * A_DAY + 10) * STEP) is not None
    assert Records(DAY, 7, 1.3, 9 * DAY).band(0.0) is None


def test_a_quiet_week_has_hardly_an_unusual_point_and_a_spike_is_one() -> None:
    values, known, odd = quiet(14), Records(DAY, 7, 1.3, 56 * DAY), 0
    for i, value in enumerate(values):
        at = i * STEP
        odd += i > 7 * A_DAY and unusual(known, at, value)
        known.add(at, float(value))
    assert odd <= 3  # of 2,016
    assert unusual(known, len(values) * STEP, 200.0)
    assert unusual(known, len(values) * STEP, 5.0)


def test_the_evening_is_usual_in_the_evening_only() -> None:
    values = quiet(10)
    known = grown(values[: 9 * A_DAY + 19 * 12])
    assert not unusual(known, (9 * A_DAY + 19 * 12) * STEP, 61.0)
    assert unusual(grown(values[: 9 * A_DAY + 12 * 12]), (9 * A_DAY + 12 * 12) * STEP, 75.0)


def test_a_spike_that_was_there_before_is_no_news() -> None:
    values = quiet(10)
    values[5 * A_DAY] = 200.0
    known = grown(values)
    assert not unusual(known, 10 * DAY, 200.0)
    assert unusual(known, 10 * DAY, 300.0)
    assert unusual(grown(values, horizon=4 * DAY), 10 * DAY, 200.0)


def test_a_shift_within_the_spikes_is_found_in_the_mean_over_hours() -> None:
    values = quiet(10)
    values[4 * A_DAY : 8 * A_DAY : 97] = 90.0
    known = grown(values)
    assert not unusual(known, 10 * DAY, 75.0)
    for i in range(36):
        known.add(10 * DAY + i * STEP, 75.0)
    assert unusual(known, 10 * DAY + 36 * STEP, 75.0)


def test_an_incident_stays_unusual_while_it_lasts() -> None:
    values = quiet(10)
    known, states = grown(values), []
    for i in range(12 * 12):
        at = 10 * DAY + i * STEP
        states.append(unusual(known, at, 300.0))
        known.add(at, 300.0)
    assert all(states[:60])


def test_a_metric_that_never_moved_has_a_floor() -> None:
    known = grown(np.full(5 * A_DAY, 50.0))
    assert not unusual(known, 5 * DAY, 50.9)
    assert unusual(known, 5 * DAY, 51.1)


@pytest.mark.parametrize("at", [9 * DAY, 9.6 * DAY])
def test_points_that_are_forgotten_change_nothing_within_the_horizon(at: float) -> None:
    values = quiet(9)
    kept, dropped = grown(values, horizon=5 * DAY), grown(values, horizon=5 * DAY)
    dropped.forget(DAY)
    assert dropped.band(at) == pytest.approx(kept.band(at))
    kept.add(at, 70.0)
    dropped.add(at, 70.0)
    assert dropped.band(at + STEP) == pytest.approx(kept.band(at + STEP))
