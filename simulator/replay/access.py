"""Access logs in the combined format (Apache, nginx) as request events; the common format works too.

The client may stand behind the name of a virtual host, before the proxies of `X-Forwarded-For`, and with a port.
"""

import re
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from ipaddress import ip_address

from simulator.replayer import Item, Malformed, Parsed, Reader, moment

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(
    r"(?P<host>\S+) \S+ (?P<user>.+?) \[(?P<time>[^\]]+)\] "
    + _QUOTED.replace("(", "(?P<request>", 1)
    + r" (?P<status>\d{3}) (?P<bytes>\d+|-)(?: .*)?$"
)
_FORWARDED = re.compile(r"([^\s,]+)(?:, ?[^\s,]+)+ ")
_BEHIND_VHOST = re.compile(r"\S+ (\S+ \S+ .+ \[)")
_PORT = re.compile(r"(?:(\d+\.\d+\.\d+\.\d+)|\[([^\]]+)\]):\d+$")
_METHOD = re.compile(r"[A-Za-z][A-Za-z_-]{0,19}$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PATH_LENGTH = 2000


def read(lines: list[str], options: Namespace) -> Parsed:
    """One request event a line. A log without times taken gets `--duration` for each request."""
    parsed = Parsed()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            parsed.skipped += 1
            continue
        try:
            parsed.items.append(item(line, number, options.duration, options.service))
        except Malformed as error:
            parsed.malformed.append((number, str(error)))
    return parsed


def item(line: str, number: int, duration: float, service: str) -> Item:
    """The request of one line. Raises Malformed."""
    found = _LINE.match(_FORWARDED.sub(r"\1 ", line, count=1) if _FORWARDED.match(line) else line)
    if not found:
        raise Malformed(f"not the combined log format: {line[:80]!r}")
    ip = _address(found["host"])
    behind = None if ip else _BEHIND_VHOST.match(line)
    if behind and _address(behind[1].partition(" ")[0]):
        return item(line.partition(" ")[2], number, duration, service)
    if ip is None:
        raise Malformed(f"not an IP address: {found['host'][:60]!r}")
    when = _time(found["time"])
    status = int(found["status"])
    if not 100 <= status <= 599:
        raise Malformed(f"not a status: {status}")
    method, _, rest = found["request"].partition(" ")
    path = rest.rpartition(" ")[0] or rest
    event = {
        "kind": "request",
        "ip": ip,
        "method": method if _METHOD.match(method) else "OTHER",
        "path": _CONTROL.sub("?", path)[:_PATH_LENGTH] or "-",
        "status": status,
        "duration_ms": duration,
        "service": service,
        "bytes": 0 if found["bytes"] == "-" else min(int(found["bytes"]), 2_000_000_000),
    }
    if found["user"] != "-":
        event["user"] = _CONTROL.sub("?", found["user"])[:200]
    return Item(number, when, event)


def _address(text: str) -> str | None:
    """The address in its usual form, without a port; None where there is none."""
    with_port = _PORT.match(text)
    try:
        return str(ip_address((with_port[1] or with_port[2]) if with_port else text))
    except ValueError:
        return None


def _time(text: str) -> float:
    """Epoch seconds of `28/Nov/2026:08:00:00 +0100`, or of ISO 8601, which nginx writes where it is told to."""
    try:
        return moment(datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").timestamp(), text)
    except ValueError as error:
        if isinstance(error, Malformed):
            raise
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f"not a time: {text[:40]!r}") from None
    return moment((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp(), text)


def options(parser: ArgumentParser) -> None:
    """Of this kind of file."""
    parser.add_argument("--duration", type=float, default=0.0, help="ms for each request; the format has none")
    parser.add_argument("--service", default="web", help="service that the requests belong to")


READER = Reader("access log in combined format → API requests", read, options)
