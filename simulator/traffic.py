"""Every transaction of one hour of the platform, drawn from the seed and the hour alone.

So history, live traffic and training data are the same world: an hour asked for twice, by whom ever, is the same, with
the same transaction ids, which makes a second back-fill harmless.
"""

from collections.abc import Callable, Iterator, Mapping
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
_TICKETS = 100_000  # of an event
_MULES = 0.6  # accounts of a gang that trade honestly besides
_ONCE = 0.06  # customers who come once
_AWAY = 0.25  # transactions from somewhere else than home
_AGAIN = 0.12  # transactions of the same customer in the same place as the one before
_HANDED, _HANDED_AGAIN = 0.12, 0.45  # transfers of a ticket that was handed over just before, and of those that follow
_BACK = 0.5  # of these, back to where it came from
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
class TicketPlan:
    """To whom tickets go, for which events, and which tickets: numbers, one a transaction."""

    to: npt.NDArray[np.int64]
    events: npt.NDArray[np.int64]
    tickets: npt.NDArray[np.int64]


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
    ticket_id: str
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
            "event_id": self.event_id,
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
            "ticket_id": self.ticket_id,
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
    at = _whereabouts(rng, who, config)
    again = np.maximum.accumulate(np.where(rng.random(n) < _AGAIN, 0, np.arange(n)))
    who, at = who[again], at[again]
    rows = _rows(rng, "honest", None, times[~odd], purchase[~odd], who[~odd], at[~odd], config)
    rows += _rows(rng, "odd", BEHAVIOURS["odd"], times[odd], purchase[odd], who[odd], at[odd], config)
    expected = {kind: rate * busy for kind, rate in config.frauds_per_hour.items()}
    rows += campaigns(rng, expected, start, HOUR, config)
    rows.sort(key=lambda row: row[0])
    return [Transaction(f"tx-{config.seed}-{number}-{i:05d}", *row) for i, row in enumerate(rows)]


def campaigns(
    rng: Generator, expected: Mapping[str, float], start: float, seconds: float, config: SimulatorConfig
) -> list[Row]:
    """Bursts of frauds, as many transactions of each kind as `expected` within `seconds` from `start`.

    Those of a kind follow one another, beside those of other kinds: at rest the platform's fraud rate is much the same
    at every hour, and within it.
    """
    rows: list[Row] = []
    for kind, many in expected.items():
        sizes = _sizes(rng, kind, many)
        for place, size in enumerate(sizes):
            share = seconds / len(sizes)
            rows += gang(rng, kind, size, start + share * place, share, config)
    return rows


def _sizes(rng: Generator, kind: str, expected: float) -> list[int]:
    """How large the bursts of a kind are; together as large as expected, a fraction of one by chance."""
    low, high = BEHAVIOURS[kind].burst
    left = int(expected + rng.random())
    sizes: list[int] = []
    while left:
        size = min(left, int(rng.integers(low, high + 1)))
        size = left if left - size < low else size
        sizes.append(size)
        left -= size
    return sizes


def gang(rng: Generator, kind: str, n: int, start: float, seconds: float, config: SimulatorConfig) -> list[Row]:
    """One burst: `n` frauds of a kind within `seconds` from `start`, with few wallets and one or two addresses."""
    behaviour = BEHAVIOURS[kind]
    crooks = -rng.integers(1, 100_000, behaviour.wallets)
    known = customers(rng, behaviour.wallets, config)
    accounts = np.where(rng.random(behaviour.wallets) < (1.0 if behaviour.victims else _MULES), known, crooks)
    times = start + seconds * (np.arange(n) + rng.random(n)) / n
    purchase = np.full(n, behaviour.type == "purchase")
    at = rng.choice(crooks[:2], n)
    if not behaviour.circle:
        return _rows(rng, kind, behaviour, times, purchase, rng.choice(accounts, n), at, config)
    ring = accounts[: max(2, min(n, len(accounts)))]
    turn = np.arange(n)
    hands = TicketPlan(
        ring[(turn + 1) % len(ring)], np.full(n, rng.integers(0, config.events)), np.full(n, _number(rng, 1)[0])
    )
    return _rows(rng, kind, behaviour, times, purchase, ring[turn % len(ring)], at, config, hands)


