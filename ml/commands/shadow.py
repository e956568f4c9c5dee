"""`python -m ml shadow`: put a challenger in the shadow of the champion, take it out, and see how the two compare."""

import argparse
from typing import Any

import numpy as np

from core import clock
from core.errors import BadInput
from core.models import registry, shadow
from core.models import roles as model_roles
from core.models.performance import contest
from core.stores import Stores
from ml.commands import roles
from ml.config import ModelConfig
from ml.data.split import DAY


def add(commands: Any) -> None:
    """Describe the command."""
    command = commands.add_parser("shadow", help="run a challenger in shadow mode and compare it")
    command.add_argument("version", nargs="?", type=int, help="run this model in shadow mode")
    command.add_argument("--stop", action="store_true", help="stop shadow mode")
    command.add_argument("--days", type=float, default=7.0, help="days to compare")


def run(arguments: argparse.Namespace, stores: Stores, config: ModelConfig) -> int:
    """Start, stop or compare. Raises BadInput."""
    if arguments.version is not None:
        return roles.assign(stores, arguments.version, model_roles.CHALLENGER)
    if arguments.stop:
        with stores.database.transaction() as connection:
            version = model_roles.release(connection, model_roles.CHALLENGER, actor=roles.ACTOR, audit=stores.audit)
        print("no model was in shadow mode" if version is None else f"model {version} has left shadow mode")
        return 0
    version = registry.role(stores.database, model_roles.CHALLENGER)
    if version is None:
        raise BadInput("shadow", "no model is in shadow mode; start one with python -m ml shadow VERSION")
    return _compare(stores, config, version, clock.now() - arguments.days * DAY)


def _compare(stores: Stores, config: ModelConfig, version: int, since: float) -> int:
    found = shadow.comparison(stores.database, version, since)
    print(f"model {version} scored {found.n:,} transactions in shadow mode")
    if not found.n:
        return 0
    print(f"same decision: {found.same_decision:.2%}, mean difference of scores {found.mean_difference:+.4f}")
    for pair in found.pairs:
        print(
            f"  champion {pair.champion:<8}  challenger {pair.challenger:<8}  {pair.n:>9,}"
            f"  labelled {pair.labelled:>7,}  fraud {pair.frauds:>6,}"
        )
    rows = shadow.labelled(stores.database, version, since)
    frauds = sum(row.fraud for row in rows)
    if not config.retraining.least_frauds <= frauds < len(rows):
        print(f"{frauds} known frauds so far; {config.retraining.least_frauds} are needed for a comparison")
        return 0
    labels = np.array([row.fraud for row in rows], dtype=np.float64)
    first = np.array([row.champion_score for row in rows], dtype=np.float64)
    second = np.array([row.score for row in rows], dtype=np.float64)
    rules = config.retraining
    outcome = contest.compare(labels, first, second, rules.resamples, rules.confidence, config.seed)
    print(
        f"average precision {outcome.challenger:.4f} against {outcome.champion:.4f}, difference between "
        f"{outcome.low:+.4f} and {outcome.high:+.4f}: {outcome.verdict}"
    )
    return 0
