"""Files of status counts in the forms that people export, from one seeded history with an incident."""

from datetime import UTC, datetime, timedelta

import numpy as np

STATUSES = ("approved", "denied", "failed")
RATES = np.array([60.0, 4.0, 0.1])
START = datetime(2025, 7, 12, 13, 45, tzinfo=UTC)
INCIDENT = (500, 530)  # minutes in which many more are denied


def counts(minutes: int = 720, incident: bool = True) -> np.ndarray:
    """A row a status, a column a minute."""
    found = np.random.default_rng(20).poisson(RATES[:, None], (3, minutes))
    if incident:
        found[1, INCIDENT[0] : INCIDENT[1]] += 20
    return found


def written(table: np.ndarray, form: str) -> bytes:
    """The same counts, in a form: long, clock, wide, seconds (a row a transaction) or epoch."""
    lines = {"long": _long, "clock": _clock, "wide": _wide, "seconds": _seconds, "epoch": _epoch}[form](table)
    return ("\n".join(lines) + "\n").encode()


def at(minute: int) -> datetime:
    """The time of a minute."""
    return START + timedelta(minutes=minute)


def _long(table: np.ndarray) -> list[str]:
    rows = ["timestamp,status,count"]
    for minute in range(table.shape[1]):
        rows += [f"{at(minute):%Y-%m-%d %H:%M:%S},{name},{table[i, minute]}" for i, name in enumerate(STATUSES)]
    return rows


def _clock(table: np.ndarray) -> list[str]:
    rows = ["time,status,f0_"]
    for minute in range(table.shape[1]):
        time = f"{minute // 60 % 24:02d}h {minute % 60:02d}"
        rows += [f"{time},{name},{table[i, minute]}" for i, name in enumerate(STATUSES) if table[i, minute]]
    return rows


def _wide(table: np.ndarray) -> list[str]:
    rows = [";".join(["", "minute", *STATUSES, "all"])]
    for minute, column in enumerate(table.T):
        rows.append(";".join(map(str, [minute, f"{at(minute):%d.%m.%Y %H:%M}", *column, column.sum()])))
    return rows


def _seconds(table: np.ndarray) -> list[str]:
    rows, number = ["id,created_at,status,amount"], 0
    for minute in range(table.shape[1]):
        for i, name in enumerate(STATUSES):
            for k in range(table[i, minute]):
                number += 1
                rows.append(f"t{number},{at(minute) + timedelta(seconds=k % 60):%Y-%m-%dT%H:%M:%SZ},{name},{k + 0.5}")
    return rows


def _epoch(table: np.ndarray) -> list[str]:
    codes = ("00", "51", "91")
    rows = ["ts\tauth_code\tn"]
    for minute in range(table.shape[1]):
        rows += [f"{at(minute).timestamp() * 1000:.0f}\t{codes[i]}\t{table[i, minute]}" for i in range(3)]
    return rows
