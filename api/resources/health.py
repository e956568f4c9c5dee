"""System health (H1-H3): each service as last checked, its uptime, what to do; and the host."""

from typing import Any

from api.context import ResourceContext, milliseconds
from api.window import Window
from core.clock import to_datetime
from core.config import ServiceConfig
from core.db import keys
from core.db.queries import query
from core.errors import RedisUnavailable
from core.monitoring.health import Health, HostSample, ServiceHealth, ServiceStatus

NAME = "health"
REFRESH = 5.0
UPTIME_SECONDS = 30.0  # how long a counted uptime serves


def read(context: ResourceContext, window: Window) -> Health:
    """Health now; an absolute window shows the last check in it."""
    checks, host = _newest(context) if window.live else _stored(context, window)
    uptime = _uptime(context, window)
    services = [
        _service(service, checks.get(service.name), uptime) for service in context.settings.config.services.service
    ]
    return Health(services=services, host=host)


def _service(service: ServiceConfig, check: dict[str, Any] | None, uptime: dict[str, float]) -> ServiceHealth:
    status: ServiceStatus = check["status"] if check else "UNKNOWN"
    return ServiceHealth(
        name=service.name,
        title=service.title,
        status=status,
        latency_ms=check["latency_ms"] if check else None,
        baseline_ms=service.baseline_ms,
        uptime_percent=uptime.get(service.name),
        checked_at=check["checked_at"] if check else None,
        detail=check["detail"] if check else "not checked yet",
        suggestion=None if status == "UP" else service.suggestion,
    )


def _newest(context: ResourceContext) -> tuple[dict[str, dict[str, Any]], HostSample | None]:
    """What the collector keeps in Redis, or, with Redis away, empty or refusing its writes, what it stored."""
    if context.live.refusal:
        return _stored(context, None)
    try:
        checks, host = context.live.get_json(keys.CHECKS), context.live.get_json(keys.HOST)
    except RedisUnavailable:
        checks, host = None, None
    if not checks:
        return _stored(context, None)
    return checks, HostSample(**{name: host[name] for name in HostSample.__struct_fields__}) if host else None


def _stored(context: ResourceContext, window: Window | None) -> tuple[dict[str, dict[str, Any]], HostSample | None]:
    end = to_datetime(window.end if window else context.now + 60)
    checks = context.rows(query("health.checks"), names=_names(context), end=end)
    host = context.rows(query("health.host"), end=end)
    return {row["service"]: _check(row) for row in checks}, _host(host[0]) if host else None


def _check(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": row["status"],
        "latency_ms": row.get("latency_ms"),
        "detail": row.get("detail"),
        "checked_at": milliseconds(row["timestamp"]),
    }


def _host(row: dict[str, Any]) -> HostSample:
    at = milliseconds(row["timestamp"])
    return HostSample(at=at, **{name: value for name, value in row.items() if name != "timestamp"})


def _uptime(context: ResourceContext, window: Window) -> dict[str, float]:
    """Share of checks that found the service not DOWN, percent, over the last hours."""
    end = context.now if window.live else window.end
    span = {"start": to_datetime(end - context.config.uptime.hours * 3600), "end": to_datetime(end)}

    def count() -> dict[str, float]:
        rows = context.tuples(query("health.uptime"), names=_names(context), **span)
        return {row[0]: round(100 * row[1] / row[2], 3) for row in rows}

    return context.memory.remember(("uptime", "now" if window.live else window.label), UPTIME_SECONDS, count)


def _names(context: ResourceContext) -> list[str]:
    return [service.name for service in context.settings.config.services.service]
