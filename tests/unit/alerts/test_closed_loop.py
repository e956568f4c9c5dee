"""The strict profile in a closed loop: bounds hold in every history, and tightening does not feed its own alert (A11).

`GATEHOUSE_LOOP_SERIES` says how many random series are played (default 200; the product promises 10,000).
"""

import itertools
import os

import pytest

from alerts.respond.bounds import HOUR
from tests.closed_loop import BOUNDS, SLOT, TIMING, Story, World

SERIES = int(os.environ.get("GATEHOUSE_LOOP_SERIES", "200"))
COOLDOWN = BOUNDS.cooldown_minutes * 60
LONGEST = (BOUNDS.revert_after_minutes or 0) * 60


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    return [World(seed).play() for seed in range(SERIES)]


@pytest.mark.timeout(3600)
def test_there_is_something_to_see(stories: list[Story]) -> None:
    applied = sum(len(story.applied) for story in stories)
    fired = sum(story.fired for story in stories)
    print(
        f"{len(stories)} series, {fired} incidents, {applied} applications, {sum(s.refused for s in stories)} refusals"
    )
    assert applied > SERIES / 4
    assert fired >= applied / 2


def test_cool_down_and_hourly_cap_hold_by_the_clock_that_was_read(stories: list[Story]) -> None:
    for story in stories:
        times = sorted(one.clock for one in story.applied)
        assert all(later - earlier >= COOLDOWN for earlier, later in itertools.pairwise(times))
        for at in times:
            assert sum(at - HOUR < other <= at for other in times) <= BOUNDS.per_hour


def test_a_clock_that_is_set_forward_shortens_a_cool_down_by_no_more_than_that(stories: list[Story]) -> None:
    for story in stories:
        times = [one.true for one in story.applied]
        assert all(later - earlier >= COOLDOWN - story.forward for earlier, later in itertools.pairwise(times))


def test_one_profile_at_a_time_and_never_with_the_switch_off(stories: list[Story]) -> None:
    for story in stories:
        assert story.switched_off_applied == 0
        for earlier, later in itertools.pairwise(story.applied):
            assert earlier.ended is not None
            assert earlier.ended <= later.true


def test_it_is_undone_in_time_by_the_clock_that_was_read(stories: list[Story]) -> None:
    away = 31 * SLOT
    for story in stories:
        for one in story.applied:
            if one.ended_clock is not None:
                assert one.ended_clock - one.clock <= LONGEST + away + story.forward


def test_missing_data_resolves_nothing(stories: list[Story]) -> None:
    assert sum(story.resolved_without_data for story in stories) == 0


def test_tightening_does_not_feed_its_own_alert(stories: list[Story]) -> None:
    """Once the rate that the normal profile would give is fine, the strict profile ends within the rule's own time."""
    longest = max(story.calm_strict for story in stories)
    print(f"longest strict profile without a reason: {longest:g} s")
    assert longest <= TIMING.keep + 4 * SLOT


def test_judging_the_plain_rate_would_ratchet() -> None:
    """The same worlds, judged by the rate as it is: the profile holds its own alert up, so the test above can fail."""
    found = [(World(seed).play(), World(seed, plain=True).play()) for seed in range(min(SERIES, 60))]
    longer = [plain.calm_strict for _, plain in found if plain.calm_strict > 1800]
    print(f"{len(longer)} of {len(found)} would keep it for more than half an hour without a reason")
    assert len(longer) >= len(found) / 10
    assert sum(plain.strict for _, plain in found) > 1.2 * sum(normal.strict for normal, _ in found)
