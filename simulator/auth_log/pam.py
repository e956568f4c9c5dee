"""What the modules of PAM say, of any service: `pam_unix(sshd:auth): authentication failure; … rhost=… user=…`.

The remote user and the user may be what a client typed; where they hold a `rhost=` of their own, the daemon's is found
by what each daemon is known to write.
"""

import re
from dataclasses import replace

from simulator.auth_log.said import Layer, Said, certain, every, failed, user

_HEAD = re.compile(r"(?:\((pam_\w+)\)|(pam_\w+)(?:\[\d+\])?(?:\(([\w.@/-]*?)(?::(\w+))?\))?|(PAM))(?::| ) *(\S.*)$")
_FAILURE = re.compile(
    r"(?:(\d+) more )?authentication failures?; logname=(?:\S*(?: \S+)?) uid=\d* euid=\d* tty=\S* ruser=(.*)$"
)
_TTY = re.compile(r".*? tty=(\S*) ruser=")
_RHOST = re.compile(r" rhost=(\S*)(?: +user=(.*)| *)$")
# Forms of modules: the user and the address, or one of them.
_OTHERS = tuple(
    (place, re.compile(pattern))
    for place, pattern in (
        ("received", r"received for user (.*): \d+ \([^)]*\)$"),
        ("refused", r"Refused user (.*) for service \S+$"),
        ("access", r"access denied for user [`'\"](.*)[`'\"] from [`'\"](\S+)[`'\"]$"),
        ("access", r"access denied: tty \S+ is not secure"),
        ("access", r"Access denied to '(.*)' for '\S+'"),
        ("locked", r"Consecutive login failures for user (.*) account temporarily locked"),
        ("locked", r"(?:user (.*) \(\d+\) tally \d+, deny \d+|User account (.*) is locked)"),
        ("password", r"auth could not identify password for \[(.*)\]$"),
        ("bind", r"error trying to bind as user \"(.*)\" \(Invalid credentials\)$"),
        ("winbind", r"user [`'](.*)' denied access"),
        ("request", r"request \w+ failed: .*PAM_(?:AUTH_ERR|USER_UNKNOWN|PERM_DENIED)\b"),
        ("code", r"Invalid (?:verification|scratch) code for (.*)$"),
        ("expired", r"account (\S+) has expired"),
    )
)
_CHECKED = re.compile(r"check pass; user unknown$")
# Their remote user is the name that a client typed; elsewhere it is a person of this host, or nobody.
_CLIENT_NAMES = frozenset(
    {"ftp", "vsftpd", "proftpd", "pure-ftpd", "wu-ftpd", "ftpd", "dovecot", "dovecot-auth", "auth", "imap", "pop3"}
)


def read(program: str, text: str) -> Said | None:
    """What a module says in a line of that program; None where a text is no module's or says nothing of interest."""
    text = text.removesuffix(" [preauth]")
    found = _HEAD.match(text)
    if not found:
        bare = text.startswith("authentication failure; logname=")
        return _failure("pam", program, text) if bare else None
    module = found[1] or found[2] or "pam_unix"
    service, kind, said = found[3] or program, found[4], found[6]
    if kind == "session" or kind == "chauthtok" or kind == "setcred":
        return None
    if service in ("auth", "account"):  # pam_unix(auth): no service
        service = program
    if told := _failure(module, service, said):
        return told
    if said.startswith("authentication success; "):
        return Said(actor=user(said.partition(" user=")[2]), settles=True)
    if _CHECKED.match(said):
        return failed(service, Layer.NOTED, f"{module} check")
    for place, pattern in _OTHERS:
        if match := pattern.match(said):
            actor = next((one for one in match.groups() if one), None)
            host = match[2] if place == "access" and pattern.groups == 2 else None
            return failed(service, Layer.MODULE, f"{module} {place}", actor, host)
    return None


def _failure(module: str, service: str, said: str) -> Said | None:
    found = _FAILURE.match(said)
    if not found:
        return None
    rest, tty = found[2], _TTY.match(said)
    ways = [(rest[: match.start()], match[2], match[1]) for match in every(_RHOST, rest, " rhost=")]
    if len(ways) > 1:
        ways = _right(ways, service, tty[1] if tty else "")
    actor, ip, either = certain((user(named) or user(ruser), host) for ruser, named, host in ways)
    told = failed(service, Layer.MODULE, module, actor, count=int(found[1] or 1))
    return replace(told, ip=ip, either=either)


def _right(ways: list[tuple[str, str | None, str]], service: str, tty: str) -> list[tuple[str, str | None, str]]:
    """The ways to read a line that fit what its daemon writes."""
    if service in _CLIENT_NAMES or tty in _CLIENT_NAMES:
        same = [way for way in ways if way[1] is not None and way[1].strip() == way[0].strip() != ""]
        return same or [way for way in ways if way[0].strip() and way[1] is None] or ways
    return ways[:1] if ways[0][0] == "" else ways
