"""What payment gateways count a minute: how many of each status and code, at which gateway, issuer and country.

`config/simulator.toml` holds the usual counts. The simulator's traffic and the test scenarios of the page Statuses make
their rows from it, and change it as `scenarios.py` says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Meta, Struct

from core.clock import iso
from core.config import Frozen, Positive, Share
from core.errors import BadInput
from core.settings import Settings
from core.statuses.episode import MINUTE

Floats = npt.NDArray[np.float64]


class Mix(Frozen, frozen=True, kw_only=True):
    """How many a minute by status and code, mean of a day, and the shares of each dimension's values."""

    per_minute: dict[str, dict[str, Positive]]
    dimensions: dict[str, dict[str, Share]]


class Change(Frozen, frozen=True):
    """What a scenario does to the counts that match `where` (status, auth_code, dimensions): so many `times` as many.

    What that takes away comes with the values of `into` instead, where there are some.
    """

    where: dict[str, str] = {}
    times: Annotated[float, Meta(ge=0, le=100)] = 1.0
    into: dict[str, str] = {}


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

    def rows(self, source: str, minute: int, counts: Iterable[int]) -> list[dict[str, Any]]:
        """The counts of a minute of the epoch as rows of `POST /api/transaction`; what has none is not named."""
        stamp = iso(minute * MINUTE)
        return [
            {"timestamp": stamp, "source": source, "count": count, **self.values(cell)}
            for cell, count in zip(self.cells, counts, strict=True)
            if count
        ]


def cells(mix: Mix) -> Cells:
    """Every combination."""
    names = tuple(mix.dimensions)
    kinds = [(status, code, rate) for status, codes in mix.per_minute.items() for code, rate in codes.items()]
    places = list(product(*(shares.items() for shares in mix.dimensions.values())))
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


class _Statuses(Struct):
    per_minute: dict[str, dict[str, Positive]]
    dimensions: dict[str, dict[str, Share]]


class _File(Struct):
    statuses: _Statuses


def load(settings: Settings) -> Mix:
    """The usual counts of `simulator.toml`. Raises ConfigError naming file and field."""
    found = settings.section("simulator", _File).statuses
    return Mix(per_minute=found.per_minute, dimensions=found.dimensions)
