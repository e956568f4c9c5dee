"""The challenger beside the champion on live traffic: how often they decide alike, and which ranks frauds better."""

from typing import Any, TypedDict

import numpy as np

from api.config import ShadowConfig
from api.context import Context, milliseconds
from api.window import Window
from core.performance import contest
from core.store import model_roles, shadow
from core.store.model_roles import CHALLENGER, CHAMPION
from core.store.shadow import Comparison

NAME = "shadow"
REFRESH = 300.0
DAY = 86400
SEED = 1
# Rows times draws of the bootstrap: more rows are drawn less often, for their interval is narrow anyway.
WORK = 20_000_000
LEAST_DRAWS = 100


class Pair(TypedDict):
    """How many transactions the two decided so, how many of them are labelled, and how many frauds."""

    champion: str
    challenger: str
    n: int
    labelled: int
    frauds: int


class Difference(TypedDict):
    """Average precision of both on the labelled transactions, and the interval of challenger less champion."""

    champion: float
    challenger: float
    low: float
    high: float
    verdict: str


class Data(TypedDict):
    """`challenger` is None while nobody is in the shadow. `average_precision` is None until `least_frauds` are known.

    `since` (ms): from when on they are compared; `started` (ms): since when the challenger is in the shadow.
    """

    challenger: int | None
    champion: int | None
    started: int | None
    since: int | None
    n: int
    same_decision: float | None
    mean_difference: float | None
    pairs: list[Pair]
    labelled: int
    frauds: int
    least_frauds: int
    average_precision: Difference | None


def read(context: Context, window: Window) -> dict[str, Any]:
    """The last days up to now, since the challenger came; the newest transactions of a busy platform."""
    config = context.config.shadow
    with context.transaction() as connection:
        held = model_roles.holders(connection)
    champion, challenger = held.get(CHAMPION), held.get(CHALLENGER)
    if challenger is None:
        return judged(None, [], config) | {"champion": champion.version if champion else None}
    version, started = challenger.version, challenger.since.timestamp()
    since = shadow.reach(context.database, version, max(started, context.now - config.days * DAY), config.rows)
    found = shadow.comparison(context.database, version, since)
    rows = shadow.labelled(context.database, version, since)
    who = {"champion": champion.version if champion else None, "started": milliseconds(started)}
    return judged(found, rows, config) | who | {"since": milliseconds(since)}


def judged(found: Comparison | None, rows: list[Any], config: ShadowConfig) -> dict[str, Any]:
    """The part from the comparison and the labelled rows (fraud, champion's score, challenger's); pure."""
    frauds = sum(bool(row[0]) for row in rows)
    data: dict[str, Any] = {
        "challenger": None if found is None else found.version,
        "started": None,
        "since": None,
        "n": 0 if found is None else found.n,
        "same_decision": found.same_decision if found and found.n else None,
        "mean_difference": found.mean_difference if found and found.n else None,
        "pairs": [] if found is None else [_pair(pair) for pair in found.pairs],
        "labelled": len(rows),
        "frauds": frauds,
        "least_frauds": config.least_frauds,
        "average_precision": None,
    }
    if config.least_frauds <= frauds < len(rows):
        labels, first, second = (np.array([float(row[i]) for row in rows]) for i in range(3))
        draws = max(LEAST_DRAWS, min(config.resamples, WORK // len(rows)))
        outcome = contest.compare(labels, first, second, draws, config.confidence, SEED)
        kept = ("champion", "challenger", "low", "high", "verdict")
        data["average_precision"] = {name: getattr(outcome, name) for name in kept}
    return data


def _pair(pair: Any) -> dict[str, Any]:
    return {name: getattr(pair, name) for name in ("champion", "challenger", "n", "labelled", "frauds")}
