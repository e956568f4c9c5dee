"""`python -m simulator receivers`: every receiver on loopback, put together from the variables that the worker gets."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import HTTPServer
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from core.alerting import dev_channels
from core.discovery import discover
from core.settings import Settings
from simulator.receivers.heartbeat import Heartbeat
from simulator.receivers.pagerduty import PagerDuty
from simulator.receivers.webhook import Webhook
from simulator.receiving.access import LOCAL, Gate
from simulator.receiving.contract import Receiver
from simulator.receiving.inbox import Inbox
from simulator.receiving.plan import Plan
from simulator.receiving.server import Desk, serve
from simulator.receiving.smtp import MailServer

LOOPBACK = "127.0.0.1"  # they hold messages


@dataclass
class Receivers:
    """Every receiver, running. `variables` are what a worker needs to reach them."""

    inbox: Inbox
    desk: Desk
    mail: MailServer
    server: HTTPServer
    variables: dict[str, str]

    @property
    def pagerduty(self) -> PagerDuty:
        """Where incidents are acted upon."""
        return cast(PagerDuty, self.desk.receivers["pagerduty"])

    @property
    def webhook(self) -> Webhook:
        """That of the signed webhook."""
        return cast(Webhook, self.desk.receivers["webhook"])

    @property
    def heartbeat(self) -> Heartbeat:
        """That of the dead-man's switch."""
        return cast(Heartbeat, self.desk.receivers["heartbeat"])

    @property
    def page(self) -> str:
        """The address that shows what arrived, with its token."""
        host, port = self.server.server_address[:2]
        return f"http://{host!s}:{port}/?token={self.desk.gate.token}"

    def close(self) -> None:
        """Listen no more."""
        self.server.shutdown()
        self.server.server_close()
        self.mail.close()


def start(
    host: str,
    ports: tuple[int, int],
    folder: Path,
    known: Callable[[str], str] = lambda _: "",
    plan: Plan | None = None,
    api_url: str = "",
    hang: float = 20.0,
) -> Receivers:
    """Serve HTTP and SMTP on `ports` (0: any free one); `known(name)` gives a variable that is set already.

    What is not set is made up at random. Raises OSError when a port is taken.
    """
    plan, inbox = plan or Plan(), Inbox()
    password = urlsplit(known("GATEHOUSE_SMTP_URL")).password or secrets.token_hex(16)
    mail = MailServer(host, ports[1], password, folder, inbox, plan, hang)
    gate = Gate(known(dev_channels.PAGE_TOKEN) or secrets.token_hex(20), LOCAL | {host})
    desk = Desk([], inbox, plan, gate, hang)
    server = serve(host, ports[0], desk)
    wanted = {name for names in discover("simulator.receivers", "VARIABLES").values() for name in names}
    made = dev_channels.variables(
        host, server.server_port, mail.port, str(mail.certificate), lambda name: _token(name, password), wanted
    )
    values = {name: known(name) or value for name, value in made.items()}
    for make in discover("simulator.receivers", "receiver").values():
        one: Receiver = make({"GATEHOUSE_PUBLIC_API_URL": api_url, **values})
        desk.receivers[one.name] = one
    return Receivers(inbox, desk, mail, server, values)


def run(settings: Settings, plan: Plan, stop: threading.Event, tell: Callable[[str], None]) -> int:
    """Serve until `stop`; without variables it says which ones a worker needs."""
    ports = (settings.ports["receivers"], settings.ports["receivers_smtp"])
    folder = settings.data_dir / "receivers"
    found = start(LOOPBACK, ports, folder, settings.secret, plan, settings.api_url)
    tell(f"receivers listen on {LOOPBACK}:{ports[0]} and, for mail, on port {ports[1]}; messages: {found.page}")
    for name, value in found.variables.items():
        if not settings.secret(name):
            tell(f"export {name}={value}")
    stop.wait()
    found.close()
    return 0


def _token(name: str, seed: str) -> str:
    """Random hexadecimal digits; `smtp` is the password that the mail server was started with."""
    return seed if name == "smtp" else secrets.token_hex(20)
