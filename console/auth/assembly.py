"""Puts the door together from the settings and the stores of the process. Opens nothing."""

import threading
from collections.abc import Callable
from functools import partial

from console.auth.audited import Audited
from console.auth.challenges import Challenges
from console.auth.config import AccessConfig
from console.auth.context import AuthContext
from console.auth.login_challenge import Pendings
from console.auth.login_throttle import Attempts
from console.auth.oidc.config import OidcConfig
from console.auth.sessions import Sessions
from core.events import security
from core.http import HttpClient
from core.identity.encryption import SecretBox
from core.settings import Settings
from core.stores import Stores


def assemble(settings: Settings, stores: Stores, prefix: str, api: HttpClient) -> AuthContext:
    """The door of the console. Raises ConfigError when access.toml or oidc.toml is wrong."""
    config = settings.section("access", AccessConfig)
    return AuthContext(
        prefix=prefix,
        settings=settings,
        config=config,
        oidc=settings.section("oidc", OidcConfig),
        database=stores.database,
        sessions=Sessions(stores.live, stores.database, config.idle_minutes * 60, config.absolute_hours * 3600),
        pendings=Pendings(stores.live),
        challenges=Challenges(stores.live),
        attempts=Attempts(stores.live, config.attempt_memory_minutes * 60),
        secret_box=SecretBox(settings.secret_key, "totp"),
        audit=Audited.of(settings),
        history=stores.history,
        model_seal=stores.model_seal,
        live=stores.live,
        api=api,
        report=lambda **fields: _later(partial(security.emit, stores.publisher.publish, **fields)),
    )


def _later(work: Callable[[], object]) -> None:
    """Do it without making the person wait."""
    threading.Thread(target=work, name="report", daemon=True).start()
