"""3.5 H1, H3: each service's state, uptime and last check, and what to do about those that are not UP."""

from typing import Any

from console import format
from console.panel import Panel, Slot, empty
from core.monitoring.health import Health, ServiceHealth


def draw(health: Health) -> dict[str, Any]:
    """Slots `tiles` and `advice`."""
    services = health.services
    if not services:
        return {
            "tiles": empty(
                "No service checks have run yet. The collector probes the services in config/services.toml."
            ),
            "advice": [],
        }
    up = sum(service.status == "UP" for service in services)
    return {
        "note": f"{up} of {len(services)} up · uptime over 24 h",
        "tiles": [_tile(service) for service in services],
        "advice": [_advice(service) for service in services if service.status not in ("UP", "UNKNOWN")],
    }


def _tile(service: ServiceHealth) -> dict[str, Any]:
    return {
        "id": service.name,
        "title": service.title,
        "status": service.status,
        "latency": format.milliseconds(service.latency_ms),
        "uptime": format.percent(service.uptime_percent, 4),
        "at": service.checked_at,
        "detail": service.detail or "",
    }


def _advice(service: ServiceHealth) -> dict[str, Any]:
    what = f"{service.title} is {service.status}"
    if service.status == "SLOW" and service.baseline_ms:
        took, usual = format.milliseconds(service.latency_ms), format.milliseconds(service.baseline_ms)
        what += f": {took} against a baseline of {usual}"
    elif service.detail:
        what += f": {service.detail}"
    suggestion = service.suggestion or ""
    return {
        "level": "alert" if service.status == "DOWN" else "warning",
        "title": what,
        "text": suggestion[:1].upper() + suggestion[1:],
    }


PANEL = Panel(
    name="services",
    title="Services",
    section="health",
    order=0,
    width=8,
    parts=("health",),
    note="uptime over 24 h",
    slots=(Slot("tiles", "tiles"), Slot("advice", "notes")),
    draw=draw,
)
