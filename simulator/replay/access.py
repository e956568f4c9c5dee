"""Access logs in the combined format (Apache, nginx) as request events; the common format and JSON lines work too.

The client may stand behind the name of a virtual host, before the proxies of `X-Forwarded-For`, and with a port. What
stands left in that header the client itself may have written: of its addresses, the last counts that is no proxy of
ours. A host name in the client's place is none: which address had it when the line was written, nobody can say now.
"""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from core.tabular import dates
from simulator import access_json
from simulator.access_json import Fields
from simulator.replayer import Item, Malformed, Parsed, Reader, moment

_QUOTED = r'"((?:[^"\\]++|\\.)*+)"'
_LINE = re.compile(
    r"(?P<host>\S+) \S+ (?P<user>.+?) \[(?P<time>[^][]+)\] "
    + _QUOTED.replace("(", "(?P<request>", 1)
    + r" (?P<status>\d{3}) (?P<bytes>\d+|-)(?: .*)?$"
)
_FORWARDED = re.compile(r"([^\s,]++(?:, ?+[^\s,]++)++) ")
_SPLIT = re.compile(r", ?")
_BEHIND_VHOST = re.compile(r"\S+ (\S+ \S+ .+ \[)")
_PORT = re.compile(r"(?:(\d+\.\d+\.\d+\.\d+)|\[([^\]]+)\]):\d+$")
_METHOD = re.compile(r"[A-Za-z][A-Za-z_-]{0,19}$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FRACTION = re.compile(r"(?<=:\d\d)[.,](\d{1,9})(?= )")
_NAME = re.compile(r"[^:]*[A-Za-z][^:]*$")
_PATH_LENGTH = 2000
_Networks = Sequence[IPv4Network | IPv6Network]
# Where proxies of one's own stand: private, shared, link-local, loopback.
_INSIDE = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "::1/128",
        "fc00::/7", "fe80::/10",
    )
)  # fmt: skip


def read(lines: list[str], options: Namespace) -> Parsed:
    """One request event a line. Where a line does not say how long it took, it took `--duration`."""
    parsed = Parsed()
    proxies = (*_INSIDE, *options.proxy)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            parsed.skipped += 1
            continue
        try:
            fields = access_json.fields(line) if line.lstrip().startswith("{") else combined(line, proxies)
            if fields is None:
                parsed.skipped += 1
            else:
                parsed.items.append(item(fields, number, options.duration, options.service))
        except Malformed as error:
            parsed.malformed.append((number, str(error)))
    return parsed


def combined(line: str, proxies: _Networks = _INSIDE) -> Fields:
    """The fields of a line in the combined or common format. Raises Malformed."""
    forwarded = _FORWARDED.match(line)
    found = _LINE.match(f"{_client(forwarded[1], proxies)} {line[forwarded.end() :]}" if forwarded else line)
    if not found:
        raise Malformed(f"not the combined log format: {line[:80]!r}")
    behind = None if _address(found["host"]) else _BEHIND_VHOST.match(line)
    if behind and _address(behind[1].partition(" ")[0].rstrip(",")):
        return combined(line.partition(" ")[2], proxies)
    method, _, rest = found["request"].partition(" ")
    path = rest.rpartition(" ")[0] or rest
    user = "" if found["user"] == "-" else found["user"]
    return Fields(found["host"], user, found["time"], method, path, found["status"], found["bytes"], None)


def _client(forwarded: str, proxies: _Networks) -> str:
    """Of the addresses of `X-Forwarded-For` the last that is no proxy; the first where all are."""
    given = _SPLIT.split(forwarded)
    for text in reversed(given):
        address = _address(text)
        if address is None or not any(ip_address(address) in network for network in proxies):
            return text
    return given[0]


def item(said: Fields, number: int, duration: float, service: str) -> Item:
    """The request of one line. Raises Malformed."""
    ip = _address(said.host)
    if ip is None:
        what = "a host name instead of an address" if _NAME.match(said.host) else "not an IP address"
        raise Malformed(f"{what}: {said.host[:60]!r}")
    when = _time(said.time)
    if not (said.status.isascii() and said.status.isdecimal() and 100 <= int(said.status[:4]) <= 599):
        raise Malformed(f"not a status: {said.status[:40]}")
    event = {
        "kind": "request",
        "ip": ip,
        "method": said.method if _METHOD.match(said.method) else "OTHER",
        "path": _CONTROL.sub("?", said.path)[:_PATH_LENGTH] or "-",
        "status": int(said.status),
        "duration_ms": duration if said.duration is None else said.duration,
        "service": service,
        "bytes": min(int(said.size[:12]), 2_000_000_000) if said.size.isascii() and said.size.isdecimal() else 0,
    }
    if said.user:
        event["user"] = _CONTROL.sub("?", said.user)[:200]
    return Item(number, when, event)


def _address(text: str) -> str | None:
    """The address in its usual form, without a port; None where there is none."""
    with_port = _PORT.match(text)
    try:
        return str(ip_address((with_port[1] or with_port[2]) if with_port else text))
    except ValueError:
        return None


def _time(text: str) -> float:
    """Epoch seconds of `28/Nov/2026:08:00:00 +0100`, with a fraction where Apache is told to write one, of ISO 8601, or
    of epoch seconds or milliseconds.
    """
    fraction = _FRACTION.search(text)
    whole = _FRACTION.sub("", text) if fraction else text
    try:
        seconds = datetime.strptime(whole, "%d/%b/%Y:%H:%M:%S %z").timestamp()
        return moment(seconds + (float(f"0.{fraction[1]}") if fraction else 0.0), text)
    except ValueError as error:
        if isinstance(error, Malformed):
            raise
    try:
        when = datetime.fromisoformat(text)
        return moment((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp(), text)
    except ValueError as error:
        if isinstance(error, Malformed):
            raise
    try:
        seconds = float(text)
    except ValueError:
        raise Malformed(f"not a time: {text[:40]!r}") from None
    return moment(dates.seconds(seconds), text)


def options(parser: ArgumentParser) -> None:
    """Of this kind of file."""
    parser.add_argument("--duration", type=float, default=0.0, help="duration in ms of requests without one")
    parser.add_argument(
        "--proxy",
        nargs="+",
        type=ip_network,
        default=[],
        metavar="NETWORK",
        help="public proxy addresses in X-Forwarded-For, such as a CDN; private ones are detected",
    )
    parser.add_argument("--service", default="web", help="service of the requests")


READER = Reader("access log in combined format or JSON lines → API requests", read, options)
