"""Runs every service check and samples the host (H1-H3): to Redis for the page, to PostgreSQL for the uptime."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil

from collector.probe_result import Finding, Probe, Tools, judge
from core import log
from core.clock import to_datetime
from core.config import ServiceConfig
from core.db import keys
from core.db.engine import Database
from core.db.queries import sql
from core.db.redis_client import Live
from core.discovery import discover
from core.errors import ConfigError, DatabaseUnavailable, RedisUnavailable
from core.settings import Settings


class Health:
    """Checks services side by side. A store that is away costs its copy of the results and nothing else."""

    def __init__(self, settings: Settings, database: Database, live: Live) -> None:
        self._settings = settings
        self._database = database
        self._live = live
        self._services = settings.config.services
        self._probes = probes([service.kind for service in self._services.service])
        self._pool = ThreadPoolExecutor(max_workers=len(self._services.service), thread_name_prefix="probe")

    def check(self, now: float) -> dict[str, dict[str, Any]]:
        """Check every service once; returns the results by service."""
        found = dict(self._pool.map(lambda service: self._one(service, now), self._services.service))
        self._to_redis({keys.CHECKS: found})
        at = to_datetime(now)
        rows = [(at, name, r["status"], r["latency_ms"], r["detail"][:2000]) for name, r in found.items()]
        self._to_postgres([("collector.put_check", row) for row in rows])
        return found

    def sample(self, now: float) -> dict[str, Any]:
        """Sample CPU, memory and disk of this host; sizes in bytes."""
        memory, disk = psutil.virtual_memory(), psutil.disk_usage(str(self._settings.data_dir.parent))
        found = {
            "cpu_percent": psutil.cpu_percent(),
            "cores": psutil.cpu_count() or 1,
            "memory_used": memory.total - memory.available,
            "memory_total": memory.total,
            "disk_used": disk.used,
            "disk_total": disk.total,
            "load1": psutil.getloadavg()[0],
            "at": int(now * 1000),
        }
        self._to_redis({keys.HOST: found})
        self._to_postgres([("collector.put_host", {**found, "at": to_datetime(now)})])
        return found

    def close(self) -> None:
        """Stop the probing threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _one(self, service: ServiceConfig, now: float) -> tuple[str, dict[str, Any]]:
        target = service.target.format(
            api_url=self._settings.api_url, scoring_url=self._settings.scoring_url, rpc_url=self._settings.rpc_url
        )
        tools = Tools(self._database, self._live, target, self._services.timeout_seconds, now)
        try:
            finding = self._probes[service.kind](service, tools)
        except Exception as error:
            log.get("health").exception("a probe failed", service=service.name)
            finding = Finding(False, None, f"the check itself failed: {error}")
        return service.name, {
            "status": judge(finding, service),
            "latency_ms": finding.latency_ms,
            "detail": finding.detail,
            "checked_at": int(now * 1000),
        }

    def _to_redis(self, values: dict[str, Any]) -> None:
        try:
            for key, value in values.items():
                self._live.set_json(key, value)
        except RedisUnavailable:
            return

    def _to_postgres(self, statements: list[tuple[str, Any]]) -> None:
        try:
            with self._database.raw() as connection, connection.cursor() as cursor:
                for name, values in statements:
                    cursor.execute(sql(name), values)
        except DatabaseUnavailable:
            return


def probes(kinds: list[str]) -> dict[str, Probe]:
    """The probes by kind. Raises ConfigError for a kind that no module of collector/probes offers."""
    found = {name.replace("_", "-"): probe for name, probe in discover("collector.probes", "probe").items()}
    unknown = sorted(set(kinds) - set(found))
    if unknown:
        raise ConfigError([f"services.toml: there is no kind {kind!r}; known: {', '.join(found)}" for kind in unknown])
    return found


def check(settings: Settings) -> None:
    """Raises ConfigError when services.toml has a check of an unknown kind."""
    probes([service.kind for service in settings.config.services.service])
