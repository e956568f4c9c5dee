"""What the alert worker's jobs share."""

from typing import NamedTuple

from alerts.evaluate.ruleset import Rules
from core.settings import Settings
from core.stores import Stores


class JobContext(NamedTuple):
    """The stores, the settings and the rules."""

    stores: Stores
    settings: Settings
    rules: Rules
