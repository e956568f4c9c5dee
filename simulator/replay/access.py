"""Access logs in the combined format (Apache, nginx) as request events; the common format works too."""

import re
from argparse import ArgumentParser, Namespace
from datetime import datetime
from ipaddress import ip_address

from simulator.replayer import Item, Malformed, Parsed, Reader

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(
    r"(?P<host>\S+) \S+ (?P<user>.+?) \[(?P<time>[^\]]+)\] "
    + _QUOTED.replace("(", "(?P<request>", 1)
    + r" (?P<status>\d{3}) (?P<bytes>\d+|-)(?: .*)?$"
)
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
    found = _LINE.match(line)
    if not found:
        raise Malformed(f"not the combined log format: {line[:80]!r}")
    try:
        when = datetime.strptime(found["time"], "%d/%b/%Y:%H:%M:%S %z").timestamp()
    except ValueError:
        raise Malformed(f"not a time: {found['time'][:40]!r}") from None
    try:
        ip = str(ip_address(found["host"]))
    except ValueError:
        raise Malformed(f"not an IP address: {found['host'][:60]!r}") from None
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


def options(parser: ArgumentParser) -> None:
    """Of this kind of file."""
    parser.add_argument("--duration", type=float, default=0.0, help="ms for each request; the format has none")
    parser.add_argument("--service", default="web", help="service that the requests belong to")


READER = Reader("access log in combined format → API requests", read, options)
