"""Where replicas are counted and set: one kind of target per module, with KIND, Parameters, `read` and `put`.

`read(context, settings, service)` gives the number that is wanted now; `put(context, settings, service, replicas, run)`
sets an absolute number. Both raise Permanent when trying again cannot help and an Unreachable when it can.
"""

from typing import Any, Protocol, cast

from msgspec import Struct

from alerts.respond.action import ActionContext
from core.alerting.action_runs import Run
from core.discovery import kinds


class Target(Protocol):
    """What a module of this package offers."""

    KIND: str
    Parameters: type[Struct]

    def read(self, context: ActionContext, settings: Any, service: str) -> int:
        """How many replicas are wanted now."""

    def put(self, context: ActionContext, settings: Any, service: str, replicas: int, run: Run) -> None:
        """So many are wanted from now on."""


def targets() -> dict[str, Target]:
    """Every kind of target by its name. Raises ConfigError when a module is incomplete."""
    return cast(dict[str, Target], kinds("alerts.respond.scaling", "Parameters", "read", "put"))
