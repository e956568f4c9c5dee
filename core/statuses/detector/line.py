"""The line that evidence must reach, from the one stated budget of false alarms.

Each CUSUM of a likelihood ratio starts an e-process in every minute; the mean time until the first of `tests` of them
reaches `exp(h)` by chance is at least `exp(h) / tests` minutes (Shin, Ramdas, Rinaldo 2022, e-detectors). That bound is
far from what happens: on stationary counts alarms are more than a thousand times rarer
(`python -m bench statuses_false_alarms`), for usual is an upper bound with a tolerance and a CUSUM is less than the sum
that the bound is of. So a factor of 30 is taken back, and the rest is left for counts that are no Poisson. Pure.
"""

import math

from core.statuses.detector.params import DAY, Budget

_FEWEST = 256


def line(budget: Budget, tests: int) -> float:
    """Nats. `tests` are alternatives times series, over all series that share the budget."""
    return math.log(budget.days * DAY * max(1, tests) / budget.margin)


def explained(budget: Budget, tests: int) -> str:
    """The same as a sentence."""
    return (
        f"{line(budget, tests):.1f} nats = ln({budget.days * DAY:,.0f} minutes x {tests:,} tests / {budget.margin:g}): "
        f"at most one false alarm in {budget.days:g} days over all series together"
    )


def shared(tests: int) -> int:
    """The tests that share the budget, in steps of four times as many from those of some thirty series on: the line
    hardly ever moves, and what is judged again comes out the same.
    """
    step = _FEWEST
    while step < tests:
        step *= 4
    return step
