"""The parts that exist, and how one is read: fresh data from a part's `read`, other parts' newest data beside it."""

import importlib
from types import ModuleType
from typing import Any

from api.config import MonitoringConfig
from api.context import Context, Memory
from api.snapshot import Part, Snapshots
from api.window import Window, rolling
from core import codec
from core.clock import now
from core.discovery import discover
from core.http import HttpClient
from core.settings import Settings
from core.store.assembly import Stores
from core.store.parts import PartStore

# A part is computed again when it is asked for and older than this share of its refresh.
FRESH_SHARE = 0.2


def part_modules() -> dict[str, ModuleType]:
    """Every module of api/parts by its NAME. Raises ConfigError when one lacks a name of the contract."""
    for attribute in ("REFRESH", "Data", "read"):
        discover("api.parts", attribute)
    names = discover("api.parts", "NAME")
    return {name: importlib.import_module(f"api.parts.{module}") for module, name in names.items()}


class Reads:
    """Reads parts through the shared cache."""

    def __init__(self, settings: Settings, stores: Stores, config: MonitoringConfig, memory: Memory) -> None:
        self.modules = part_modules()
        self.config = config
        self._settings = settings
        self._stores = stores
        self._memory = memory
        self.history = stores.history
        self.scoring = HttpClient(settings.scoring_url, timeout=2.0, token=settings.internal_token)
        parts = {name: Part(name, module.REFRESH * FRESH_SHARE, self._read) for name, module in self.modules.items()}
        self.snapshots = Snapshots(parts, PartStore(stores.live), now)

    def context(self) -> Context:
        """What a read may use, as of now."""
        return Context(
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

    def _other(self, name: str) -> Any:
        """Newest data of another part, of the last hour; `trouble` asks for its own list before this one."""
        window = rolling("1h", now())
        if name == "trouble":
            entry = self.snapshots.known(name, window)
        else:
            entry = self.snapshots.read([name], window)[0].get(name)
        return None if entry is None or entry.failed else codec.decode(entry.body)["data"]
