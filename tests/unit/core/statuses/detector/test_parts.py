"""The parts of the detector: line, dispersion, profile, episodes."""

import math

import numpy as np
import pytest

from core.statuses.detector import dispersion, line, profile
from core.statuses.detector.episodes import Alarm, Series, episodes
from core.statuses.detector.params import Budget

DAY = 1440


def test_the_line_rises_with_what_is_tested_and_falls_with_what_is_accepted() -> None:
    month, week = Budget(), Budget(days=7)
    assert line.line(month, 80) - line.line(month, 8) == pytest.approx(math.log(10))
    assert line.line(month, 8) - line.line(week, 8) == pytest.approx(math.log(30 / 7))
    assert "8 tests" in line.explained(month, 8)


def spread_of(residuals: np.ndarray, variance: float) -> np.ndarray:
    rows = np.zeros((dispersion.rows_of((1, 5, 15)), residuals.shape[1]), np.float32)
    for at, residual in enumerate(residuals):
        given = np.full(len(residual), variance, np.float32)
        dispersion.learn(rows, (1, 5, 15), residual, given, at, 0.5 ** (1 / 4320), 4.0)
    return dispersion.factor(rows, (1, 5, 15))


def test_dispersion_is_one_for_what_scatters_as_expected_and_measures_what_does_not() -> None:
    random = np.random.default_rng(1)
    plain = random.normal(0, 10, (3000, 20))
    assert spread_of(plain, 100).max() < 1.3
    assert spread_of(2 * plain, 100).mean() == pytest.approx(4, rel=0.15)
    lasting = plain + np.repeat(random.normal(0, 10, (200, 20)), 15, axis=0)
    assert spread_of(lasting, 100).mean() > 8


def test_one_incident_does_not_become_the_dispersion() -> None:
    residuals = np.random.default_rng(2).normal(0, 10, (3000, 20))
    residuals[1500:1530] += 500
    assert spread_of(residuals, 100).max() < 6


def test_a_profile_knows_the_day_and_then_the_weekday() -> None:
    rows, weekdays = profile.start(1), np.array([False])
    for part in range(14 * profile.PARTS):
        at = (part + 1) * profile.PART - 1
        level = 4 + math.sin(2 * math.pi * (at - 22) / DAY) + (1 if at // DAY % 7 == 5 else 0)
        weights = (np.maximum(0.2, 1 / (np.array([at // DAY]) + 1)), 0.15)
        profile.learn(rows, at, np.array([level], np.float32), np.array([True]), weekdays, weights)
    noon, saturday = 14 * DAY + 720, 19 * DAY + 720
    unknown = np.array([0.0])
    by_day = profile.usual(rows, saturday, weekdays, unknown).level
    assert profile.usual(rows, noon + 360, weekdays, unknown).level < by_day
    assert profile.usual(rows, saturday, np.array([True]), unknown).level - by_day > 0.4


def test_what_a_profile_never_saw_is_unknown() -> None:
    usual = profile.usual(profile.start(2), 700, np.array([False, False]), np.array([1.0, 2.0]))
    assert usual.level.tolist() == [1.0, 2.0]


def alarm(fired: int, told: int | None = None, direction: int = 1, kind: str = "composition") -> Alarm:
    return Alarm(Series(kind, 0), fired - 2, fired, direction, 12.0, told, told)


def test_alarms_within_ten_minutes_are_one_episode() -> None:
    found = episodes([alarm(100, 130), alarm(108, 125), alarm(138, 150), alarm(161, 170)])
    assert [[one.fired for one in episode.alarms] for episode in found] == [[100, 108, 138], [161]]
    assert (found[0].onset, found[0].told, found[0].ended) == (98, 150, 150)


def test_an_episode_is_open_while_one_of_its_series_fires() -> None:
    [found] = episodes([alarm(100, 130), alarm(105)])
    assert found.told is None
    assert found.ended is None


def test_a_rise_of_volume_informs_and_the_page_begins_with_what_pages() -> None:
    rise, share = alarm(100, 120, 1, "volume"), alarm(104, 120)
    assert not episodes([rise])[0].pages
    [both] = episodes([rise, share])
    assert (both.pages, both.fired) == (True, 104)
    assert alarm(1, 2, -1, "volume").pages
