"""How often the PSI is above its critical value though nothing changed, from 50 rows to a million.

Ten bins as the page makes them of scores (equal shares, and shares as rare as half a percent), against a reference of
as many rows and of 20,000. The rate must be 5 ± 1 %, up to the chance of the pairs (seeds [n, m, pair]). The last
column is what the customary limit of 0.1 does. `GATEHOUSE_BENCH_PAIRS=100` runs fewer pairs.
"""

import os
import sys

import numpy as np

from console.analytics.scorecard import stability

ROWS, REFERENCE, PAIRS = (50, 200, 1_000, 10_000, 100_000, 1_000_000), 20_000, 2000
SHARES = {
    "equal": np.full(10, 0.1),
    "rare": np.array([0.5, 0.2, 0.1, 0.08, 0.05, 0.03, 0.02, 0.01, 0.005, 0.005]),
}
LOW, HIGH = 0.04, 0.06


def main() -> int:
    """Print the table; 0 when every rate is 5 ± 1 % up to chance."""
    pairs = min(PAIRS, int(os.environ.get("GATEHOUSE_BENCH_PAIRS", "1000000")))
    room = 2 * np.sqrt(0.05 * 0.95 / pairs)
    met = True
    for n in ROWS:
        for m in sorted({n, REFERENCE}):
            for name in SHARES:
                share, customary = rate(n, m, name, pairs)
                fine = LOW - room <= share <= HIGH + room
                met = met and fine
                word = "met" if LOW <= share <= HIGH else "within chance of it" if fine else "NOT MET"
                print(
                    f"{n:>9,} rows against {m:>9,}, shares {name:<5}: {100 * share:4.1f} % above the critical value "
                    f"{word}; above 0.1: {100 * customary:4.1f} %",
                    flush=True,
                )
    return 0 if met else 1


def rate(n: int, m: int, shares: str, pairs: int) -> tuple[float, float]:
    """Shares of pairs without a change above the critical value, and above 0.1."""
    critical = customary = 0
    for pair in range(pairs):
        random = np.random.default_rng([n, m, pair])
        found = stability.judge("", random.multinomial(n, SHARES[shares]), random.multinomial(m, SHARES[shares]))
        critical += found.psi > found.critical
        customary += found.psi > stability.SMALL_SHIFT
    return critical / pairs, customary / pairs


if __name__ == "__main__":
    sys.exit(main())
