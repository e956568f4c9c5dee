"""Card payments whose frauds are known, made by a published protocol, for benchmarks of training.

After the simulator and the features of Le Borgne et al., *Reproducible Machine Learning for Credit Card Fraud
Detection* (chapters 2 and 3): customers pay at terminals nearby; amounts above 220 are fraud; two terminals a day are
compromised
for 28 days and all their payments are fraud; three customers a day are compromised for 14 days and a third of their
payments are fraud of five times the amount. Features: the customer's payments of 1, 7 and 30 days, and the share of
frauds at the terminal, as it is known a week later.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

DAY = 86_400
FIRST_DAY = 1_522_540_800  # 2018-04-01, a Sunday
RADIUS, DEAR = 5.0, 220.0
TERMINAL_DAYS, CUSTOMER_DAYS = 28, 14
WINDOWS, DELAY = (1, 7, 30), 7
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Payments:
    """Columns (n,), in order of time: seconds since the first day, customer, terminal, amount, fraud."""

    at: Array
    customer: Array
    terminal: Array
    amount: Array
    fraud: Array


def payments(days: int, customers: int = 5000, terminals: int = 10_000, seed: int = 0) -> Payments:
    """All payments of that many days."""
    rng = np.random.default_rng([7, seed])
    home, places = rng.uniform(0, 100, (customers, 2)), rng.uniform(0, 100, (terminals, 2))
    mean, rate = rng.uniform(5, 100, customers), rng.uniform(0, 4, customers)
    near = [np.flatnonzero(((places - one) ** 2).sum(axis=1) < RADIUS**2) for one in home]
    rate *= np.array([len(found) > 0 for found in near])
    who, day = np.nonzero(counts := rng.poisson(rate[:, None], (customers, days)))
    customer, day = (np.repeat(part, counts[who, day]) for part in (who, day))
    second = rng.normal(DAY / 2, 20_000, len(customer)).astype(np.int64)
    inside = (second > 0) & (second < DAY)
    customer, at = customer[inside], day[inside] * DAY + second[inside]
    order = np.argsort(at, kind="stable")
    customer, at = customer[order], at[order]
    amount = rng.normal(mean[customer], mean[customer] / 2)
    amount = np.where(amount < 0, rng.uniform(0, 2 * mean[customer]), amount).round(2)
    reach = np.array([len(found) for found in near])[customer]
    draws = (rng.random(len(customer)) * reach).astype(np.int64)
    terminal = np.array([near[one][draw] for one, draw in zip(customer.tolist(), draws.tolist(), strict=True)])
    return _with_frauds(Payments(at, customer, terminal, amount, amount > DEAR), days, customers, terminals, rng)


def _with_frauds(made: Payments, days: int, customers: int, terminals: int, rng: np.random.Generator) -> Payments:
    day, fraud, amount = made.at // DAY, made.fraud.copy(), made.amount.copy()
    for start in range(days):
        for one in rng.choice(terminals, _a_day(2 * terminals / 10_000, rng), replace=False):
            fraud |= (made.terminal == one) & (day >= start) & (day < start + TERMINAL_DAYS)
        stolen = np.isin(made.customer, rng.choice(customers, _a_day(3 * customers / 5000, rng), replace=False))
        rows = np.flatnonzero(stolen & (day >= start) & (day < start + CUSTOMER_DAYS))
        chosen = rng.choice(rows, len(rows) // 3, replace=False)
        amount[chosen], fraud[chosen] = (amount[chosen] * 5).round(2), True
    return Payments(made.at, made.customer, made.terminal, amount, fraud)


def _a_day(mean: float, rng: np.random.Generator) -> int:
    """How many are compromised on a day: two terminals and three customers of the published size."""
    whole, rest = divmod(mean, 1)
    return int(whole) + int(rest > 0 and rng.random() < rest)


def features(made: Payments) -> dict[str, Array]:
    """The fifteen features of each payment, by name."""
    found: dict[str, Array] = {
        "amount": made.amount,
        "weekend": ((made.at // DAY) % 7 % 6 == 0).astype(int),
        "night": (made.at % DAY // 3600 <= 6).astype(int),
    }
    for days in WINDOWS:
        count, total = _recent(made.customer, made.at, made.amount, 0, days * DAY)
        found |= {f"customer_count_{days}d": count, f"customer_mean_{days}d": (total / count).round(4)}
    for days in WINDOWS:
        count, frauds = _recent(made.terminal, made.at, made.fraud.astype(float), DELAY * DAY, days * DAY)
        found |= {f"terminal_count_{days}d": count, f"terminal_risk_{days}d": (frauds / np.maximum(count, 1)).round(6)}
    return found


def _recent(who: Array, at: Array, value: Array, late: int, seconds: int) -> tuple[Array, Array]:
    """How many payments of the same one lie in the `seconds` that ended `late` ago, and the sum of their values."""
    order = np.argsort(who, kind="stable")
    key = who[order].astype(np.int64) * (1 << 34) + at[order]
    sums = np.append(0.0, np.cumsum(value[order]))
    last = np.searchsorted(key, key - late, side="right")
    first = np.searchsorted(key, np.maximum(key - late - seconds, who[order] * (1 << 34) - 1), side="right")
    first = np.minimum(first, last)
    count, total = np.empty(len(at)), np.empty(len(at))
    count[order], total[order] = last - first, sums[last] - sums[first]
    return count.astype(int), total


def write(path: Path, made: Payments, first: int, days: int) -> None:
    """The payments of `days` days from day `first` on as CSV, with features, ids and the truth."""
    rows = np.flatnonzero((made.at >= first * DAY) & (made.at < (first + days) * DAY))
    columns = {
        "transaction_id": rows,
        "time": np.datetime_as_string((FIRST_DAY + made.at[rows]).astype("datetime64[s]")),
        "customer_id": made.customer[rows],
        **{name: values[rows] for name, values in features(made).items()},
        "fraud": made.fraud[rows].astype(int),
    }
    lines = zip(*(column.tolist() for column in columns.values()), strict=True)
    path.write_text("\n".join([",".join(columns), *(",".join(map(str, line)) for line in lines)]) + "\n")