def shifted(
    rng: Generator,
    times: npt.NDArray[np.float64],
    distort: Callable[[Generator, Columns], None],
    config: SimulatorConfig,
) -> list[Row]:
    """Honest transactions at `times` by customers whom `distort` makes unlike the usual ones."""
    who = customers(rng, len(times), config)
    purchase = rng.random(len(times)) < config.purchase_share
    at = _whereabouts(rng, who, config)
    return _rows(rng, "shifted", Behaviour(distort, fraud=False), times, purchase, who, at, config)


def customers(rng: Generator, n: int, config: SimulatorConfig) -> npt.NDArray[np.int64]:
    """Numbers of `n` customers; a few of them come much more often than the rest, and some only once."""
    numbers = (config.customers * rng.random(n) ** 2.2).astype(np.int64)
    return np.where(rng.random(n) < _ONCE, config.customers + rng.integers(0, 10**6, n), numbers)


def _rows(
    rng: Generator,
    kind: str,
    behaviour: Behaviour | None,
    times: npt.NDArray[np.float64],
    purchase: npt.NDArray[np.bool_],
    who: npt.NDArray[np.int64],
    at: npt.NDArray[np.int64],
    config: SimulatorConfig,
    hands: TicketPlan | None = None,
) -> list[Row]:
    n = len(times)
    columns = honest(rng, n, purchase)
    if behaviour is not None:
        behaviour.distort(rng, columns)
    _forget(rng, columns, config.partner_share)
    amount = columns["amount"]
    fee = np.round(np.where(purchase, amount * 0.05, 0.35 + amount * 0.012), 2)
    if hands is None:
        hands = TicketPlan(customers(rng, n, config), rng.integers(0, config.events, n), _number(rng, n))
        who, at = _handed_on(rng, purchase, who, at, hands)
    others = population.wallets(config.seed, hands.to.tolist())
    events, tickets = hands.events.tolist(), hands.tickets.tolist()
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
            population.ticket(events[i], tickets[i]),
            ips[i],
            features[i],
            fraud,
            kind,
        )
        for i, (when, bought, value, cost) in enumerate(
            zip(times.tolist(), purchase.tolist(), amount.tolist(), fee.tolist(), strict=True)
        )
    ]


def _whereabouts(rng: Generator, who: npt.NDArray[np.int64], config: SimulatorConfig) -> npt.NDArray[np.int64]:
    """Whose line each uses: mostly their own; else that of a friend, an office or a hotel."""
    n = len(who)
    guests = np.where(rng.random(n) < 0.5, customers(rng, n, config), config.customers + rng.integers(0, 10**6, n))
    return np.where(rng.random(n) < _AWAY, guests, who)


def _number(rng: Generator, n: int) -> npt.NDArray[np.int64]:
    return rng.integers(0, _TICKETS, n)


def _handed_on(
    rng: Generator,
    purchase: npt.NDArray[np.bool_],
    who: npt.NDArray[np.int64],
    at: npt.NDArray[np.int64],
    hands: TicketPlan,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Some transfers hand the ticket of an earlier one back or on, as friends and families do; not circles alone do."""
    who, at = who.copy(), at.copy()
    before, is_handed = -1, False
    for i in np.flatnonzero(~purchase).tolist():
        lot = rng.random()
        is_handed = before >= 0 and lot < (_HANDED_AGAIN if is_handed else _HANDED)
        if is_handed:
            who[i] = at[i] = hands.to[before]
            hands.to[i] = who[before] if rng.random() < _BACK else hands.to[i]
            hands.events[i], hands.tickets[i] = hands.events[before], hands.tickets[before]
        before = i
    return who, at


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
    sine: npt.NDArray[np.float64] = np.sin(angle)
    cosine: npt.NDArray[np.float64] = np.cos(angle)
    full: Columns = {**columns, "hour_sin": sine.round(4), "hour_cos": cosine.round(4)}
    listed = {name: _listed(name, column) for name, column in full.items()}
    return [dict(zip(listed, values, strict=True)) for values in zip(*listed.values(), strict=True)]


def _listed(name: str, column: npt.NDArray[np.float64]) -> list[Any]:
    if name in _FLAGS:
        return [None if value != value else value > 0 for value in column.tolist()]
    if name in _COUNTS:
        return [None if value != value else int(value) for value in column.tolist()]
    return [None if value != value else value for value in column.tolist()]
