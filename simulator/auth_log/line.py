"""Takes a line of syslog apart: time, host, program, process id, text; also lines of logs that daemons keep themselves.

Times are ISO 8601, as rsyslog, journald and RFC 5424 write them, or classic ones, which have no year.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from simulator.replayer import Malformed, moment

_LINE = re.compile(
    r"(?:<\d+>)?(?:(?P<time>[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d)"
    r"|(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*)) (?P<rest>\S.*)$"
)
# An element of structured data; in its quoted values, brackets and quotes are escaped, and some forget the brackets.
_ELEMENT = r'\[(?:[^\]"\\]++|\\.|"(?:[^"\\]++|\\.)*+")*+\]'
_RFC5424 = re.compile(
    r"<\d+>1 (?P<iso>\S+) (?P<host>\S+) (?P<program>\S+) (?P<pid>\S+) \S+ "
    rf"(?:-|(?:{_ELEMENT})++)(?: \ufeff?(?P<text>.*))?$"
)
# The logs of vsftpd, of xrdp, of Exim, and those of multilog.
_VSFTPD = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}) \[pid (\d+)\] (.*)$")
_XRDP = re.compile(r"\[(\d{8}-\d\d:\d\d:\d\d)\] (.*)$")
_EXIM = re.compile(r"\S+ authenticator failed for ")
_TAI = re.compile(r"@4([0-9a-f]{15})[0-9a-f]{8} (.*)$")
# `sshd[7]: `, `sshd(pam_unix)[7]: `, `[sshd] `, `gdm-password][7]: `, `proftpd[7] `
_PROGRAM = re.compile(
    r"(?:\[(?P<bare>[A-Za-z][\w./-]*+)\]:?"
    r"|(?P<program>[^\s\[:(]++)(?:\((?P<module>pam_\w+)\))?(?:\((?P<within>[^)\s]*)\)(?:<[^>\s]*>)?)?"
    r"(?: ?\[(?P<pid>\d+)\](?::|(?= ))|:)) ?(?P<text>.*)$"
)
_HOST = re.compile(r"(\S++) ++(\S.*)$")
_SOLARIS = re.compile(r"\[ID \d+ [a-z]+\d?\.[a-z]+\] ?")
_REPEATED = re.compile(r"message repeated (\d+) times: \[ ?(.*)\]$")
_AGAIN = re.compile(r"last message repeated (\d+) times?$")
_PROGRAMS = {
    "sshd-session": "sshd",  # what a log-in's lines come from since OpenSSH 9.8
    "sshd-auth": "sshd",
}
MOST_REPEATS = 1000
_TAI_UTC = 10  # seconds between TAI64's labels and UTC, as multilog writes them


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `when` is a time of 2000 where the line has no year; `times`: so often it stands for itself."""

    when: datetime | float
    host: str
    program: str
    pid: str
    text: str
    times: int = 1
    again: bool = False  # "last message repeated": the line before it, so often


def read(line: str) -> Line:
    """The parts of a line. Raises Malformed."""
    if found := _RFC5424.match(line):
        pid = found["pid"] if found["pid"] != "-" else ""
        return _told(_iso(found["iso"]), found["host"], found["program"], pid, found["text"] or "")
    if found := _VSFTPD.match(line):
        return _told(_written(found[1], "%b %d %H:%M:%S %Y"), "-", "vsftpd", found[2], found[3])
    if found := _XRDP.match(line):
        return _told(_written(found[1], "%Y%m%d-%H:%M:%S"), "-", "xrdp", "", found[2])
    if found := _TAI.match(line):
        return _of_program(float(int(found[1], 16) - _TAI_UTC), "-", found[2], line)
    found = _LINE.match(line)
    if not found:
        raise Malformed(f"not a syslog line: {line[:80]!r}")
    when = _iso(found["iso"]) if found["iso"] else _classic(found["time"])
    if _EXIM.match(found["rest"]):
        return _told(when, "-", "exim", "", found["rest"])
    host, program = _host(found["rest"])
    if again := _AGAIN.match(program):
        return Line(when, host, "", "", "", min(int(again[1]), MOST_REPEATS), again=True)
    return _of_program(when, host, program, line)


def _of_program(when: datetime | float, host: str, text: str, line: str) -> Line:
    said = _PROGRAM.match(text)
    if not said:
        raise Malformed(f"names no program: {line[:80]!r}")
    program, text = said["bare"] or said["program"], said["text"]
    if said["module"]:
        text = f"{said['module']}: {text}"
    elif program == "auth" and "," in (said["within"] or ""):  # Dovecot 2.4: auth(USER,ADDRESS,…)
        text = f"auth({said['within']}): {text}"
    return _told(when, host, program, said["pid"] or "", text)


def _host(rest: str) -> tuple[str, str]:
    """The host and what follows; some lines name no host."""
    first = _HOST.match(rest)
    if not first or first[1].endswith(":") or (first[1].startswith("[") and first[1].endswith("]")):
        return "-", rest
    return first[1], first[2]


def _told(when: datetime | float, host: str, program: str, pid: str, text: str) -> Line:
    text = text.strip()
    if solaris := _SOLARIS.match(text):
        text = text[solaris.end() :]
    line = Line(when, host, _PROGRAMS.get(program, program), pid, text)
    if repeated := _REPEATED.match(text):
        return replace(line, text=repeated[2].strip(), times=min(int(repeated[1]), MOST_REPEATS))
    return line


def _classic(text: str) -> datetime:
    try:
        return datetime.strptime(f"2000 {' '.join(text.split())}", "%Y %b %d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise Malformed(f"not a time: {text!r}") from None


def _written(text: str, form: str) -> float:
    try:
        return moment(datetime.strptime(" ".join(text.split()), form).replace(tzinfo=UTC).timestamp(), text)
    except ValueError as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed(f"not a time: {text!r}") from None


def _iso(text: str) -> float:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f"not a time: {text[:40]!r}") from None
    return moment((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp(), text)
