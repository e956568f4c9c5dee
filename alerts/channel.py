"""The contract of a kind of channel: a module of `alerts/channels/` with KIND, Parameters and send.

`send(notice, parameters, wire) -> Receipt` raises Permanent when another try cannot help and Transient when it can.
"""

from typing import Any, NamedTuple

from msgspec import Struct

from core.errors import GatehouseError


class Receipt(NamedTuple):
    """What the receiver answered; kept with the message, so it holds no secret."""

    status: str
    details: dict[str, Any] = {}


class Permanent(GatehouseError):
    """The receiver will never take this message."""


class Transient(GatehouseError):
    """The receiver may take it later; `retry_after` seconds, where it said so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class Named(Struct, frozen=True):
    """As much of a `[[channel]]` table as the evaluator needs: that there is one of that name."""

    name: str


class ChannelNames(Struct, frozen=True):
    """`channels.toml` as the evaluator reads it."""

    channel: list[Named] = []
