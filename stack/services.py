"""The processes of the local stack: how each is started, and how to know that it is ready."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.settings import Settings


@dataclass(frozen=True)
class Service:
    """One process. Once it can serve, `ready_url` answers 200 and `ready_port` takes connections, where given.

    `stop_rank` says who stops first (low to high), `patience` how many seconds it may take.
    """

    name: str
    title: str
    command: tuple[str, ...]
    ready_url: str = ""
    ready_port: int = 0
    stop_rank: int = 1
    patience: float = 12.0
    env: Mapping[str, str] = field(default_factory=dict)


def entrances(settings: Settings) -> list[Service]:
    """Where events come in: the monitoring API and the scoring service."""
    return [
        _web(settings, "api", "monitoring API", "monitoring_api:app"),
        _web(settings, "scoring", "scoring service", "ml.service:app"),
    ]


def workers(settings: Settings) -> list[Service]:
    """What works on what came in: the collector, the statuses' judge, the alert worker, the training worker."""
    ready_url = f"http://{settings.host}:{settings.ports['metrics']}/readyz"
    command = (sys.executable, "-m", "collector")
    services = [Service("collector", "collector", command, ready_url=ready_url, stop_rank=3)]
    ready_url = f"http://{settings.host}:{settings.ports['statuses']}/readyz"
    judging = (sys.executable, "-m", "statuses", "worker")
    services.append(Service("statuses", "status detector", judging, ready_url=ready_url, stop_rank=2))
    ready_url = f"http://{settings.host}:{settings.ports['alerts']}/readyz"
    command = (sys.executable, "-m", "alerts")
    services.append(Service("alerts", "alert worker", command, ready_url=ready_url, stop_rank=2))
    ready_url = f"http://{settings.host}:{settings.ports['trainer']}/readyz"
    services.append(Service("trainer", "training worker", ml("worker"), ready_url=ready_url, stop_rank=1))
    return services


def traffic(settings: Settings) -> Service:
    """The simulated platform, live, with its contract RPC."""
    command = (sys.executable, "-m", "simulator", "live")
    return Service("simulator", "live traffic", command, ready_port=settings.ports["rpc"], stop_rank=0)


def console(settings: Settings) -> Service:
    """The console."""
    return _web(settings, "console", "console", "monitoring_dashboard:app")


def simulator(*arguments: object) -> tuple[str, ...]:
    """The command line of a bounded simulator job."""
    return (sys.executable, "-m", "simulator", *map(str, arguments))


def ml(*arguments: object) -> tuple[str, ...]:
    """The command line of a model job."""
    return (sys.executable, "-m", "ml", *map(str, arguments))


def _web(settings: Settings, name: str, title: str, app: str) -> Service:
    command = (sys.executable, "-m", "gunicorn", "--graceful-timeout", "5", app)
    return Service(name, title, command, ready_url=f"http://{settings.host}:{settings.ports[name]}/readyz")
