"""The allow-list of addresses (X4): who comes from elsewhere sees nothing of the console, not even the login.

It is judged before anything else of the console, by the address that the admission found (behind trusted proxies: the
one they report). Health probes are answered to everybody, `/metrics` to these networks, to
`limits.operations_networks` and to a token of scope `read`. One security event a minute names each address refused.
"""

from flask import Response, request

from console.auth.audited import address
from console.auth.context import AuthContext
from core import clock
from core.errors import ConfigError
from core.settings import Settings
from core.web import client
from core.web.app import App
from core.web.client import Network, within
from core.web.problems import problem
from core.web.tokens import Gate

PROBES = ("healthz", "readyz")
QUIET_SECONDS = 60.0
REMEMBERED = 1000


def install(server: App, auth: AuthContext) -> None:
    """Register the allow-list; call it before the guard. Raises ConfigError for a text that is no network."""
    known = {str(name): texts for name, texts in auth.config.networks.items()}
    allowed = allowed_networks(auth.settings, known)
    server.operations = (*server.operations, *allowed)
    gate = Gate(auth.settings, auth.database, server.operations)
    told: dict[str, float] = {}

    @server.before_request
    def judge() -> Response | None:
        if within(address(), allowed) or request.endpoint in PROBES:
            return None
        if request.endpoint == "metrics" and (
            within(address(), server.operations) or gate.opens(request.environ, "read")
        ):
            return None
        _tell(auth, told, clock.now())
        return problem(
            403,
            f"Your address {address()} is not allowed to access the console. Ask an administrator to allow your "
            "network.",
        )


def allowed_networks(settings: Settings, configured: dict[str, list[str]]) -> tuple[Network, ...]:
    """The networks of GATEHOUSE_NETWORKS, else those of the environment. Raises ConfigError naming the wrong text."""
    texts = settings.networks or configured.get(settings.environment, [])
    source = "GATEHOUSE_NETWORKS" if settings.networks else f"access.toml: networks.{settings.environment}"
    if not texts:
        raise ConfigError([f"{source} contains no network, so no one could reach the console"])
    try:
        return client.networks(texts)
    except ValueError as error:
        raise ConfigError([f"{source}: {error}"]) from None


def _tell(auth: AuthContext, told: dict[str, float], now: float) -> None:
    """Report an address at most once a minute."""
    if now - told.get(address(), 0.0) < QUIET_SECONDS:
        return
    if len(told) >= REMEMBERED:
        told.clear()
    told[address()] = now
    auth.emit_security_event(
        "medium", "network-denied", "failure", f"{address()} is outside the networks of the console", ""
    )
