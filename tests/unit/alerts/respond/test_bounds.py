"""Whatever the order of requests and however the clock jumps, an action keeps its cool-down and its hourly cap."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.respond import bounds
from alerts.respond.bounds import Bounds

CONFIGS = st.builds(Bounds, st.sampled_from([0.0, 0.5, 5.0, 20.0, 90.0]), st.integers(1, 6))
STEPS = st.lists(st.floats(0, 4000), min_size=1, max_size=80)


def run(limits, steps, start=0.0):
    """Ask at every step; the times at which it was allowed, and those at which it was asked."""
    begun, asked, now = [], [], start
    for step in steps:
        now += step
        asked.append(now)
        if bounds.judge(limits, [at for at in begun if at > now - bounds.reach(limits)], now).allowed:
            begun.append(now)
    return begun, asked


@given(CONFIGS, STEPS)
def test_the_bounds_hold_at_every_instant(limits, steps):
    begun, _ = run(limits, steps)
    for index, at in enumerate(begun):
        assert sum(at - bounds.HOUR < other <= at for other in begun) <= limits.per_hour
        if index:
            assert at - begun[index - 1] >= limits.cooldown_minutes * 60


@given(CONFIGS, STEPS)
def test_what_is_refused_is_allowed_from_the_time_that_it_names(limits, steps):
    begun, _ = run(limits, steps)
    verdict = bounds.judge(limits, begun, begun[-1])
    while not verdict.allowed:
        later = bounds.judge(limits, begun, verdict.until + 0.001)
        assert later.allowed or later.until > verdict.until
        verdict = later
    assert bounds.judge(limits, [], 0.0).allowed


@given(CONFIGS, STEPS, st.lists(st.floats(-8000, 0), max_size=10))
def test_a_clock_that_is_set_back_allows_no_more(limits, steps, jumps):
    begun, true_time, offset = [], 0.0, 0.0
    for index, step in enumerate(steps):
        true_time += step
        offset += jumps[index] if index < len(jumps) else 0.0
        now = true_time + offset
        seen = [recorded for _, recorded in begun if recorded > now - bounds.reach(limits)]
        if bounds.judge(limits, seen, now).allowed:
            begun.append((true_time, now))
    for index, (at, _) in enumerate(begun):
        assert sum(at - bounds.HOUR < other <= at for other, _ in begun) <= limits.per_hour
        if index:
            assert at - begun[index - 1][0] >= limits.cooldown_minutes * 60 - 1e-6


@given(st.integers(0, 40), st.integers(1, 10), st.integers(1, 20))
def test_a_level_rises_by_its_step_and_never_above_its_maximum(current, step, maximum):
    found = bounds.raised(current, step, maximum)
    assert current <= found <= max(current, min(current + step, maximum))
    assert found <= max(current, maximum)


def test_a_refusal_says_why_and_until_when():
    limits = Bounds(cooldown_minutes=10, per_hour=1)
    assert bounds.judge(limits, [0.0], 60.0).reason == "in cooldown until 1970-01-01 00:10:00 UTC (10 minutes)"
    found = bounds.judge(limits, [0.0], 700.0)
    assert found.reason == "it ran 1 times within an hour; next run possible at 1970-01-01 01:00:00 UTC"
    assert found.until == 3600.0


def test_pauses_between_tries_grow_to_their_longest():
    assert [bounds.backoff(n) for n in (1, 2, 3, 9, 500)] == [2, 4, 8, 300, 300]


def test_what_is_not_undone_has_no_end():
    assert bounds.revert_at(Bounds(0, 1), 5.0) is None
    assert bounds.revert_at(Bounds(0, 1, 2), 5.0) == 125.0


def test_the_end_of_an_incident_undoes_it_only_after_its_least_time():
    limits = Bounds(0, 1, 60, 15)
    assert bounds.kept_until(limits, 100.0, 100.0) == 1000.0
    assert bounds.kept_until(limits, 100.0, 999.0) == 1000.0
    assert bounds.kept_until(limits, 100.0, 1000.0) is None
    assert bounds.kept_until(limits, 5000.0, 100.0) is None
    assert bounds.kept_until(Bounds(0, 1, 60), 100.0, 100.0) is None
