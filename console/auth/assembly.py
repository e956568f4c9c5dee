"""Puts the door together from the settings and the stores of the process. Opens nothing."""

import secrets
import threading
from typing import Any

import msgspec

from console.auth.config import AccessConfig
from console.auth.door import Door
from console.auth.pending import Pendings
from console.auth.sessions import Sessions
from core import clock, log
from core.errors import GatehouseError
from core.events import Security, address
from core.sealing import Sealer
from core.settings import Settings
from core.store.assembly import Stores
from core.store.attempts import Attempts
from core.store.outlet import Outlet

_log = log.get(__name__)


def assemble(settings: Settings, stores: Stores, prefix: str) -> Door:
    """The door of the console. Raises ConfigError when access.toml is wrong."""
    config = settings.section("access", AccessConfig)
    return Door(
        prefix=prefix,
        settings=settings,
        config=config,
        database=stores.database,
        sessions=Sessions(stores.live, config.idle_minutes * 60, config.absolute_hours * 3600),
        pendings=Pendings(stores.live),
        attempts=Attempts(stores.live, config.attempt_memory_minutes * 60),
        sealer=Sealer(settings.secret_key, "totp"),
        audit=stores.audit,
        report=lambda event: _report(stores.outlet, event),
    )


def _report(outlet: Outlet, fields: dict[str, Any]) -> None:
    """Publish a security event without making the person wait."""
    event = msgspec.convert({key: value for key, value in fields.items() if value is not None}, Security)
    event.timestamp, event.id = clock.now(), secrets.token_hex(12)
    event.ip = address(event.ip) if event.ip else None

    def send() -> None:
        try:
            outlet.publish([event])
        except GatehouseError as error:
            _log.error("security event not stored", text=event.text, severity=event.severity, detail=str(error))

    threading.Thread(target=send, name="report", daemon=True).start()
