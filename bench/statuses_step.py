"""What a minute of 10,000 series costs: milliseconds of one core, bytes of state, and the ratio to a plain numpy pass.

`python -m bench statuses_step`. 9,900 codes of 100 sources and 100 totals. The plain pass reads and writes the same
state once and takes the logarithm of each alternative, which no detector of this kind can do without.
"""

import statistics
import sys

import numpy as np

from bench.harness import alternate
from core.statuses.detector import composition, detector
from core.statuses.detector.detector import Layout, Minute
from core.statuses.detector.params import Params

SERIES, SOURCES, RUNS = 10_000, 100, 60
MOST_MS, MOST_BYTES = 200.0, 300.0


def main() -> int:
    """Print time, bytes and ratio; 0 when both limits hold."""
    random, shares = np.random.default_rng(1), SERIES - SOURCES
    layout = Layout(SOURCES, np.arange(shares) % SOURCES, np.arange(SOURCES))
    means = 10 ** random.uniform(-3, 2, shares)
    state = detector.start(layout)

    def minute(at: int) -> Minute:
        counts = random.poisson(means).astype(np.float32)
        totals = np.bincount(layout.composition, counts, SOURCES).astype(np.float32)
        return Minute(at, counts, totals, totals)

    for at in range(90):
        state, _ = detector.step(state, minute(at), layout)
    last = minute(90)
    counts = np.broadcast_to(last.counts, (composition.TESTS, shares))

    def plain() -> object:
        state.volume.rows + 1
        state.volume.halves + 1
        return state.composition + 1, np.log1p(counts)

    ours, usual = alternate(RUNS, lambda: detector.step(state, last, layout, Params()), plain)
    milliseconds, size = 1000 * statistics.median(ours), state.bytes_a_series()
    ratio = statistics.median(ours) / statistics.median(usual)
    met = milliseconds <= MOST_MS and size <= MOST_BYTES
    print(
        f"{SERIES:,} series: {milliseconds:.1f} ms a minute (goal {MOST_MS:g}), {ratio:.1f} x a plain pass; "
        f"{size:.0f} bytes a series at most (goal {MOST_BYTES:g}) {'met' if met else 'NOT MET'}"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
