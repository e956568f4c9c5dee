"""Every transaction of one hour of the platform, drawn from the seed and the hour alone.

So history, live traffic and training data are the same world: an hour asked for twice, by whom ever, is the same, with
the same transaction ids, which makes a second back-fill harmless.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.discovery import discover
from simulator import population, rhythm
from simulator.behaviour import Behaviour, Columns, Generator, honest
from simulator.config import SimulatorConfig

HOUR = 3600.0
BEHAVIOURS: dict[str, Behaviour] = discover("simulator.behaviours", "BEHAVIOUR")
Row = tuple[Any, ...]  # the fields of a Transaction after its id
_BURST_SECONDS = 900.0
_FLAGS = ("new_device", "geo_velocity")
_COUNTS = (
    "tickets_in_basket",
    "txn_velocity_1h",
    "failed_payments_24h",
    "device_accounts",
    "ip_accounts",
    "linked_wallet_hops",
)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One attempt to buy or hand on tickets; `fraud` and `kind` are its truth, which the product is not told."""

    id: str
    when: float
    type: str
    amount: float
    platform_fee: float
    wallet: str
    counterparty: str | None
    event_id: str
    ip: str
    features: dict[str, Any]
    fraud: bool
    kind: str

    def to_score(self) -> dict[str, Any]:
        """The body of a scoring request."""
        return {
            "transaction_id": self.id,
            "timestamp": self.when,
            "amount": self.amount,
            "wallet": self.wallet,
            "ip": self.ip,
            "features": self.features,
        }

    def to_event(self) -> dict[str, Any]:
        """The transaction event that the platform reports when it went through."""
        return {
            "kind": "transaction",
            "id": self.id,
            "timestamp": self.when,
            "transaction_id": self.id,
            "type": self.type,
            "amount": self.amount,
            "platform_fee": self.platform_fee,
            "wallet": self.wallet,
            "counterparty": self.counterparty,
            "event_id": self.event_id,
            "ip": self.ip,
        }


