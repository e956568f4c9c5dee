"""What every kind of channel is (A8): typed settings, what it still lacks, and `send`. The contract of
alerts/notify/channels.

A kind is a module with `KIND`, `Parameters` (a `ChannelConfig` tagged with that kind), `missing(parameters, wire)`,
which names the variables that must be set before it can work, and `send(notice, parameters, wire)`, which returns when
the receiver has taken the message. `REPEATS = True`: its messages fade unless they are sent again (Alertmanager).
`RAW = True`: it passes data on to a program, which escapes by itself; every other kind gets `wording.harmless` notices.
"""

from typing import Annotated, Any, Protocol

from msgspec import Meta, Struct

from alerts.notify.http_transport import Wire
from core.alerting.notification import Notice
from core.config import Count, Frozen, Positive
from core.errors import GatehouseError

GROUP_THEMSELVES = ("alertmanager",)

SecretName = Annotated[str, Meta(pattern=r"^GATEHOUSE_[A-Z0-9_]+\Z")]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]
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
    `attempts` times, and no longer than `maximum_age_minutes`; `timeout` is seconds for one try. `grouped`: a storm of
    a rule is one message here (default: everywhere but in Alertmanager, which groups by itself). `per_hour` is how many
    messages about alerts pass in an hour before they are only counted (0: all).
    """

    name: Name
    fallback: str = ""
    per_minute: Positive = 60.0
    burst: Count = 5
    attempts: Count = 10
    maximum_age_minutes: Positive = 30.0
    timeout: Annotated[float, Meta(gt=0, le=30)] = 10.0
    grouped: bool | None = None
    per_hour: Annotated[int, Meta(ge=0)] = 0


class Receipt(Frozen, frozen=True):
    """What the receiver said: its id for the message, a word for its state, and more that is worth keeping."""

    id: str = ""
    status: str = "accepted"
    detail: str = ""


class Named(Struct, frozen=True):
    """As much of a `[[channel]]` table as the evaluator needs: its name, and whether a storm is one message there."""

    name: str
    kind: str = ""
    grouped: bool | None = None

    @property
    def groups(self) -> bool:
        """Whether a storm of a rule is one message here."""
        return self.kind not in GROUP_THEMSELVES if self.grouped is None else self.grouped


class ChannelNames(Struct, frozen=True):
    """`channels.toml` as the evaluator reads it."""

    channel: list[Named] = []


class Kind(Protocol):
    """A module of alerts/notify/channels."""

    KIND: str
    Parameters: type[ChannelConfig]

    def missing(self, parameters: Any, wire: Wire) -> list[str]: ...
    def send(self, notice: Notice, parameters: Any, wire: Wire) -> Receipt: ...
