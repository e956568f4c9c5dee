"""What every kind of sink is: typed settings, and `send`, which returns when the peer has the documents."""

from collections.abc import Sequence
from typing import Literal, Protocol

from core.config import Frozen
from core.errors import GatehouseError, Unreachable


class SinkAway(Unreachable):
    """The sink cannot take anything now; another try can help."""

    dependency = "sink"


class SinkRefused(GatehouseError):
    """The sink will never take what it was sent."""


class SinkConfig(Frozen, frozen=True, kw_only=True):
    """What every sink has. `name` is also that of its cursor."""

    name: str
    format: Literal["ecs", "ocsf"] = "ecs"


class Item(Frozen, frozen=True):
    """One document: the event's id, severity word, epoch seconds, and its JSON text (one line)."""

    id: str
    severity: str
    at: float
    text: bytes


class Sink(Protocol):
    """Sends in order, at most `batch` at once. Raises SinkAway, or SinkRefused when another try cannot help."""

    batch: int

    def send(self, items: Sequence[Item]) -> None: ...
    def close(self) -> None: ...
