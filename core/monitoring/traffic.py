"""Resource `traffic` (R1, R2): API requests per minute and the busiest addresses."""

from msgspec import Struct


class MinuteTraffic(Struct, frozen=True, kw_only=True):
    """Requests and server errors a minute, from `t` (ms)."""

    t: int
    n: float
    errors: float


class BusyAddress(Struct, frozen=True, kw_only=True):
    """A client and its requests; `limited`: it is blocked now."""

    ip: str
    n: int
    limited: bool


class Traffic(Struct, frozen=True, kw_only=True):
    """Whole minutes only: the running one would look like a fall. `total` counts the window's requests."""

    per_minute: list[MinuteTraffic]
    top_ips: list[BusyAddress]
    limited_ips: int
    total: int


RESOURCE = Traffic
