"""When the truth becomes known: analysts within hours, banks within days, customers who appeal.

Depends on what a transaction is, never on its score, so the labels do not flatter the model.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from simulator.config import SimulatorConfig
from simulator.traffic import HOUR, Transaction, hour

_SPREAD = 0.9
_LATEST_DAYS = 14


def of_hour(number: int, config: SimulatorConfig) -> list[tuple[float, Transaction, dict[str, Any]]]:
    """Labels of the hour's transactions: when each becomes known, of what, and the event; in order of transactions."""
    transactions = hour(number, config)
    rng = np.random.default_rng([config.seed, number, 2])
    n = len(transactions)
    chance, late, appeal = rng.random(n).tolist(), rng.random(n).tolist(), rng.random(n).tolist()
    review = (config.labels.review_minutes * 60 * rng.lognormal(0, _SPREAD, n)).tolist()
    back = (config.labels.chargeback_days * 24 * HOUR * rng.lognormal(0, 0.45, n)).tolist()
    found: list[tuple[float, Transaction, dict[str, Any]]] = []
    for i, item in enumerate(transactions):
        if chance[i] < _reviewed(item, config):
            found.append(_label(item, item.when + review[i], "analyst", f"analyst{i % 6 + 1}"))
        if item.fraud and late[i] < config.labels.chargeback_share:
            found.append(_label(item, item.when + back[i], "chargeback", None))
        if not item.fraud and item.kind != "honest" and appeal[i] < config.labels.appeal_share:
            found.append(_label(item, item.when + 3 * review[i], "appeal", None))
    return found


def becoming_known(start: float, end: float, config: SimulatorConfig) -> Iterator[tuple[float, dict[str, Any]]]:
    """Labels with start <= due < end, of transactions up to two weeks before; not in order."""
    first = int((start - _LATEST_DAYS * 24 * HOUR) // HOUR)
    for number in range(first, int(end // HOUR) + 1):
        yield from ((due, event) for due, _, event in of_hour(number, config) if start <= due < end)


def _reviewed(item: Transaction, config: SimulatorConfig) -> float:
    labels = config.labels
    if item.fraud:
        return labels.fraud_reviewed
    return labels.honest_reviewed if item.kind == "honest" else labels.odd_reviewed


def _label(item: Transaction, due: float, source: str, actor: str | None) -> tuple[float, Transaction, dict[str, Any]]:
    event = {
        "kind": "label",
        "id": f"{item.id}-{source}",
        "timestamp": due,
        "transaction_id": item.id,
        "label": "fraud" if item.fraud else "legit",
        "source": source,
        "actor": actor,
    }
    return due, item, event
