"""How often the detector alarms though nothing changes: stationary counts with means from 0.001 to 1,000 a minute.

`python -m bench statuses_false_alarms`. Installations side by side, each with a month of its own, its own line and
Poisson counts of one source; the budget accepts one false alarm in a month of each of them. Means: sixteen statuses
from 0.001 to 1,000, and sources whose whole traffic is 1 or 30 a minute. Rises of volume count as well.
`GATEHOUSE_BENCH_DAYS=5` runs fewer days.
"""

import os
import sys

import numpy as np

from core.statuses.detector import composition, detector, volume
from core.statuses.detector.detector import Layout, Minute
from core.statuses.detector.episodes import Log
from core.statuses.detector.line import line
from core.statuses.detector.params import Params

DAYS, SOURCES, MOST = 30, 9, 1
DAY, YEAR = 1440, 525_600
MEANS = np.array([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 100, 1000])
SCALES = (1.0, 1.0, 30.0 / MEANS.sum(), 1.0 / MEANS.sum())  # every fourth source is small, every fourth tiny


def main() -> int:
    """Print what fired; 0 when it is at most one in at least ten series-years."""
    days = int(os.environ.get("GATEHOUSE_BENCH_DAYS", str(DAYS)))
    alarms, years = run(days, SOURCES, 1)
    met = alarms <= MOST
    print(
        f"{alarms} false alarms in {years:.1f} series-years ({SOURCES} installations, {days} days; the budget accepts "
        f"{SOURCES * days / 30:.0f}; goal at most {MOST}) {'met' if met else 'NOT MET'}"
    )
    return 0 if met else 1


def run(days: int, sources: int, seed: int, above: float | None = None) -> tuple[int, float]:
    """Alarms, and how many series-years they came in."""
    random, each = np.random.default_rng([days, sources, seed]), len(MEANS)
    scale = np.array([SCALES[i % len(SCALES)] for i in range(sources)])
    means = (scale[:, None] * MEANS).ravel()
    layout = Layout(sources, np.repeat(np.arange(sources), each), np.arange(sources))
    p = Params()
    above = line(p.budget, each * composition.TESTS + volume.TESTS) if above is None else above
    state, log = detector.start(layout), Log()
    for day in range(days):
        counts = random.poisson(means, (DAY, len(means))).astype(np.float32)
        totals = counts.reshape(DAY, sources, each).sum(axis=2)
        for minute, (now, total) in enumerate(zip(counts, totals, strict=True)):
            at = day * DAY + minute
            state, evidence = detector.step(state, Minute(at, now, total, total), layout, p, above)
            log.take(at, evidence)
    for alarm in log.alarms:
        index = alarm.series.number
        mean = means[index] if alarm.series.kind == "composition" else MEANS.sum() * scale[index]
        print(f"  {alarm.series.kind} of mean {mean:.4g}, day {alarm.fired / DAY:.1f}, {alarm.evidence:.1f} nats")
    return len(log.alarms), (len(means) + sources) * days * DAY / YEAR


if __name__ == "__main__":
    sys.exit(main())
