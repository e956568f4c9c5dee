"""The ledger: for the whole and by week, model, policy and event, what is counted and, beside it, what is estimated.

Pure. All estimates are sums over one set of draws, so parts add up to their whole.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from console.analytics.fraud_cost import blocked, events, late
from console.analytics.fraud_cost.cells import UNKNOWN, Cells, Flags
from console.analytics.fraud_cost.events import EventRow
from console.analytics.fraud_cost.line import Draws, Line, line
from core.fraud_cost_config import FraudCostConfig

DRAWS, SEED = 1000, 20260316
LEAST_LATE = 20  # labelled frauds that went through, below which their delays say nothing


class Ledger(NamedTuple):
    """`whole`, and the same by week, model, policy and event; `before` of the period before.

    `labelled_held` held-out transactions have a label, of `held`; `delays` frauds tell how late labels come, the last
    of them after `horizon` days. `uncovered` blocked transactions have scores that the hold-out never had.
    """

    whole: Line
    before: Line | None
    weeks: dict[int, Line]
    models: dict[int, Line]
    policies: dict[int, Line]
    events: dict[str, Line]
    held: int
    labelled_held: int
    delays: int
    horizon: int
    uncovered: int
    uncovered_cents: int


def ledger(
    cells: Cells, inside: Flags, before: Flags, rows: Sequence[EventRow], prices: FraudCostConfig, least_held: int
) -> Ledger:
    """The ledger of the cells `inside` the period, all cells being what estimates learn from."""
    random = np.random.default_rng(SEED)
    covered = blocked.covered(cells)
    labelled = blocked.labelled_held_out(cells)
    curve = late.delays(cells, DRAWS, random)
    shares = blocked.learn(cells) if labelled >= least_held else None
    rates = late.learn(cells, curve) if curve.frauds >= LEAST_LATE else None

    def drawn(part: Flags) -> Draws:
        return Draws(
            blocked.estimate(shares, cells.where(part & covered), DRAWS, random) if shares else None,
            late.estimate(rates, cells.where(part), random) if rates else None,
        )

    chosen, draws = cells.where(inside), drawn(inside)
    out = cells.where(inside & cells.is_blocked & ~covered)
    return Ledger(
        whole=line(chosen, draws, prices),
        before=line(cells.where(before), drawn(before), prices) if before.any() else None,
        weeks=_by(chosen, draws, prices, "week"),
        models=_by(chosen, draws, prices, "model"),
        policies=_by(chosen, draws, prices, "policy"),
        events=events.lines(rows, draws, prices, random),
        held=int(cells.n[cells.held].sum()),
        labelled_held=labelled,
        delays=curve.frauds,
        horizon=curve.horizon,
        uncovered=int(out.n[out.label == UNKNOWN].sum()),
        uncovered_cents=int(out.cents[out.label == UNKNOWN].sum()),
    )


def _by(chosen: Cells, draws: Draws, prices: FraudCostConfig, name: str) -> dict[int, Line]:
    found = {}
    for value in np.unique(getattr(chosen, name)).tolist():
        own = Draws(
            draws.blocked and draws.blocked.where(getattr(draws.blocked, name) == value),
            draws.late and draws.late.where(getattr(draws.late, name) == value),
        )
        found[value] = line(chosen.where(getattr(chosen, name) == value), own, prices)
    return found
