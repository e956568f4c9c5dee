"""Resource `limits` (R3): the whole against its limit, addresses near theirs, blocked addresses with their end."""

from msgspec import Struct


class GlobalLimit(Struct, frozen=True, kw_only=True):
    """Requests of the last minute of all addresses against the limit a minute."""

    used: int
    limit: int
    percent: float


class NearLimit(Struct, frozen=True, kw_only=True):
    """An address near its limit: requests of the last minute, and how many are allowed."""

    ip: str
    used: int
    limit: int


class BlockedAddress(Struct, frozen=True, kw_only=True):
    """A blocked address, until when (ms), and why."""

    ip: str
    until: int
    reason: str


class Limits(Struct, frozen=True, kw_only=True, rename={"everyone": "global"}):
    """Always now, whatever the window; `everyone` are all addresses together."""

    everyone: GlobalLimit
    near: list[NearLimit]
    blocked: list[BlockedAddress]


RESOURCE = Limits
