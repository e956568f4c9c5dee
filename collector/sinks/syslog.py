"""Kind `syslog`: RFC 5424 messages over TCP or TLS, each framed by its length (RFC 6587 octet counting, RFC 5425).

Syslog has no answer: what the kernel took and the peer lost before reading is lost to it. The peer's closing of the
connection is looked for before and after every batch, and the whole batch is sent again when it closed.
"""

import socket
import ssl
from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from collector.sink import Item, SinkAway, SinkConfig
from core import clock
from core.config import Positive

SEVERITY = {"critical": 2, "high": 3, "medium": 4, "low": 6}
FACILITIES = {"auth": 4, "authpriv": 10, "audit": 13, "alert": 14, "local0": 16}
APP, MESSAGE_ID = "gatehouse", "security"


class Config(SinkConfig, frozen=True, kw_only=True, tag_field="kind", tag="syslog"):
    """`address` is host:port; with `tls` the peer's certificate is checked against `ca_file` or the system's."""

    address: Annotated[str, Meta(pattern=r"^[^\s:/]+:[0-9]{1,5}\Z|^\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}\Z")]
    tls: bool = True
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    facility: Literal["auth", "authpriv", "audit", "alert", "local0"] = "audit"
    timeout: Positive = 10.0


class SyslogSink:
    """One connection, opened when it is needed."""

    batch = 100

    def __init__(self, config: Config) -> None:
        self._config = config
        self._host = socket.gethostname()
        self._link: socket.socket | None = None

    def send(self, items: Sequence[Item]) -> None:
        """Send one batch; raises SinkAway."""
        try:
            if self._link is not None and _is_closed(self._link):
                self.close()
            if self._link is None:
                self._link = self._connect()
            self._link.sendall(b"".join(framed(message(item, self._host, self._config.facility)) for item in items))
            if _is_closed(self._link):
                raise ConnectionResetError
        except OSError as error:
            self.close()
            raise SinkAway(error.__class__.__name__) from error

    def close(self) -> None:
        """End the connection."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _connect(self) -> socket.socket:
        host, _, port = self._config.address.rpartition(":")
        host = host.strip("[]")
        plain = socket.create_connection((host, int(port)), timeout=self._config.timeout)
        if not self._config.tls:
            return plain
        context = ssl.create_default_context(cafile=self._config.ca_file or None)
        if self._config.certificate_file:
            context.load_cert_chain(self._config.certificate_file, self._config.key_file or None)
        return context.wrap_socket(plain, server_hostname=host)


def message(item: Item, host: str, facility: str) -> bytes:
    """An RFC 5424 message: header, no structured data but the id, then the document."""
    priority = FACILITIES[facility] * 8 + SEVERITY[item.severity]
    escaped = item.id.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")
    head = f'<{priority}>1 {clock.iso(item.at)} {host[:255]} {APP} - {MESSAGE_ID} [event@32473 id="{escaped}"] '
    return head.encode() + b"\xef\xbb\xbf" + item.text


def framed(text: bytes) -> bytes:
    """The message with its length in front."""
    return b"%d %s" % (len(text), text)


def _is_closed(link: socket.socket) -> bool:
    """Whether the peer has closed: a syslog peer never says anything else."""
    timeout = link.gettimeout()
    link.settimeout(0.0)
    try:
        return link.recv(1) == b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        link.settimeout(timeout)


KIND = Config
open_sink = SyslogSink
