"""Scalper bots: many accounts behind few addresses that empty the basket faster than a person can read."""

import numpy as np

from simulator.behaviour import Behaviour, Columns, Generator, shown


def distort(rng: Generator, columns: Columns) -> None:
    """Full baskets in seconds, shared devices and addresses, tickets sold on."""
    n = len(columns["amount"])
    shown(rng, columns, "checkout_seconds", 0.84, np.round(rng.lognormal(np.log(8), 0.7, n), 1))
    shown(rng, columns, "tickets_in_basket", 0.75, rng.integers(4, 9, n).astype(float))
    shown(rng, columns, "ip_accounts", 0.5, 3.0 + rng.geometric(0.14, n))
    shown(rng, columns, "device_accounts", 0.45, 2.0 + rng.poisson(1.6, n))
    shown(rng, columns, "txn_velocity_1h", 0.65, 3.0 + rng.poisson(4, n))
    shown(rng, columns, "resale_ratio", 0.6, np.round(rng.beta(6, 3, n), 3))
    shown(rng, columns, "account_age", 0.5, np.round(rng.uniform(0.1, 30, n), 2))


BEHAVIOUR = Behaviour(distort, fraud=True, type="purchase", burst=(2, 6), wallets=6)
