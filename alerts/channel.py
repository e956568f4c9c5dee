"""What every kind of channel is (A8): typed settings, what it still lacks, and `send`. The contract of alerts/channels.

A kind is a module with `KIND`, `Parameters` (a `ChannelConfig` tagged with that kind), `missing(parameters, wire)`,
which names the variables that must be set before it can work, and `send(notice, parameters, wire)`, which returns when
the receiver has taken the message. `REPEATS = True`: its messages fade unless they are sent again (Alertmanager).
"""

from typing import Annotated, Any, Protocol

from msgspec import Meta, Struct

from alerts.wire import Wire
from core.config import Count, Frozen, Positive
from core.errors import GatehouseError
from core.notice import Notice

SecretName = Annotated[str, Meta(pattern=r"^GATEHOUSE_[A-Z0-9_]+$")]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Url = Annotated[str, Meta(pattern=r"^https?://[^\s/]+")]


class Permanent(GatehouseError):
    """Another try of the same message cannot help."""


class Transient(GatehouseError):
    """Another try can help. `retry_after`: seconds that the receiver asks the whole channel to wait, if it does."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class ChannelConfig(Frozen, frozen=True, kw_only=True):
    """What every channel has.

    `fallback` gets what this one cannot deliver. Messages pass at `per_minute`, `burst` at once. A message is tried
    `attempts` times, and no longer than `maximum_age_minutes`; `timeout` is seconds for one try.
    """

    name: Name
    fallback: str = ""
    per_minute: Positive = 60.0
    burst: Count = 5
    attempts: Count = 10
    maximum_age_minutes: Positive = 30.0
    timeout: Annotated[float, Meta(gt=0, le=30)] = 10.0


class Receipt(Frozen, frozen=True):
    """What the receiver said: its id for the message, a word for its state, and more that is worth keeping."""

    id: str = ""
    status: str = "accepted"
    detail: str = ""


class Named(Struct, frozen=True):
    """As much of a `[[channel]]` table as the evaluator needs: that there is one of that name."""

    name: str


class ChannelNames(Struct, frozen=True):
    """`channels.toml` as the evaluator reads it."""

    channel: list[Named] = []


class Kind(Protocol):
    """A module of alerts/channels."""

    KIND: str
    Parameters: type[ChannelConfig]

    def missing(self, parameters: Any, wire: Wire) -> list[str]: ...
    def send(self, notice: Notice, parameters: Any, wire: Wire) -> Receipt: ...
