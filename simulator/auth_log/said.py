"""What one line says of a log-in, and the addresses in it; every form of every daemon gives one of these. Pure.

Text that a client chooses (user names, keys, comments, messages) never gives an address: forms are read from the ends
that the daemon writes. Where a line can be read in two ways, it names no address, unless other lines of its connection
tell which.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import ip_address


class Layer(IntEnum):
    """Where a failed try is noted, the clearest first. Each place notes a try at most once."""

    VERDICT = 0  # the daemon, of each try
    REPORT = 1  # the daemon, of what PAM answered
    MODULE = 2  # a module of PAM
    REFUSED = 3  # who may not log in at all
    CLOSED = 4  # the end of a connection
    NOTED = 5  # what comes along with another line


@dataclass(frozen=True, slots=True)
class Said:
    """One statement. A failed try has a `layer`, and `place` tells the notes of one layer apart. `settles`: a log-in
    that was let in. With neither, and no action, it only names the address of its connection.
    """

    action: str = ""
    outcome: str = "failure"
    severity: str = "medium"
    category: str = "authentication"
    actor: str | None = None
    ip: str | None = None
    layer: Layer | None = None
    place: str = ""
    count: int = 1
    settles: bool = False
    either: frozenset[str] = frozenset()  # addresses of which one is right
    beside: tuple[str, str] | None = None  # severity and action of what is worth telling though another line counts


_PREFIXES = {"login": "", "sshd": "ssh-", "su-l": "su-", "sudo-i": "sudo-"}
_WITHOUT_VERDICT = {Layer.REFUSED: "-refused", Layer.CLOSED: "-aborted", Layer.NOTED: "-aborted"}


def failed(
    service: str, layer: Layer, place: str, actor: str | None = None, host: str | None = None, count: int = 1
) -> Said:
    """A failed try to log in. Where only a refusal or the end of a connection notes it, its action tells."""
    action = f"{_PREFIXES.get(service, f'{service}-')}login{_WITHOUT_VERDICT.get(layer, '')}"
    return Said(action, actor=user(actor), ip=address(host), layer=layer, place=place, count=count)


def address(text: str | None) -> str | None:
    """The address in its usual form, without brackets, port and zone; IPv4 where it is one within IPv6. Else None."""
    if not text:
        return None
    text = text.strip("<>[]").partition("%")[0]
    try:
        found = ip_address(text)
    except ValueError:
        host, _, port = text.rpartition(":")
        if not port.isdecimal():
            return None
        try:
            found = ip_address(host.strip("[]"))
        except ValueError:
            return None
    return str(getattr(found, "ipv4_mapped", None) or found)


_NOBODY = frozenset({"", "<invalid username>", "unknown", "UNKNOWN", "(null)", "?", "(unknown)", "NOUSER"})


def user(text: str | None) -> str | None:
    """A user name as it was given; None where the daemon says that it had none."""
    return None if text is None or text.strip() in _NOBODY else text


def certain(found: Iterable[tuple[str | None, str | None]]) -> tuple[str | None, str | None, frozenset[str]]:
    """User, address and the addresses that may be right, of all the ways to read a line."""
    ways = list(found)
    users, hosts = {one for one, _ in ways}, {address(two) for _, two in ways}
    ip = hosts.pop() if len(hosts) == 1 else None
    return (users.pop() if len(users) == 1 else None), ip, frozenset(one for one in hosts if one)


def every(pattern: "re.Pattern[str]", text: str, mark: str) -> list["re.Match[str]"]:
    """The matches of a pattern at each place where the mark stands."""
    found, start = [], text.find(mark)
    while start >= 0:
        if match := pattern.match(text, start):
            found.append(match)
        start = text.find(mark, start + 1)
    return found
