"""Local receivers for the channels, where nobody configured a real one: a first run shows the whole way of a page.

The worker gets the variables that an installation sets, pointing at loopback, with secrets of this stack's own.
"""

import hmac

from core.alerting import dev_channels
from core.settings import Settings
from stack.home import Home
from stack.ports import LOOPBACK
from stack.services import Service, simulator

PORTS = ("receivers", "receivers_smtp")


def wanted(settings: Settings, env: dict[str, str]) -> bool:
    """True unless the environment names a real channel. Raises ConfigError."""
    return not dev_channels.is_configured(env, dev_channels.declared(settings))


def prepare(settings: Settings, home: Home, env: dict[str, str]) -> Service:
    """Puts the variables into the environment of the processes; the service that answers to them."""

    def token(name: str) -> str:
        return _token(home, name)

    port, smtp_port = (settings.ports[name] for name in PORTS)
    certificate = str(home.path / "receivers" / "smtp.crt")
    declared = dev_channels.declared(settings)
    env.update(dev_channels.variables(LOOPBACK, port, smtp_port, certificate, token, declared))
    env.setdefault("GATEHOUSE_PUBLIC_API_URL", settings.api_url)
    own = {dev_channels.PAGE_TOKEN: _token(home, "page")}
    health = f"http://{LOOPBACK}:{port}/healthz"
    return Service("receivers", "local receivers", simulator("receivers"), health, smtp_port, stop_rank=4, env=own)


def page(settings: Settings, home: Home) -> str:
    """Where a person sees what arrived; the address carries the token, so it is for the terminal only."""
    return f"http://{LOOPBACK}:{settings.ports['receivers']}/?token={_token(home, 'page')}"


def _token(home: Home, name: str) -> str:
    return hmac.new(home.secrets()["receivers_seed"].encode(), name.encode(), "sha256").hexdigest()
