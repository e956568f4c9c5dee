"""Local receivers for the channels, where nobody configured a real one: a first run shows the whole way of a page.

The worker gets the variables that an installation sets, pointing at loopback, with secrets of this stack's own.
"""

import hmac

from core import local_channels
from core.settings import Settings
from stack.home import Home
from stack.ports import LOOPBACK
from stack.services import Service, simulator

PORTS = ("receivers", "receivers_smtp")


def wanted(env: dict[str, str]) -> bool:
    """True unless the environment names a real channel."""
    return not local_channels.is_configured(env)


def prepare(settings: Settings, home: Home, env: dict[str, str]) -> Service:
    """Puts the variables into the environment of the processes; the service that answers to them."""
    seed = home.secrets()["receivers_seed"].encode()

    def token(name: str) -> str:
        return hmac.new(seed, name.encode(), "sha256").hexdigest()

    port, smtp_port = (settings.ports[name] for name in PORTS)
    certificate = str(home.path / "receivers" / "smtp.crt")
    env.update(local_channels.variables(LOOPBACK, port, smtp_port, certificate, token))
    env.setdefault("GATEHOUSE_PUBLIC_API_URL", settings.api_url)
    command = simulator("receivers")
    return Service("receivers", "local receivers", command, page(settings), smtp_port, stop_rank=4)


def page(settings: Settings) -> str:
    """Where a person sees what arrived."""
    return f"http://{LOOPBACK}:{settings.ports['receivers']}/"
