"""The parts that exist, and how one is read: fresh data from a part's `read`, other parts' newest data beside it."""

import importlib
from typing import Any, TypeVar

import msgspec

from api.config import MonitoringConfig
from api.context import ProcessCache, ResourceContext
from api.query_read import QueryRead
from api.resource_cache import PartStore
from api.snapshot import CachedResource, Snapshots
from api.window import Window, rolling
from core import log
from core.clock import now
from core.discovery import discover
from core.errors import ConfigError
from core.http import HttpClient
from core.monitoring import declared_reads, resources
from core.settings import Settings
from core.stores import Stores

T = TypeVar("T")
_log = log.get(__name__)
# A part is computed again when it is asked for and older than this share of its refresh.
FRESH_SHARE = 0.2


def part_modules() -> dict[str, Any]:
    """Every read by its NAME: the modules of api/resources, and one made for each resource that names its query.

    Raises ConfigError when one lacks a name, or a type in core.monitoring, or when a resource has two.
    """
    for attribute in ("REFRESH", "read"):
        discover("api.resources", attribute)
    names = discover("api.resources", "NAME")
    made = {name: QueryRead(name, declared) for name, declared in declared_reads().items()}
    if twice := set(names.values()) & set(made):
        raise ConfigError([f"{name} has a module in api.resources and a query" for name in sorted(twice)])
    if untyped := (set(names.values()) | set(made)) ^ set(resources()):
        raise ConfigError([f"api.resources and core.monitoring differ in {name}" for name in sorted(untyped)])
    return {name: importlib.import_module(f"api.resources.{module}") for module, name in names.items()} | made


class Reads:
    """Reads parts through the shared cache."""

    def __init__(self, settings: Settings, stores: Stores, config: MonitoringConfig, memory: ProcessCache) -> None:
        self.modules = part_modules()
        self.config = config
        self._settings = settings
        self._stores = stores
        self._memory = memory
        self.history = stores.history
        self.scoring = HttpClient(settings.scoring_url, timeout=2.0, token=settings.own_token)
        parts = {
            name: CachedResource(name, module.REFRESH * FRESH_SHARE, self._read)
            for name, module in self.modules.items()
        }
        self.snapshots = Snapshots(parts, PartStore(stores.live), now)

    def context(self) -> ResourceContext:
        """What a read may use, as of now."""
        return ResourceContext(
            self._settings,
            self.config,
            self._stores.database,
            self._stores.live,
            self.scoring,
            now(),
            self._other,
            self._memory,
        )

    def _read(self, name: str, window: Window) -> Any:
        context = self.context()
        # A rolling window moves on with every read; an absolute one stays.
        current = rolling(window.label, context.now) if window.live else window
        return self.modules[name].read(context, current)

    def _other(self, name: str, kind: type[T]) -> T | None:
        """Newest data of another resource, of the last hour; `trouble` asks for its own list before this one."""
        window = rolling("1h", now())
        if name == "trouble":
            entry = self.snapshots.known(name, window)
        else:
            entry = self.snapshots.read([name], window)[0].get(name)
        if entry is None or entry.failed:
            return None
        try:
            return msgspec.json.decode(entry.data, type=kind)
        except msgspec.ValidationError as error:  # written by a worker of another release
            _log.warning("resource of another shape", resource=name, detail=str(error))
            return None
