"""Cells for tests, by the names of their columns; what is not given is usual."""

from typing import Any

import numpy as np

from console.analytics.fraud_cost.cells import APPROVED, NO_DELAY, UNKNOWN, Cells, from_columns

USUAL: dict[str, int] = {
    "week": 10, "age": 5, "model": 1, "policy": 1, "decision": APPROVED, "label": UNKNOWN, "bank": 0, "held": 0,
    "band": 12, "score": 0, "delay": NO_DELAY, "n": 1, "cents": 5000, "reviews": 0,
}  # fmt: skip


def cells(*rows: dict[str, Any]) -> Cells:
    """A cell each; `cents` are of all of a cell."""
    known = [{**USUAL, **row} for row in rows]
    return from_columns([np.array([row[name] for row in known], np.int64) for name in USUAL])
