"""drift: a new kind of customer floods in, whose features are far from what the model was trained on (A3, M4)."""

import numpy as np

from simulator import traffic
from simulator.behaviour import Columns, Generator
from simulator.scenario import Happening, Moment, Scenario

PER_MINUTE = 2400.0


def shift(rng: Generator, columns: Columns) -> None:
    """Dearer tickets, new accounts and wallets, one shared network; otherwise ordinary people."""
    n = len(columns["amount"])
    columns["amount"] = np.round(columns["amount"] * rng.uniform(5, 9, n), 2)
    columns["price_deviation"] = np.round(rng.normal(2.2, 0.5, n), 3)
    columns["account_age"] = np.round(rng.uniform(0.5, 20, n), 2)
    columns["wallet_age"] = np.round(rng.uniform(0.2, 8, n), 2)
    columns["ip_accounts"] = (8 + rng.poisson(4, n)).astype(np.float64)


def happen(moment: Moment) -> Happening:
    """Scored in batches; they are not reported as transactions, so the sales figures stay what they are."""
    times = np.array(moment.times(moment.count(PER_MINUTE)))
    rows = traffic.shifted(moment.rng, times, shift, moment.config)[:1000]
    items = [traffic.Transaction(f"{moment.run}-{i}", *row) for i, row in enumerate(rows)]
    return Happening(transactions=items, at_once=True, report=False)


SCENARIO = Scenario("customers unlike those in the training data", happen)
