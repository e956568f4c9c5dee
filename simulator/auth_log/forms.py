"""Which forms the lines of a program may have, which programs share their tries, and what only looks like a failure."""

import re

from simulator.auth_log import local, network, pam, sshd
from simulator.auth_log.line import Line
from simulator.auth_log.said import Said

_BY_PROGRAM = {
    "sshd": sshd.read,
    "sudo": local.sudo,
    "su": local.su,
    "login": local.login,
    "in.rlogind": local.login,
    "doas": local.doas,
    "polkitd": local.polkit,
    "cron": local.cron,
    "crond": local.cron,
    "CRON": local.cron,
    "useradd": local.useradd,
    "groupadd": local.groupadd,
    "vsftpd": network.ftp,
    "proftpd": network.ftp,
    "pure-ftpd": network.ftp,
    "ftpd": network.ftp,
    "wu-ftpd": network.ftp,
    "xrdp": network.xrdp,
    "xrdp-sesman": network.xrdp,
    "dropbear": network.remote,
    "webmin": network.remote,
    "klogind": network.remote,
    "exim": network.mail,
    "exim4": network.mail,
    "saslauthd": network.mail,
}
_DOVECOT = re.compile(r"dovecot|[a-z0-9]+-login|auth(?:-worker)?(?:\(.*)?$")
_POSTFIX = re.compile(r"postfix[\w-]*/")
_FAMILIES = {"xrdp-sesman": "xrdp", "pure-ftpd": "pure-ftpd", "vsftpd": "vsftpd", "xrdp": "xrdp"}

# Words of failed log-ins, and what has such words and is none: sessions, services, what another line says too.
_FAILURE = re.compile(
    r"(?i)fail|invalid|illegal|incorrect|denied|refused|rejected|bad ?(?:password|login|su)|wrong|mismatch|locked|"
    r"unknown user|no such user|unauthori[sz]ed|not (?:allowed|permitted|authenticated)|too many|unsuccessful|"
    r"could not verify"
)
_LOG_IN = re.compile(
    r"(?i)\bauth|authenti|log-?in|log(?:ged)? ?[io]n|logon|passw|passphrase|\busers?\b|account|\bsasl\b|credential|"
    r"\bpam_|sudo|\bkey\b"
)
_NO_FAILURE = re.compile(
    r"(?:error: |fatal: )?(?:PAM service\(|Connection |Disconnect|Received disconnect|Postponed |Starting session|"
    r"Close session|\(?pam_\w{1,30}(?:\([\w.@/-]{0,60}:(?:session|setcred|chauthtok)\)|"
    r".{0,80}: (?:check pass|requirement |conversation failed|session ))|"
    r"PAM: pam_setcred|"
    r"pam_(?:systemd|env|limits|motd|succeed_if|keyinit|loginuid)\(|"
    r"Authentication refused: bad ownership|Could not get shadow information|User child|"
    r"Read from socket|Write failed|password check failed for user)"
)
_QUIET = frozenset({"systemd", "systemd-logind", "kernel", "dbus-daemon", "chpasswd", "unix_chkpwd", "usermod"})


def said(line: Line) -> Said | None:
    """What a line says; None where no form fits it."""
    if found := pam.read(line.program, line.text):
        return found
    program = line.program
    if reader := _BY_PROGRAM.get(program.lower() if program != "CRON" else program):
        return reader(line.text)
    if _POSTFIX.match(program):
        return network.postfix(line.text)
    if _DOVECOT.match(program):
        return network.dovecot(program, line.text)
    return network.mail(line.text)


def family(line: Line) -> tuple[str, str]:
    """Whose tries a line tells of: the process, or for daemons of several processes the daemon."""
    name = "dovecot" if _DOVECOT.match(line.program) else _FAMILIES.get(line.program, "")
    return (name, "") if name else (line.program, line.pid)


def looks_like_failure(line: Line) -> bool:
    """Whether a line that no form fits may tell of a failed log-in."""
    if line.program in _QUIET or _NO_FAILURE.match(line.text):
        return False
    return bool(_FAILURE.search(line.text) and _LOG_IN.search(f"{line.program} {line.text}"))
