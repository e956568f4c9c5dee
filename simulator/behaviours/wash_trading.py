"""Wash trading: one ticket sold round a circle of linked wallets to make its price look higher than it is."""

import numpy as np

from simulator.behaviour import Behaviour, Columns, Generator, shown


def distort(rng: Generator, columns: Columns) -> None:
    """Few hops between buyer and seller, prices far from usual, nearly everything sold on."""
    n = len(columns["amount"])
    shown(rng, columns, "linked_wallet_hops", 0.7, rng.integers(1, 4, n).astype(float))
    shown(rng, columns, "price_deviation", 0.8, np.round(rng.normal(2.8, 1.0, n), 3))
    shown(rng, columns, "resale_ratio", 0.78, np.round(rng.beta(7, 2.5, n), 3))
    shown(rng, columns, "txn_velocity_1h", 0.7, 3.0 + rng.poisson(3.5, n))
    shown(rng, columns, "wallet_age", 0.55, np.round(rng.uniform(0.1, 20, n), 2))
    shown(rng, columns, "amount", 0.6, np.round(columns["amount"] * rng.uniform(1.5, 5, n), 2))


BEHAVIOUR = Behaviour(distort, fraud=True, type="transfer", burst=(2, 5), wallets=4, circle=True)
