"""What programs of the host itself say: login, su, sudo, doas, polkit, cron, and those that add users."""

import re
from dataclasses import replace

from simulator.auth_log.said import Layer, Said, failed, user

_SUDO = (
    (re.compile(r"(\S+) : (?:.*; )?command not allowed ; "), "high", "iam", "failure"),
    (re.compile(r"(\S+) : (?:.*; )?user NOT (?:in sudoers|authorized on host)"), "high", "iam", "failure"),
    (re.compile(r"(\S+) : TTY=.*COMMAND="), "low", "process", "success"),
)
_SUDO_TRIES = re.compile(r"(\S+) : (?:(\d+) incorrect password attempts?|a password is required|no tty present)")
_SU_DONE = (re.compile(r"Successful su for (\S+) by "), re.compile(r"\(to (\S+)\) \S+ on "))
_SU_FAILED = (
    re.compile(r"FAILED su for (\S+) by "),
    re.compile(r"FAILED SU \(to (\S+)\) "),
    re.compile(r"BAD SU \S+ to (\S+) on "),
)
_SU_TTY = re.compile(r"- \S+ [^\s:-]+[:-](\S+)$")
_LOGIN = (
    re.compile(r"FAILED LOGIN (?:\(\d+\)|\d+)(?: on '[^']*')?(?: from '(?P<ip>[^']*)')? FOR '(?P<actor>.*)', [\w ]+$"),
    re.compile(r"FAILED LOGIN (?:\(\d+\)|\d+) FROM (?P<ip>\S+) FOR (?P<actor>.*), [\w ]+$"),
    re.compile(r"invalid password for '(?P<actor>.*)' (?:on|from) '[^']*'(?: from '(?P<ip>[^']*)')?$"),
)
_LOGIN_FAILURES = re.compile(r"(?:(\d+) )?LOGIN FAILURES? (?:FROM (\S+)|ON \S+)(?:, (.*))?$")
_LOGIN_CLOSED = re.compile(r"TOO MANY LOGIN TRIES|FAILED LOGIN SESSION|ILLEGAL ROOT LOGIN|ROOT LOGIN REFUSED")
_LOGIN_DONE = re.compile(r"(ROOT) LOGIN ON |(?:DIALUP .*|LOGIN) ON \S+ BY (\S+)")
_DOAS = re.compile(r"failed auth for (\S+)$")
_DOAS_REFUSED = re.compile(r"command not permitted for (\S+): ")
_POLKIT = re.compile(r"Operator of \S+ FAILED to authenticate .* \(owned by unix-user:(\S+)\)$")
_CRON = re.compile(r"\((\S+)\) FAILED to (?:authorize user|open PAM security session)|\((\S+)\) AUTH \(")
_USERADD = re.compile(r"new user: name=([^,\s]+),")
_USERADD_FAILED = re.compile(r"failed adding user '([^']*)'")
_GROUPADD = re.compile(r"new group: name=([^,\s]+),")


def sudo(text: str) -> Said | None:
    """Commands that ran, those that were refused, and wrong passwords, several in one line."""
    if found := _SUDO_TRIES.match(text):
        tried = failed("sudo", Layer.VERDICT, "sudo", found[1], count=int(found[2] or 1))
        return replace(tried, severity="high")
    for pattern, severity, category, outcome in _SUDO:
        if found := pattern.match(text):
            return Said("sudo", outcome, severity, category, actor=user(found[1]))
    return None


def su(text: str) -> Said | None:
    """Becoming another user; the actor is who one wants to be."""
    for pattern in _SU_DONE:
        if found := pattern.match(text):
            return Said("su", "success", "low", "iam", actor=user(found[1]))
    for pattern in _SU_FAILED:
        if found := pattern.match(text):
            return failed("su", Layer.VERDICT, "su", found[1])
    if found := _SU_TTY.match(text):
        return failed("su", Layer.NOTED, "su", found[1])
    if text.startswith("pam_authenticate: "):
        return failed("su", Layer.REPORT, "su")
    return None


def login(text: str) -> Said | None:
    """Log-ins at a terminal, as util-linux, shadow and BSD write them."""
    for place, pattern in enumerate(_LOGIN):
        if found := pattern.match(text):
            return failed("login", Layer.VERDICT, str(place), found["actor"], found["ip"])
    if found := _LOGIN_FAILURES.match(text):
        return failed("login", Layer.CLOSED, "failures", found[3], found[2], count=int(found[1] or 1))
    if _LOGIN_CLOSED.match(text):
        return failed("login", Layer.CLOSED, "closed")
    if found := _LOGIN_DONE.match(text):
        return Said("login", "success", "low", actor="root" if found[1] else user(found[2]))
    return None


def doas(text: str) -> Said | None:
    """OpenBSD's sudo."""
    if found := _DOAS.match(text):
        return failed("doas", Layer.VERDICT, "doas", found[1])
    if found := _DOAS_REFUSED.match(text):
        return Said("doas", "failure", "high", "iam", actor=user(found[1]))
    return None


def polkit(text: str) -> Said | None:
    """Who asked for more rights and did not prove who they are."""
    found = _POLKIT.match(text)
    return failed("polkit", Layer.VERDICT, "polkit", found[1]) if found else None


def cron(text: str) -> Said | None:
    """Jobs whose owner may not run any."""
    found = _CRON.match(text)
    return failed("cron", Layer.VERDICT, "cron", found[1] or found[2]) if found else None


def useradd(text: str) -> Said | None:
    """Accounts that are made."""
    if found := _USERADD.match(text):
        return Said("user-added", "success", "medium", "iam", actor=user(found[1]))
    if found := _USERADD_FAILED.match(text):
        return Said("user-added", "failure", "low", "iam", actor=user(found[1]))
    return None


def groupadd(text: str) -> Said | None:
    """Groups that are made."""
    found = _GROUPADD.match(text)
    return Said("group-added", "success", "low", "iam", actor=user(found[1])) if found else None
