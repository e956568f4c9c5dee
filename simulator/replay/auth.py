"""`auth.log` of Linux (sshd, sudo, su, useradd) as security events.

Times are ISO 8601, as rsyslog, journald and RFC 5424 write them, or classic ones, which have no year: it comes from
`--year`, or such that the last line is not in the future; it goes back by one where the months run backwards. A line
"message repeated N times" stands for N events. Lines that only repeat what another one says (PAM's, session
bookkeeping, cron) are no events.
"""

import re
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import pairwise
from typing import Any

from core import clock
from simulator.replayer import Item, Malformed, Parsed, Reader, moment

_LINE = re.compile(
    r"(?:<\d+>)?(?:(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)|(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*)) "
    r"(?P<host>\S+) (?P<rest>.*)$"
)
# An element of structured data; in its quoted values, brackets and quotes are escaped, and some forget the brackets.
_ELEMENT = r'\[(?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*")*\]'
_RFC5424 = re.compile(
    r"<\d+>1 (?P<iso>\S+) (?P<host>\S+) (?P<program>\S+) \S+ \S+ "
    rf"(?:-|(?:{_ELEMENT})+)(?: \ufeff?(?P<text>.*))?$"
)
_SSHD = frozenset({"sshd-session", "sshd-auth"})  # what a log-in's lines come from since OpenSSH 9.8
_PROGRAM = re.compile(r"(?P<program>[^\s\[:]+)(?:\[\d+\])?: ?(?P<text>.*)$")
_REPEATED = re.compile(r"message repeated (\d+) times: \[ ?(.*)\]$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOST_REPEATS = 1000
Fields = dict[str, Any]

# program, pattern, severity, category, action, outcome; actor and ip are named groups
_PATTERNS: tuple[tuple[str, re.Pattern[str], str, str, str, str], ...] = tuple(
    (program, re.compile(pattern), severity, category, action, outcome)
    for program, pattern, severity, category, action, outcome in (
        (
            "sshd",
            r"Failed \S+ for invalid user (?P<actor>.*) from (?P<ip>\S+) port \d+",
            "medium",
            "authentication",
            "ssh-login",
            "failure",
        ),
        (
            "sshd",
            r"Failed \S+ for (?P<actor>.*) from (?P<ip>\S+) port \d+",
            "medium",
            "authentication",
            "ssh-login",
            "failure",
        ),
        (
            "sshd",
            r"Accepted \S+ for (?P<actor>.*) from (?P<ip>\S+) port \d+",
            "low",
            "authentication",
            "ssh-login",
            "success",
        ),
        ("sshd", r"Invalid user (?P<actor>.*) from (?P<ip>\S+)", "low", "authentication", "invalid-user", "failure"),
        (
            "sshd",
            r"error: maximum authentication attempts exceeded for (?:invalid user )?(?P<actor>.*) from (?P<ip>\S+) "
            r"port \d+",
            "high",
            "authentication",
            "too-many-attempts",
            "failure",
        ),
        (
            "sshd",
            r"reverse mapping checking getaddrinfo for .* \[(?P<ip>[^\]]+)\] failed",
            "medium",
            "network",
            "reverse-mapping",
            "failure",
        ),
        ("sshd", r"Did not receive identification string from (?P<ip>\S+)", "low", "network", "probe", "unknown"),
        ("sudo", r"(?P<actor>\S+) : .*command not allowed.*", "high", "iam", "sudo", "failure"),
        ("sudo", r"(?P<actor>\S+) : .*incorrect password attempts?.*", "high", "authentication", "sudo", "failure"),
        ("sudo", r"(?P<actor>\S+) : TTY=.*COMMAND=.*", "low", "process", "sudo", "success"),
        ("su", r"Successful su for (?P<actor>\S+) by .*", "low", "iam", "su", "success"),
        ("su", r"FAILED su for (?P<actor>\S+) by .*", "medium", "iam", "su", "failure"),
        ("su", r"FAILED SU \(to (?P<actor>\S+)\) .*", "medium", "iam", "su", "failure"),
        ("su", r"\(to (?P<actor>\S+)\) \S+ on .*", "low", "iam", "su", "success"),
        ("useradd", r"new user: name=(?P<actor>[^,\s]+),.*", "medium", "iam", "user-added", "success"),
        ("useradd", r"failed adding user '(?P<actor>[^']*)'.*", "low", "iam", "user-added", "failure"),
        ("groupadd", r"new group: name=(?P<actor>[^,\s]+),.*", "low", "iam", "group-added", "success"),
    )
)


def read(lines: list[str], options: Namespace) -> Parsed:
    """Security events of the lines that say one; the others are counted as skipped."""
    parsed = Parsed()
    found: list[tuple[int, datetime | float, Fields, int]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            parsed.skipped += 1
            continue
        try:
            when, event, times = _event(line)
        except Malformed as error:
            parsed.malformed.append((number, str(error)))
            continue
        if event is None:
            parsed.skipped += 1
        else:
            found.append((number, when, event, times))
    yearless = [when for _, when, _, _ in found if isinstance(when, datetime)]
    dated = iter(_years(yearless, options.year))
    parsed.items = [
        Item(number, next(dated) if isinstance(when, datetime) else when, event, times=times)
        for number, when, event, times in found
    ]
    return parsed


def _event(line: str) -> tuple[datetime | float, Fields | None, int]:
    """When (a time without its year as one of 2000), what, and how often."""
    found = _RFC5424.match(line) or _LINE.match(line)
    if not found:
        raise Malformed(f"not a syslog line: {line[:80]!r}")
    when = _iso(found["iso"]) if found["iso"] else _classic(found["time"])
    said = found if found.re is _RFC5424 else _PROGRAM.match(found["rest"])
    if not said:
        raise Malformed(f"names no program: {line[:80]!r}")
    name = "sshd" if said["program"] in _SSHD else said["program"]
    text, times = (said["text"] or "").strip(), 1
    if repeated := _REPEATED.match(text):
        times, text = min(int(repeated[1]), _MOST_REPEATS), repeated[2]
    for program, pattern, severity, category, action, outcome in _PATTERNS:
        match = pattern.match(text) if program == name else None
        if match:
            event = {
                "kind": "security",
                "severity": severity,
                "text": _clean(f"{program}: {text}", 2000),
                "category": category,
                "action": action,
                "outcome": outcome,
                "source": found["host"][:200],
            }
            parts = match.groupdict()
            if actor := _clean(parts.get("actor") or "", 200).strip():
                event["actor"] = actor
            if _is_address(parts.get("ip")):
                event["ip"] = parts["ip"]
            return when, event, times
    return when, None, 1


def _classic(text: str) -> datetime:
    try:
        return datetime.strptime(f"2000 {text}", "%Y %b %d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise Malformed(f"not a time: {text!r}") from None


def _iso(text: str) -> float:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f"not a time: {text[:40]!r}") from None
    return moment((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp(), text)


def _years(times: list[datetime], given: int | None) -> list[float]:
    """Epoch seconds of the times, which have no year."""
    turns = [0]
    for before, after in pairwise(times):
        turns.append(turns[-1] + (after.month < before.month and before.month - after.month > 6))
    if given is not None or not times:
        first = given if given is not None else clock.to_datetime(clock.now()).year
    else:
        now = clock.to_datetime(clock.now())
        first = now.year - turns[-1]
        if _with_year(times[-1], now.year) > now.timestamp():
            first -= 1
    return [_with_year(when, first + turn) for when, turn in zip(times, turns, strict=False)]


def _with_year(when: datetime, year: int) -> float:
    try:
        return when.replace(year=year).timestamp()
    except ValueError:  # 29 February of a year without one
        return when.replace(year=year, month=3, day=1).timestamp()


def _clean(text: str, length: int) -> str:
    return _CONTROL.sub("?", text)[:length]


def _is_address(text: str | None) -> bool:
    try:
        ip_address(text or "")
    except ValueError:
        return False
    return True


def options(parser: ArgumentParser) -> None:
    """Of this kind of file."""
    parser.add_argument(
        "--year",
        type=int,
        choices=range(1970, 2100),
        metavar="YEAR",
        help="year of the first line (default: so that the last is not in the future)",
    )


READER = Reader("auth.log → security events", read, options)
