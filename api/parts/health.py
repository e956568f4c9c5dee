"""System health (H1-H3): each service as last checked, its uptime, what to do; and the host."""

from typing import Any, Literal, TypedDict

from api.context import Context, milliseconds
from api.window import Window
from core.clock import to_datetime
from core.errors import RedisAway
from core.store import keys
from core.store.queries import query

NAME = "health"
REFRESH = 5.0
UPTIME_SECONDS = 30.0  # how long a counted uptime serves


class Service(TypedDict):
    """One service; `suggestion` only when it is not UP. Times in ms, latency in ms."""

    name: str
    title: str
    status: Literal["UP", "SLOW", "DOWN", "UNKNOWN"]
    latency_ms: float | None
    baseline_ms: float
    uptime_percent: float | None
    checked_at: int | None
    detail: str | None
    suggestion: str | None


class Host(TypedDict):
    """The machine: percent of all cores, bytes, and when it was measured (ms)."""

    cpu_percent: float
    cores: int
    memory_used: int
    memory_total: int
    disk_used: int
    disk_total: int
    load1: float
    at: int


class Data(TypedDict):
    """Services in the order of services.toml."""

    services: list[Service]
    host: Host | None


def read(context: Context, window: Window) -> dict[str, Any]:
    """Health now; an absolute window shows the last check in it."""
    checks, host = _newest(context) if window.live else _stored(context, window)
    uptime = _uptime(context, window)
    services = []
    for service in context.settings.config.services.service:
        check = checks.get(service.name)
        status = check["status"] if check else "UNKNOWN"
        services.append(
            {
                "name": service.name,
                "title": service.title,
                "status": status,
                "latency_ms": check["latency_ms"] if check else None,
                "baseline_ms": service.baseline_ms,
                "uptime_percent": uptime.get(service.name),
                "checked_at": check["checked_at"] if check else None,
                "detail": check["detail"] if check else "not checked yet",
                "suggestion": None if status == "UP" else service.suggestion,
            }
        )
    return {"services": services, "host": host}


def _newest(context: Context) -> tuple[dict[str, dict[str, Any]], dict[str, Any] | None]:
    """What the collector keeps in Redis, or, with Redis away or empty, what it stored."""
    try:
        checks, host = context.live.get_json(keys.CHECKS), context.live.get_json(keys.HOST)
    except RedisAway:
        checks, host = None, None
    if not checks:
        return _stored(context, None)
    return checks, host


def _stored(context: Context, window: Window | None) -> tuple[dict[str, dict[str, Any]], dict[str, Any] | None]:
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


def _host(row: dict[str, Any]) -> dict[str, Any]:
    found = {name: row[name] for name in Host.__annotations__ if name != "at"}
    return {**found, "at": milliseconds(row["timestamp"])}


def _uptime(context: Context, window: Window) -> dict[str, float]:
    """Share of checks that found the service not DOWN, percent, over the last hours."""
    end = context.now if window.live else window.end
    span = {"start": to_datetime(end - context.config.uptime.hours * 3600), "end": to_datetime(end)}

    def count() -> dict[str, float]:
        rows = context.tuples(query("health.uptime"), names=_names(context), **span)
        return {row[0]: round(100 * row[1] / row[2], 3) for row in rows}

    return context.memory.remember(("uptime", "now" if window.live else window.label), UPTIME_SECONDS, count)


def _names(context: Context) -> list[str]:
    return [service.name for service in context.settings.config.services.service]
