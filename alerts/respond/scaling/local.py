"""Processes of the local stack: the wish is a row, which the stack fulfils and reports on (stack/scaling.py)."""

from typing import Any

from alerts.respond.action import ActionContext, Permanent
from core.alerting import scale_targets
from core.alerting.action_runs import Run
from core.config import Frozen

KIND = "local"


class Parameters(Frozen, frozen=True):
    """Nothing to set."""


def read(context: ActionContext, settings: Any, service: str) -> int:
    """How many workers are wanted. Raises Permanent when no stack runs this service."""
    with context.stores.database.transaction() as connection:
        found = scale_targets.one(connection, service)
    if found is None:
        raise Permanent(f"no local stack reports a service {service!r} that can be scaled")
    return found.wanted


def put(context: ActionContext, settings: Any, service: str, replicas: int, run: Run) -> None:
    """Write the wish, unless the run is another worker's by now."""
    with context.stores.database.transaction() as connection:
        found = scale_targets.one(connection, service)
        baseline = found.baseline if found else replicas
        scale_targets.want(connection, service, replicas, baseline, context.now, run)
