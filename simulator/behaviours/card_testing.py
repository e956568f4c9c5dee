"""Card testing: stolen card numbers tried out on cheap tickets, in quick bursts from throw-away accounts."""

import numpy as np

from simulator.behaviour import Behaviour, Columns, Generator, shown


def distort(rng: Generator, columns: Columns) -> None:
    """Small amounts, many failures, young accounts, hardly any time to read the page."""
    n = len(columns["amount"])
    shown(rng, columns, "amount", 0.7, np.round(rng.uniform(1, 25, n), 2))
    shown(rng, columns, "tickets_in_basket", 0.8, 1.0)
    shown(rng, columns, "failed_payments_24h", 0.82, 2.0 + rng.poisson(4, n))
    shown(rng, columns, "txn_velocity_1h", 0.78, 3.0 + rng.poisson(5, n))
    shown(rng, columns, "checkout_seconds", 0.65, np.round(rng.lognormal(np.log(16), 0.6, n), 1))
    shown(rng, columns, "account_age", 0.65, np.round(rng.uniform(0.01, 6, n), 2))
    shown(rng, columns, "wallet_age", 0.7, np.round(rng.uniform(0.01, 3, n), 2))
    shown(rng, columns, "device_accounts", 0.4, 2.0 + rng.poisson(1.4, n))
    shown(rng, columns, "new_device", 0.4, 1.0)


BEHAVIOUR = Behaviour(distort, fraud=True, type="purchase", burst=(3, 8), wallets=3)
