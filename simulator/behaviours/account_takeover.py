"""Account takeover: somebody else in an old, trusted account, selling or moving what is worth most."""

import numpy as np

from simulator.behaviour import Behaviour, Columns, Generator, shown


def distort(rng: Generator, columns: Columns) -> None:
    """A new device, often on another continent, larger amounts than usual, tickets to unlinked wallets."""
    n = len(columns["amount"])
    shown(rng, columns, "new_device", 0.88, 1.0)
    shown(rng, columns, "geo_velocity", 0.6, 1.0)
    shown(rng, columns, "amount", 0.7, np.round(columns["amount"] * rng.uniform(2, 7, n), 2))
    shown(rng, columns, "price_deviation", 0.55, np.round(rng.normal(-2.2, 0.9, n), 3))
    shown(rng, columns, "txn_velocity_1h", 0.68, 2.0 + rng.poisson(3.0, n))
    shown(rng, columns, "checkout_seconds", 0.5, np.round(rng.lognormal(np.log(38), 0.6, n), 1))
    shown(rng, columns, "ip_accounts", 0.45, 2.0 + rng.geometric(0.22, n))
    shown(rng, columns, "failed_payments_24h", 0.3, 1.0 + rng.poisson(0.8, n))


BEHAVIOUR = Behaviour(distort, fraud=True, type="transfer", burst=(1, 3), wallets=2, victims=True)
