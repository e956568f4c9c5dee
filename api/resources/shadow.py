"""The challenger beside the champion on live traffic: how often they decide alike, and which ranks frauds better."""

from typing import Any

import msgspec
import numpy as np

from api.config import ShadowConfig
from api.context import ResourceContext, milliseconds
from api.window import Window
from core.models import roles, shadow
from core.models.performance import contest
from core.models.roles import CHALLENGER, CHAMPION
from core.models.shadow import Agreement, Comparison
from core.monitoring.shadow import DecisionPair, PrecisionDifference, ShadowComparison

NAME = "shadow"
REFRESH = 300.0
DAY = 86400
SEED = 1
# Rows times draws of the bootstrap: more rows are drawn less often, for their interval is narrow anyway.
WORK = 20_000_000
LEAST_DRAWS = 100


def read(context: ResourceContext, window: Window) -> ShadowComparison:
    """The last days up to now, since the challenger came; the newest transactions of a busy platform."""
    config = context.config.shadow
    with context.transaction() as connection:
        held = roles.holders(connection)
    champion, challenger = held.get(CHAMPION), held.get(CHALLENGER)
    of = champion.version if champion else None
    if challenger is None:
        return msgspec.structs.replace(judged(None, [], config), champion=of)
    version, started = challenger.version, challenger.since.timestamp()
    since = shadow.reach(context.database, version, max(started, context.now - config.days * DAY), config.rows)
    found = shadow.comparison(context.database, version, since)
    rows = shadow.labelled(context.database, version, since)
    return msgspec.structs.replace(
        judged(found, rows, config), champion=of, started=milliseconds(started), since=milliseconds(since)
    )


def judged(found: Comparison | None, rows: list[Any], config: ShadowConfig) -> ShadowComparison:
    """What the comparison and the labelled rows (fraud, champion's score, challenger's) say; pure."""
    frauds = sum(bool(row[0]) for row in rows)
    return ShadowComparison(
        challenger=None if found is None else found.version,
        started=None,
        since=None,
        n=0 if found is None else found.n,
        same_decision=found.same_decision if found and found.n else None,
        mean_difference=found.mean_difference if found and found.n else None,
        pairs=[] if found is None else [_pair(pair) for pair in found.pairs],
        labelled=len(rows),
        frauds=frauds,
        least_frauds=config.least_frauds,
        average_precision=_difference(rows, config) if config.least_frauds <= frauds < len(rows) else None,
        champion=None,
    )


def _difference(rows: list[Any], config: ShadowConfig) -> PrecisionDifference:
    labels, first, second = (np.array([float(row[i]) for row in rows]) for i in range(3))
    draws = max(LEAST_DRAWS, min(config.resamples, WORK // len(rows)))
    found = contest.compare(labels, first, second, draws, config.confidence, SEED)
    return PrecisionDifference(
        champion=found.champion, challenger=found.challenger, low=found.low, high=found.high, verdict=found.verdict
    )


def _pair(pair: Agreement) -> DecisionPair:
    return DecisionPair(
        champion=pair.champion, challenger=pair.challenger, n=pair.n, labelled=pair.labelled, frauds=pair.frauds
    )
