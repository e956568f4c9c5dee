"""Transaction statuses as the platform's payment gateways count them: how many of each status and code a minute had.

A minute is drawn from the seed and its number, so it is the same whenever it is asked for, whole or as far as it has
come: what is sent again has the same keys and replaces what was sent before.
"""

from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from core.statuses.episode import MINUTE
from core.statuses.mix import Cells, Change, Floats, cells, changed
from simulator import rhythm
from simulator.config import SimulatorConfig, StatusesConfig

_STREAM = 14  # apart from what else is drawn from the seed
Integers = npt.NDArray[np.int64]
_decoder = msgspec.json.Decoder(tuple[StatusesConfig, tuple[Change, ...]])


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
    return known.rows(config.statuses.source, minute, counts(minute, config, changes, until).tolist())


@lru_cache(8)
def _prepared(key: bytes) -> tuple[Cells, Floats]:
    config, changes = _decoder.decode(key)
    known = cells(config)
    return known, changed(known, changes)


def _known(config: StatusesConfig, changes: tuple[Change, ...]) -> tuple[Cells, Floats]:
    return _prepared(msgspec.json.encode((config, changes)))
