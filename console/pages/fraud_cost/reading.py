"""Reads the sums of fraud cost and makes the ledger of them; the same sums make the same ledger, once."""

from functools import lru_cache
from typing import NamedTuple

from console.analytics.fraud_cost import ledger as ledgers
from console.analytics.fraud_cost import store
from console.analytics.fraud_cost.events import EventRow
from console.analytics.fraud_cost.ledger import Ledger
from console.analytics.fraud_cost.store import Read
from core.fraud_cost_config import FraudCostConfig

KEPT = 12  # ledgers of a worker


class Known(NamedTuple):
    """A ledger; `without_amount` of its predictions count as 0."""

    ledger: Ledger
    without_amount: int


def ledger(read: Read, prices: FraudCostConfig, least_held: int) -> Known:
    """The ledger of what was read."""
    return _made(read.columns, read.events, prices, least_held)


@lru_cache(maxsize=KEPT)
def _made(columns: bytes, events: tuple[EventRow, ...], prices: FraudCostConfig, least_held: int) -> Known:
    cells, inside, before, without = store.parts(columns)
    return Known(ledgers.ledger(cells, inside, before, events, prices, least_held), without)
