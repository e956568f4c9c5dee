"""How mature the labels of a span are (M3), from the confusion matrix by minute."""

from datetime import datetime

from msgspec import Struct

from core.db.engine import Connection
from core.db.queries import query


class Maturity(Struct, frozen=True):
    """Of `total` predictions `labelled` have a label that counts; `blocked_unlabelled` are blocked and unknown."""

    total: int
    labelled: int
    blocked_unlabelled: int
    flagged_unlabelled: int

    @property
    def percent(self) -> float | None:
        """Share of labelled predictions times 100; None without predictions."""
        return 100 * self.labelled / self.total if self.total else None


def maturity(connection: Connection, start: datetime, end: datetime) -> Maturity:
    """Of the predictions with `start` ≤ minute < `end`."""
    row = connection.execute(query("confusion.sum"), {"start": start, "end": end}).mappings().one()
    known = {name: int(value or 0) for name, value in row.items()}
    labelled = sum(known[name] for name in ("tp", "fp", "fn", "tn"))
    return Maturity(
        labelled + known["flagged_unlabelled"] + known["clear_unlabelled"],
        labelled,
        known["blocked_unlabelled"],
        known["flagged_unlabelled"],
    )
