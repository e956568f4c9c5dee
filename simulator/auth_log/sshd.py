"""What sshd says: verdicts with or without keys, refusals, what PAM answered, and how connections end before a log-in.

The forms are those of OpenSSH (auth.c, auth2.c, auth-pam.c, packet.c). After a verdict on a key stands the key; a
certificate has an id that its owner chose, and a host-based try the client's own names.
"""

import re
from dataclasses import replace

from simulator.auth_log.said import Layer, Said, address, certain, every, failed, user

_VERDICT = re.compile(r"(Failed|Accepted) (\S++) for ((?:invalid|illegal) user )?(.*)$")
_ADDRESS = re.compile(r" from (\S++)( port \d++)?( ssh\d)?(?:: (.*)|)$")
_KEY = re.compile(r"(?:[A-Z][A-Z0-9-]*+) (?:SHA256:|MD5:|[0-9a-fA-Fx]{2}:)[^\s,]++")
_ISSUER = re.compile(r" \(serial \d++\) CA [A-Z0-9-]++ \S++$")
_WITH_KEY = ("publickey", "hostbased", "gssapi")

_PAM = re.compile(r"PAM: (?:Have exhausted maximum number of retries for service|[A-Z a-z']+?) for (.*)$")
_USER = re.compile(r"(?:invalid|illegal) user ")
_PAM_END = re.compile(r" from (\S++)(?: via \S++)?$")
_INVALID = re.compile(r"(?:Invalid|Illegal) user (.*) from (\S+)(?: port \d+)?$")
_ROOT = re.compile(r"ROOT LOGIN REFUSED FROM (\S+)")
_REFUSED = re.compile(r"User (.*) from (\S+) not allowed because ")
_LOCKED = re.compile(r"User (\S+) not allowed because ")
_DENIED = re.compile(r"Access denied for user (.*) by PAM account configuration")
_MOST = re.compile(r"maximum authentication attempts exceeded for (.*) from (\S+)(?: port \d+)?(?: ssh\d)?$")
_CLOSED = re.compile(
    r"(?:Connection (?:closed|reset) by|Disconnected from) (?:authenticating|invalid|illegal) user (.*) (\S+) port \d+$"
)
_DISCONNECTING = re.compile(r"Disconnecting (?:authenticating|invalid|illegal) user (.*)$")
_DISCONNECTED_BY = re.compile(r" (\S++) port \d++: (.*)$")
_TOO_MANY = re.compile(r"Disconnecting: Too many authentication failures(?: for (.*))?$")
_CHANGED = re.compile(r"Disconnecting: Change of username or service not allowed: \((\S+?),")
_BYE = re.compile(r"Received disconnect from (\S+?)(?: port \d+)?: ?(?:\d+): ?(.*)$")
_GAVE_UP = re.compile(r"(?:.*: )?Auth fail$|No (?:more |supported )?(?:user )?authentication methods available")
_NOTED = re.compile(r"input_userauth_request: (?:invalid|illegal) user (.*)$")
_LIBWRAP = re.compile(r"refused connect from .* \((\S+)\)$")
_MAPPING = re.compile(r"reverse mapping checking getaddrinfo for .* \[([^\]\s]+)\] failed")
_MAPS_TO = re.compile(r"Address (\S+) maps to \S+, but this does not map back")
_PROBES = (
    re.compile(r"Did not receive identification string from (\S+)"),
    re.compile(r"Bad protocol version identification '.*' from (\S+)(?: port \d+)?$"),
    re.compile(r"Timeout before authentication for (?:connection from )?(\S+)"),
    re.compile(r"banner exchange: Connection from (\S+) port \d+: invalid format$"),
    re.compile(r"Unable to negotiate with (\S+) port \d+: "),
)
_CONNECTED = re.compile(r"(?:Connection (?:from|closed by|reset by)|Disconnected from) (\S+)")


def read(text: str) -> Said | None:
    """What the text of a line says; None where it is of no interest."""
    text = text.removesuffix(" [preauth]").removeprefix("error: ").removeprefix("fatal: ")
    if found := _VERDICT.match(text):
        return _verdict(*found.groups())
    if found := _PAM.match(text):
        whole = _USER.sub("", found[1], count=1) if _USER.match(found[1]) else found[1]
        place = whole.rfind(" from ")
        if place >= 0 and (end := _PAM_END.match(whole.rstrip(), place)):
            return failed("ssh", Layer.REPORT, "pam", whole[:place], end[1])
    return _refusal(text) or _end(text) or _network(text)


