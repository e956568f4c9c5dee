"""Honest people who look like frauds: travellers, groups, collectors who sell on, and people whose cards fail."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.behaviour import Behaviour, Columns, Generator, shown


def distort(rng: Generator, columns: Columns) -> None:
    """Each row becomes one of the four."""
    n = len(columns["amount"])
    who = rng.integers(0, 4, n)
    traveller, group, collector, failing = ((who == k) & (rng.random(n) < 0.92) for k in range(4))
    _where(
        rng,
        columns,
        traveller,
        {
            "geo_velocity": (0.75, 1.0),
            "new_device": (0.55, 1.0),
            "ip_accounts": (0.5, 1.0 + rng.geometric(0.2, n)),
            "amount": (0.5, np.round(columns["amount"] * rng.uniform(1.2, 4, n), 2)),
        },
    )
    _where(
        rng,
        columns,
        group,
        {
            "tickets_in_basket": (0.9, rng.integers(4, 10, n).astype(float)),
            "ip_accounts": (0.6, 2.0 + rng.geometric(0.2, n)),
            "checkout_seconds": (0.5, np.round(rng.lognormal(np.log(30), 0.6, n), 1)),
            "txn_velocity_1h": (0.6, 2.0 + rng.poisson(2.2, n)),
            "device_accounts": (0.35, 2.0 + rng.poisson(0.8, n)),
        },
    )
    _where(
        rng,
        columns,
        collector,
        {
            "resale_ratio": (0.9, np.round(rng.beta(4, 4, n), 3)),
            "txn_velocity_1h": (0.75, 2.0 + rng.poisson(3.0, n)),
            "price_deviation": (0.6, np.round(rng.normal(1.4, 1.0, n), 3)),
            "linked_wallet_hops": (0.35, rng.integers(1, 5, n).astype(float)),
        },
    )
    _where(
        rng,
        columns,
        failing,
        {
            "failed_payments_24h": (0.9, 1.0 + rng.poisson(1.8, n)),
            "account_age": (0.4, np.round(rng.uniform(0.05, 20, n), 2)),
            "wallet_age": (0.4, np.round(rng.uniform(0.02, 10, n), 2)),
            "txn_velocity_1h": (0.6, 2.0 + rng.poisson(1.8, n)),
        },
    )


def _where(
    rng: Generator, columns: Columns, rows: npt.NDArray[np.bool_], changes: Mapping[str, tuple[float, Any]]
) -> None:
    for name, (share, values) in changes.items():
        before = columns[name]
        shown(rng, columns, name, share, values)
        columns[name] = np.where(rows, columns[name], before)


BEHAVIOUR = Behaviour(distort, fraud=False)
