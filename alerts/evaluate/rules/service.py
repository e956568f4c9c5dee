"""The newest check of each service of services.toml (H1): 0 UP, 1 SLOW, 2 DOWN. An old check is missing data."""

from typing import Any

from alerts.durations import Duration, seconds
from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Limits, Reading, against
from core.clock import to_datetime
from core.config import ServiceConfig
from core.settings import Settings

KIND = "service"
FACTS = {"service": "PostgreSQL", "status": "DOWN", "detail": "no answer", "suggestion": "check that it is running"}
VALUES = {"UP": 0.0, "SLOW": 1.0, "DOWN": 2.0}


class Parameters(Limits, frozen=True, kw_only=True):
    """`stale`: a check older than this says nothing; `services`: only these, all when empty."""

    stale: Duration = "60s"
    services: list[str] = []


def check(parameters: Parameters, settings: Settings) -> list[str]:
    """Every service named is one of services.toml, and checks are not stale before the next one."""
    config = settings.config.services
    known = [one.name for one in config.service]
    found = [
        f"services.toml has no service {name!r}; it has {', '.join(known)}"
        for name in parameters.services
        if name not in known
    ]
    if seconds(parameters.stale) <= config.interval_seconds:
        found.append(f"stale must be longer than interval_seconds ({config.interval_seconds:g}) of services.toml")
    return found


def things(parameters: Parameters, settings: Settings) -> list[str]:
    """The services that such a rule watches."""
    known = [service.name for service in settings.config.services.service]
    return [name for name in known if not parameters.services or name in parameters.services]


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading for each service."""
    services = context.settings.config.services.service
    names, end = [service.name for service in services], to_datetime(context.now + 60)
    rows = context.shared(KIND, lambda: context.rows("health.checks", names=names, end=end))
    wanted = [one for one in services if not parameters.services or one.name in parameters.services]
    return readings(wanted, rows, context.known_series(), context.now, seconds(parameters.stale))


def judge(reading: Reading, parameters: Parameters) -> Assessment:
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
