"""How often the 95 % intervals of the page Fraud cost hold, over histories whose truth is known (`_fraud_worlds`).

Each history is summed up as it is at its end, and the ledger of its last 30 days is compared with what really happened:
what the unlabelled blocked ones were, and which frauds a bank told of later. `GATEHOUSE_BENCH_PAIRS=50` runs fewer.
"""

import os
import sys
from collections import defaultdict

import numpy as np

from bench._fraud_worlds import DAYS, SPAN, World, counted, world
from console.analytics.fraud_cost.cells import BLOCKED, REVIEW, Flags
from console.analytics.fraud_cost.ledger import ledger
from console.analytics.fraud_cost.line import Figure, Line
from console.analytics.fraud_cost.prices import fraud_value, margin_value
from core.fraud_cost_config import FraudCostConfig

RUNS, LEAST_HELD = 300, 30
LOW, HIGH = 0.93, 0.97
PRICES = FraudCostConfig()
CLAIMED = ("saved", "lost", "wrong")


def main() -> int:
    """Print the coverage of every figure; 0 when those of the whole period hold in 93 to 97 %."""
    runs = min(RUNS, int(os.environ.get("GATEHOUSE_BENCH_PAIRS", "1000000")))
    inside: dict[str, list[bool]] = defaultdict(list)
    widths: dict[str, list[float]] = defaultdict(list)
    for seed in range(runs):
        for name, held, width in of_world(seed):
            inside[name].append(held)
            widths[name].append(width)
    met = True
    for name, values in inside.items():
        share, claimed = float(np.mean(values)), name in CLAIMED
        fine = LOW <= share <= HIGH
        met = met and (fine or not claimed)
        said = ("met" if fine else "NOT MET") if claimed else "not claimed"
        print(
            f"{name:<14} {100 * share:5.1f} % of {len(values)}, median width {100 * np.median(widths[name]):.0f} % of"
            f" the truth  {said}",
            flush=True,
        )
    return 0 if met else 1


def of_world(seed: int) -> list[tuple[str, bool, float]]:
    """By figure: its name, whether the interval holds the truth, and how wide it is relative to the truth."""
    one = world(seed)
    cells = counted(one)
    chosen = cells.age < SPAN
    found = ledger(cells, chosen, chosen & False, [], PRICES, LEAST_HELD)
    last = one.at >= DAYS - SPAN
    rows = _compared("", found.whole, one, last)
    for week, line in found.weeks.items():
        rows += _compared("week: ", line, one, last & (one.at // 7 == week))
    return rows


def _compared(name: str, line: Line, one: World, part: Flags) -> list[tuple[str, bool, float]]:
    truth = dict(zip(CLAIMED, _truth(one, part), strict=True))
    figures = {"saved": line.saved, "lost": line.lost, "wrong": line.wrong}
    return [
        (name + key, _holds(figure, truth[key]), ((figure.high or 0) - (figure.low or 0)) / max(truth[key], 1))
        for key, figure in figures.items()
        if figure.estimated is not None
    ]


def _truth(one: World, part: Flags) -> tuple[int, int, int]:
    """What was really saved, lost and wrongly blocked, whatever is known of it at the end."""
    stopped = part & (one.decision == BLOCKED)
    caught = part & (one.decision == REVIEW) & one.fraud & one.labelled & ~one.chargeback
    saved, lost = (stopped & one.fraud) | caught, part & one.chargeback
    return (
        fraud_value(PRICES, int(one.cents[saved].sum()), int(saved.sum())),
        fraud_value(PRICES, int(one.cents[lost].sum()), int(lost.sum())),
        margin_value(PRICES, int(one.cents[stopped & ~one.fraud].sum())),
    )


def _holds(figure: Figure, truth: float) -> bool:
    """With the cent that rounding may make."""
    return figure.low is not None and figure.high is not None and figure.low - 1 <= truth <= figure.high + 1


if __name__ == "__main__":
    sys.exit(main())
