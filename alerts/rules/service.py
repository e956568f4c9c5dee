"""The newest check of each service of services.toml (H1): 0 UP, 1 SLOW, 2 DOWN. An old check is missing data."""

from typing import Any

from alerts.context import Context
from alerts.rule import Limits, Reading, Verdict, against
from core.clock import to_datetime
from core.config import ServiceConfig
from core.durations import Duration, seconds

KIND = "service"
VALUES = {"UP": 0.0, "SLOW": 1.0, "DOWN": 2.0}


class Parameters(Limits, frozen=True, kw_only=True):
    """`stale`: a check older than this says nothing; `services`: only these, all when empty."""

    stale: Duration = "60s"
    services: list[str] = []


def gather(context: Context, parameters: Parameters) -> list[Reading]:
    """One reading for each service."""
    services = context.settings.config.services.service
    names, end = [service.name for service in services], to_datetime(context.now + 60)
    rows = context.shared(KIND, lambda: context.rows("health.checks", names=names, end=end))
    wanted = [one for one in services if not parameters.services or one.name in parameters.services]
    return readings(wanted, rows, context.known_series(), context.now, seconds(parameters.stale))


def judge(reading: Reading, parameters: Parameters) -> Verdict:
    """Plain limits."""
    return against(parameters, reading)


def readings(
    services: list[ServiceConfig], rows: list[Any], known: frozenset[str], now: float, stale: float
) -> list[Reading]:
    """Readings from rows of (service, time, status, latency, detail); pure."""
    newest = {row[0]: row for row in rows}
    found = []
    for service in services:
        row = newest.get(service.name)
        age = now - row[1].timestamp() if row else None
        facts = {"service": service.title, "suggestion": service.suggestion}
        if row is None or age is None or age > stale:
            why = "never checked" if age is None else f"last checked {age:.0f} s ago"
            found.append(Reading(service.name, None, details={**facts, "missing": why}))
        else:
            facts |= {"status": row[2], "detail": row[4] or ""}
            found.append(Reading(service.name, VALUES[row[2]], 1, details=facts))
    gone = sorted(known - {service.name for service in services})
    return found + [Reading(name, None, gone=True) for name in gone]
