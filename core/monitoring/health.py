"""Resource `health` (H1-H3): each service as last checked, its uptime and what to do; and the host."""

from typing import Literal

from msgspec import Struct

ServiceStatus = Literal["UP", "SLOW", "DOWN", "UNKNOWN"]


class ServiceHealth(Struct, frozen=True, kw_only=True):
    """One service; `suggestion` only when it is not UP. Times in ms, latency and its baseline in ms."""

    name: str
    title: str
    status: ServiceStatus
    latency_ms: float | None
    baseline_ms: float
    uptime_percent: float | None
    checked_at: int | None
    detail: str | None
    suggestion: str | None


class HostSample(Struct, frozen=True, kw_only=True):
    """The machine: percent of all cores, sizes in bytes, load of one minute, and when it was measured (ms)."""

    cpu_percent: float
    cores: int
    memory_used: int
    memory_total: int
    disk_used: int
    disk_total: int
    load1: float
    at: int


class Health(Struct, frozen=True, kw_only=True):
    """Services in the order of services.toml."""

    services: list[ServiceHealth]
    host: HostSample | None


RESOURCE = Health
