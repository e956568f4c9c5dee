"""What a probe is given and what it gives back.

A new kind of check is a module in collector/probes/ with a function `probe` of this form.
"""

from dataclasses import dataclass
from typing import Protocol

from core.config import ServiceConfig
from core.db.engine import Database
from core.db.redis_client import Live


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: UP with its latency in ms, or DOWN with what is wrong; `slow` by its own word."""

    up: bool
    latency_ms: float | None
    detail: str
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Tools:
    """What probes may use. `target` is the service's address with settings filled in."""

    database: Database
    live: Live
    target: str
    timeout: float
    now: float


class Probe(Protocol):
    """A probe never raises for a service that is ill: it says so."""

    def __call__(self, service: ServiceConfig, tools: Tools) -> Finding:
        """Check a service once."""


def judge(finding: Finding, service: ServiceConfig) -> str:
    """UP, SLOW or DOWN: SLOW from baseline times factor, or when the service says so itself."""
    if not finding.up:
        return "DOWN"
    slow = finding.latency_ms is not None and finding.latency_ms >= service.baseline_ms * service.slow_factor
    return "SLOW" if slow or finding.slow else "UP"
