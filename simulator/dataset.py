"""Writes labelled transactions of the simulated platform as CSV, for the first model and for experiments."""

import csv
from pathlib import Path

from core.clock import iso
from simulator.config import SimulatorConfig
from simulator.traffic import HOUR, hour


def write(path: Path, rows: int, until: float, config: SimulatorConfig) -> int:
    """Write the newest `rows` transactions before the hour of `until`; returns how many are frauds.

    Columns: timestamp (ISO 8601), transaction_id, one per feature, is_fraud (0/1).
    """
    number = int(until // HOUR)
    kept: list[list[object]] = []
    names: list[str] = []
    while len(kept) < rows:
        number -= 1
        found = hour(number, config)
        names = names or list(found[0].features)
        kept += [[iso(item.when), item.id, *item.features.values(), int(item.fraud)] for item in reversed(found)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["timestamp", "transaction_id", *names, "is_fraud"])
        writer.writerows(reversed(kept[:rows]))
    return sum(row[-1] == 1 for row in kept[:rows])