def between(start: float, end: float, config: SimulatorConfig) -> Iterator[Transaction]:
    """Every transaction with start <= when < end, in order of time."""
    for number in range(int(start // HOUR), int(-(-end // HOUR))):
        yield from (item for item in hour(number, config) if start <= item.when < end)


def hour(number: int, config: SimulatorConfig) -> list[Transaction]:
    """The transactions of the hour that starts `number` hours after the epoch, in order of time."""
    rng = np.random.default_rng([config.seed, number])
    start = number * HOUR
    busy = rhythm.traffic(start + HOUR / 2, config)
    n = int(rng.poisson(config.transactions_per_hour * busy))
    odd = rng.random(n) < config.odd_share
    purchase = rng.random(n) < rhythm.purchase_share(start, config)
    times = start + np.sort(rng.uniform(0, HOUR, n))
    who = customers(rng, n, config)
    rows = _rows(rng, "honest", None, times[~odd], purchase[~odd], who[~odd], who[~odd], config)
    rows += _rows(rng, "odd", BEHAVIOURS["odd"], times[odd], purchase[odd], who[odd], who[odd], config)
    for kind, rate in config.frauds_per_hour.items():
        rows += campaigns(rng, kind, rate * busy, start, HOUR, config)
    rows.sort(key=lambda row: row[0])
    return [Transaction(f"tx-{config.seed}-{number}-{i:05d}", *row) for i, row in enumerate(rows)]


def campaigns(
    rng: Generator, kind: str, expected: float, start: float, seconds: float, config: SimulatorConfig
) -> list[Row]:
    """Bursts of one kind of fraud, about `expected` transactions within `seconds` from `start`."""
    low, high = BEHAVIOURS[kind].burst
    rows: list[Row] = []
    for _ in range(int(rng.poisson(expected / ((low + high) / 2)))):
        begin = start + rng.uniform(0, seconds * 0.8)
        size = int(rng.integers(low, high + 1))
        rows += gang(rng, kind, size, begin, min(_BURST_SECONDS, start + seconds - begin), config)
    return rows


def gang(rng: Generator, kind: str, n: int, start: float, seconds: float, config: SimulatorConfig) -> list[Row]:
    """One burst: `n` frauds of a kind within `seconds` from `start`, with few wallets and one address."""
    behaviour = BEHAVIOURS[kind]
    crooks = -rng.integers(1, 100_000, behaviour.wallets)
    times = np.sort(rng.uniform(start, start + seconds, n))
    purchase = np.full(n, behaviour.type == "purchase")
    return _rows(rng, kind, behaviour, times, purchase, rng.choice(crooks, n), np.full(n, crooks[0]), config)


def shifted(
    rng: Generator,
    times: npt.NDArray[np.float64],
    distort: Callable[[Generator, Columns], None],
    config: SimulatorConfig,
) -> list[Row]:
    """Honest transactions at `times` by customers whom `distort` makes unlike the usual ones."""
    who = customers(rng, len(times), config)
    purchase = rng.random(len(times)) < config.purchase_share
    return _rows(rng, "shifted", Behaviour(distort, fraud=False), times, purchase, who, who, config)


def customers(rng: Generator, n: int, config: SimulatorConfig) -> npt.NDArray[np.int64]:
    """Numbers of `n` customers; a few of them come much more often than the rest."""
    return (config.customers * rng.random(n) ** 2.2).astype(np.int64)


def _rows(
    rng: Generator,
    kind: str,
    behaviour: Behaviour | None,
    times: npt.NDArray[np.float64],
    purchase: npt.NDArray[np.bool_],
    who: npt.NDArray[np.int64],
    at: npt.NDArray[np.int64],
    config: SimulatorConfig,
) -> list[Row]:
    n = len(times)
    columns = honest(rng, n, purchase)
    if behaviour is not None:
        behaviour.distort(rng, columns)
    _forget(rng, columns, config.partner_share)
    amount = columns["amount"]
    fee = np.round(np.where(purchase, amount * 0.05, 0.35 + amount * 0.012), 2)
    others = population.wallets(config.seed, customers(rng, n, config).tolist())
    events = rng.integers(0, config.events, n).tolist()
    features = feature_dicts(columns, times)
    wallets = population.wallets(config.seed, who.tolist())
    ips = population.addresses(config.seed, at.tolist())
    fraud = behaviour is not None and behaviour.fraud
    return [
        (
            when,
            "purchase" if bought else "transfer",
            value,
            cost,
            wallets[i],
            None if bought else others[i],
            population.event(events[i]),
            ips[i],
            features[i],
            fraud,
            kind,
        )
        for i, (when, bought, value, cost) in enumerate(
            zip(times.tolist(), purchase.tolist(), amount.tolist(), fee.tolist(), strict=True)
        )
    ]


def _forget(rng: Generator, columns: Columns, share: float) -> None:
    """What partners do not send is missing: a model has to know that missing is not suspicious."""
    n = len(columns["amount"])
    missing = np.where(rng.random(n) < share, rng.uniform(0.3, 1.0, n), 0.0)
    for name in columns:
        if name != "amount":
            columns[name] = np.where(rng.random(n) < missing, np.nan, columns[name])


def feature_dicts(columns: Columns, times: npt.NDArray[np.float64]) -> list[dict[str, Any]]:
    """One JSON object per row: flags as booleans, counts as integers, the hour as sine and cosine, NaN as null."""
    angle = (times % 86400) / 86400 * 2 * np.pi
    full = {**columns, "hour_sin": np.round(np.sin(angle), 4), "hour_cos": np.round(np.cos(angle), 4)}
    listed = {name: _listed(name, column) for name, column in full.items()}
    return [dict(zip(listed, values, strict=True)) for values in zip(*listed.values(), strict=True)]


def _listed(name: str, column: npt.NDArray[np.float64]) -> list[Any]:
    if name in _FLAGS:
        return [None if value != value else value > 0 for value in column.tolist()]
    if name in _COUNTS:
        return [None if value != value else int(value) for value in column.tolist()]
    return [None if value != value else value for value in column.tolist()]
