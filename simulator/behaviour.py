"""The contract of a behaviour, and what an ordinary honest transaction looks like.

Features are columns: arrays of one length, by name, NaN for missing. A behaviour overwrites some of them in a copy of
an honest draw, each only in a share of its rows (`shown`): no fraud shows all its signs, and no single sign is a fraud.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.float64]
Columns = dict[str, Column]
Generator = np.random.Generator
TransactionType = Literal["purchase", "transfer"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`distort(rng, columns)` changes `columns` in place. A fraud comes in bursts of `burst` transactions.

    `type` is what its transactions are; None leaves the platform's mix. `wallets` says how many wallets a burst uses:
    those of `victims`, or of people who trade honestly besides and of throw-away accounts. In a `circle` one ticket
    goes from each wallet to the next and back to the first.
    """

    distort: Callable[[Generator, Columns], None]
    fraud: bool
    type: TransactionType | None = None
    burst: tuple[int, int] = (1, 1)
    wallets: int = 1
    victims: bool = False
    circle: bool = False


def honest(rng: Generator, n: int, purchase: npt.NDArray[np.bool_]) -> Columns:
    """Columns of `n` ordinary transactions; `purchase` (n,) says which are purchases, the others are transfers."""
    tickets = rng.choice([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], n, p=[0.34, 0.42, 0.09, 0.10, 0.03, 0.02])
    account = np.clip(rng.lognormal(np.log(260), 1.1, n), 0.01, 2500)
    account = np.where(rng.random(n) < 0.06, rng.uniform(0.01, 4, n), account)
    wallet = np.where(rng.random(n) < 0.06, rng.uniform(0.01, 3, n), account * rng.uniform(0.25, 1, n))
    nat = np.where(rng.random(n) < 0.2, rng.geometric(0.12, n), 0)
    family = np.where(rng.random(n) < 0.15, rng.integers(1, 4, n), 0)
    linked = np.where(rng.random(n) < 0.45, rng.integers(1, 8, n), np.nan)
    return {
        "amount": np.round(rng.lognormal(np.log(37), 0.5, n) * tickets, 2),
        "price_deviation": np.round(rng.normal(0, 0.9, n), 3),
        "tickets_in_basket": tickets,
        "checkout_seconds": np.round(rng.lognormal(np.log(130), 0.75, n), 1),
        "txn_velocity_1h": 1.0 + rng.poisson(0.9, n),
        "failed_payments_24h": rng.poisson(0.16, n).astype(float),
        "wallet_age": np.round(wallet, 2),
        "account_age": np.round(account, 2),
        "new_device": (rng.random(n) < 0.07).astype(float),
        "geo_velocity": (rng.random(n) < 0.012).astype(float),
        "device_accounts": 1.0 + rng.poisson(0.15, n) + family,
        "ip_accounts": 1.0 + rng.poisson(0.5, n) + family + nat,
        "linked_wallet_hops": np.where(purchase, np.nan, linked),
        "resale_ratio": np.round(rng.beta(1.2, 9, n), 3),
    }


def shown(rng: Generator, columns: Columns, name: str, share: float, values: Any) -> None:
    """Overwrite `columns[name]` with `values` in a random `share` of the rows."""
    column = columns[name]
    columns[name] = np.where(rng.random(len(column)) < share, values, column)