def _verdict(word: str, method: str, unknown: str | None, rest: str) -> Said | None:
    """Failed and Accepted: the address is where everything after it is what the daemon writes there."""
    ways, with_key = _ways(rest), method.startswith(_WITH_KEY)
    if not ways:
        return None
    if with_key and not unknown and " " not in ways[0][0] and (_has_key(ways[0][2]) or len(ways) == 1):
        right = ways[:1]  # an account that exists has no blank in its name
    else:
        right = [way for way in ways if _is_end(way[2], with_key)]
        if with_key and not any(way[2] for way in right):
            right = [way for way in ways if _has_key(way[2])][:1] or right  # a comment behind the key
        right = right if with_key else right[-1:]  # without a key, such a line ends with the address
    if not right:
        right = ways[:1]
    actor, ip, either = certain((way[0], way[1]) for way in right)
    if word == "Accepted":
        return Said("ssh-login", "success", "low", actor=user(actor), ip=ip, either=either, settles=True)
    layer = Layer.NOTED if method == "none" else Layer.VERDICT
    return replace(failed("ssh", layer, "verdict", actor), ip=ip, either=either)


def _ways(rest: str) -> list[tuple[str, str, str | None]]:
    """User, address and what stands behind it, of each place that may be the end; those with a port before others."""
    found = every(_ADDRESS, rest, " from ")
    with_port = [match for match in found if match[2]]
    return [(rest[: match.start()], match[1], match[4]) for match in with_port or found]


def _has_key(end: str | None) -> bool:
    return end is not None and _KEY.match(end) is not None


def _is_end(end: str | None, with_key: bool) -> bool:
    """Whether the daemon writes this behind the address."""
    if not end or end.startswith("ruser "):  # the latter in SSH 1
        return True
    key = _KEY.match(end) if with_key else None
    if key is None:
        return False
    more = end[key.end() :]
    if more.startswith(" ID "):
        return _ISSUER.match(more, max(more.rfind(" (serial "), 0)) is not None
    return not more or (more.startswith(', client user "') and ', client host "' in more and more.endswith('"'))


def _refusal(text: str) -> Said | None:
    if found := _INVALID.match(text):
        return failed("ssh", Layer.REFUSED, "invalid", found[1], found[2])
    if found := _ROOT.match(text):
        return failed("ssh", Layer.REFUSED, "root", "root", found[1])
    if found := _REFUSED.match(text):
        return failed("ssh", Layer.REFUSED, "not allowed", found[1], found[2])
    if found := _LOCKED.match(text):
        return failed("ssh", Layer.REFUSED, "not allowed", found[1])
    if found := _DENIED.match(text):
        return failed("ssh", Layer.REFUSED, "denied", found[1])
    if found := _NOTED.match(text):
        return failed("ssh", Layer.NOTED, "invalid", found[1])
    return None


def _end(text: str) -> Said | None:
    """How a connection ended in which nobody logged in."""
    if found := _MOST.match(text):
        given = _USER.sub("", found[1], count=1) if _USER.match(found[1]) else found[1]
        ended = failed("ssh", Layer.CLOSED, "most", given, found[2])
        return replace(ended, beside=("high", "too-many-attempts"))
    if found := _CLOSED.match(text):
        return failed("ssh", Layer.CLOSED, "closed", found[1], found[2])
    if found := _DISCONNECTING.match(text):
        return _disconnecting(found[1])
    if (found := _TOO_MANY.match(text)) or (found := _CHANGED.match(text)):
        return failed("ssh", Layer.CLOSED, "disconnecting", found[1])
    if found := _BYE.match(text):
        if _GAVE_UP.match(found[2]):
            return failed("ssh", Layer.CLOSED, "gave up", None, found[1])
        return Said(ip=address(found[1]))
    return None


def _disconnecting(rest: str) -> Said | None:
    """`USER ADDRESS port N: REASON`, where a reason may say the user's name again, and that of another."""
    ways = []
    for found in every(_DISCONNECTED_BY, rest, " "):
        name = rest[: found.start()]
        changed = f"Change of username or service not allowed: ({name},"
        if found[2] == "Too many authentication failures" or found[2].startswith(changed):
            ways.append((name, found[1]))
    actor, ip, either = certain(ways[-1:])  # a name within the reason would have to hold itself
    return replace(failed("ssh", Layer.CLOSED, "disconnecting", actor), ip=ip, either=either)


def _network(text: str) -> Said | None:
    if found := _MAPPING.match(text):
        return Said("reverse-mapping", category="network", ip=address(found[1]))
    if found := _MAPS_TO.match(text):
        return Said("reverse-mapping", category="network", ip=address(found[1]))
    if found := _LIBWRAP.match(text):
        return Said("connect", category="network", ip=address(found[1]))
    for pattern in _PROBES:
        if found := pattern.match(text):
            return Said("probe", "unknown", "low", "network", ip=address(found[1]))
    if found := _CONNECTED.match(text):
        return Said(ip=address(found[1]))
    return None
