"""Transaction statuses as the platform's payment gateways count them: how many of each status and code a minute had.

A minute is drawn from the seed and its number, so it is the same whenever it is asked for, whole or as far as it has
come: what is sent again has the same keys and replaces what was sent before.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from core.clock import to_datetime
from core.errors import BadInput
from simulator import rhythm
from simulator.config import Change, SimulatorConfig, StatusesConfig

MINUTE = 60
_STREAM = 14  # apart from what else is drawn from the seed
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
_decoder = msgspec.json.Decoder(tuple[StatusesConfig, tuple[Change, ...]])


class Cell(NamedTuple):
    """What is counted: a status with a code, at a gateway, an issuer, a country; values in the order of their names."""

    status: str
    auth_code: str
    dimensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """Every cell, the names of the dimensions, and how many a minute each has at the mean of a day."""

    names: tuple[str, ...]
    cells: tuple[Cell, ...]
    rates: Floats

    def values(self, cell: Cell) -> dict[str, str]:
        """A cell's values by name."""
        return {
            "status": cell.status,
            "auth_code": cell.auth_code,
            **dict(zip(self.names, cell.dimensions, strict=True)),
        }


def cells(config: StatusesConfig) -> Cells:
    """Every combination of the configuration."""
    names = tuple(config.dimensions)
    kinds = [(status, code, rate) for status, codes in config.per_minute.items() for code, rate in codes.items()]
    places = list(product(*(shares.items() for shares in config.dimensions.values())))
    found = [Cell(status, code, tuple(value for value, _ in place)) for status, code, _ in kinds for place in places]
    shares = np.array([np.prod([share for _, share in place]) for place in places])
    return Cells(names, tuple(found), np.concatenate([rate * shares for _, _, rate in kinds]))


def changed(known: Cells, changes: tuple[Change, ...]) -> Floats:
    """The rates with changes. Raises BadInput when one is about nothing that is counted."""
    rates = known.rates.copy()
    values = [known.values(cell) for cell in known.cells]
    index = {tuple(value.values()): i for i, value in enumerate(values)}
    for change in changes:
        met = [i for i, value in enumerate(values) if change.where.items() <= value.items()]
        if not met:
            raise BadInput("$.statuses", f"nothing is counted where {change.where}")
        for i in met if change.into else ():
            place = index.get(tuple((values[i] | change.into).values()))
            if place is None:
                raise BadInput("$.statuses", f"nothing is counted at {change.into}")
            rates[place] += rates[i] * (1 - change.times)
        rates[met] *= change.times
    return rates


def counts(
    minute: int, config: SimulatorConfig, changes: tuple[Change, ...] = (), until: float = float("inf")
) -> Integers:
    """How many each cell has in a minute of the epoch by the epoch second `until`."""
    known, rates = _known(config.statuses, changes)
    rng = np.random.default_rng([config.seed, _STREAM, minute])
    drawn = rng.poisson(rates * rhythm.traffic(minute * MINUTE, config))
    which = np.repeat(np.arange(len(drawn)), drawn)
    so_far = rng.random(len(which)) * MINUTE < until - minute * MINUTE
    return np.bincount(which[so_far], minlength=len(known.cells)).astype(np.int64)


def rows(
    minute: int, config: SimulatorConfig, changes: tuple[Change, ...] = (), until: float = float("inf")
) -> list[dict[str, Any]]:
    """The same as rows of `POST /api/transaction`; what has none is not named."""
    known, _ = _known(config.statuses, changes)
    timestamp = f"{to_datetime(minute * MINUTE):%Y-%m-%dT%H:%M:%SZ}"
    return [
        {"timestamp": timestamp, "source": config.statuses.source, "count": count, **known.values(cell)}
        for cell, count in zip(known.cells, counts(minute, config, changes, until).tolist(), strict=True)
        if count
    ]


@lru_cache(8)
def _prepared(key: bytes) -> tuple[Cells, Floats]:
    config, changes = _decoder.decode(key)
    known = cells(config)
    return known, changed(known, changes)


def _known(config: StatusesConfig, changes: tuple[Change, ...]) -> tuple[Cells, Floats]:
    return _prepared(msgspec.json.encode((config, changes)))
