"""What daemons for mail, files and desktops say of failed log-ins: Dovecot, Postfix, vsftpd, ProFTPD, xrdp and others.

Each form is read from the end that the daemon writes: before the name that a client chose, or behind it.
"""

import re
from dataclasses import replace

from simulator.auth_log.said import Layer, Said, certain, every, failed

_IP = r"[0-9A-Fa-f.:]+"
_DOVECOT_LOGIN = re.compile(
    r"\((?:auth failed, (\d+) attempts?\b|tried to use disal?l?owed|tried to use disabled|proxy dest auth failed)"
)
_DOVECOT_USER = re.compile(r"(.*)>(?:, method=[^,>]*)?$")
_RIP = re.compile(rf"rip=({_IP})(?:,|$)")
_DOVECOT_AUTH = re.compile(r"(?:Info: )?(?:conn unix:\S+ \([^)]*\): auth-worker<\d+>: )?([a-z-]++)\((.*)$")
_DOVECOT_SAID = re.compile(
    rf",({_IP})(?:,[^,()\s]*)?\)(?:<[^>]*>)?: (?:Info: )?(?:[a-z-]+: )?"
    r"(?:unknown user|[Pp]assword mismatch|invalid credentials|pam_authenticate\(\) failed: (?:[A-Za-z ]+))"
    r"(?: \((?:[Pp]assword mismatch\?|for LDAP bind)\))?(?: \((?:SHA1 of )?given password: .*\))?(?:: \d+ Time\(s\))?$"
)
_DOVECOT_PROCESS = re.compile(r"(?:dovecot: )?([a-z0-9]+-login|auth(?:-worker)?)(?:\(\w+\))?: (.*)$")

_POSTFIX = re.compile(
    rf"(?:warning: )?[^\s\[]*\[({_IP})\](?::\d+)?: SASL \S+ authentication (?:failed|aborted|failure)(?:: (.*))?$"
)
_POSTFIX_END = re.compile(rf"disconnect from [^\s\[]*\[({_IP})\](?::\d+)? (?:.* )?auth=(\d+)/(\d+)(?: |$)")

_VSFTPD = re.compile(rf"(?:\[pid \d+\] )?\[(.*)\] FAIL LOGIN: Client \"({_IP})\"(?:, \"[^\"]*\")?$")
_PROFTPD = re.compile(r"(?:\S+ )?\([^\s\[]*\[([^\]\s]+)\]\)(?: - |: | )(.*)$")
_PROFTPD_USER = (" (Login failed): ", ": no such user found from ")
_PURE = re.compile(r"\([^)@\s]*@([^)\s]*)\) \[WARNING\] Authentication failed for user \[(.*)\]$")
_XRDP = re.compile(rf".*?AUTHFAIL: user=(.*) ip=({_IP}) time=\d+$")
_XRDP_NOTED = re.compile(r".*login failed for (?:user |display)|.*pam_authenticate failed: ")
_CYRUS = re.compile(rf"badlogin: [^\[]*\[({_IP})\] \S+ ?(.*)$")
_CYRUS_USER = re.compile(r"(\S+) \[?SASL\(")
_COURIER = re.compile(rf"LOGIN FAILED, (?:user=(.*)|method=\S+), ip=\[({_IP})\](?:, port=\[\d+\])?$")
_UW = re.compile(rf"Login (?:failed|disabled|excessive login failures) user=(.*) auth=.* host=.*\[({_IP})\]$")
_SENDMAIL = re.compile(r"\w+: AUTH failure \(")
_RELAY = re.compile(rf", relay=[^,\[]*\[({_IP})\](?: \(may be forged\))?$")
_SENDMAIL_MOST = re.compile(
    rf"\w+: [^\[]*\[({_IP})\](?: \(may be forged\))?: possible SMTP attack: command=AUTH, count=(\d+)"
)
_EXIM = re.compile(
    rf"(?:[^\s(\[]\S*+ )?(?:\(\S*+ )?\[({_IP})\](?::\d+)?(?: I=\[[^\]]*\](?::\d+)?)?(?: Ci=\d+)?: 535 [^(]*+"
    r"(?:\(set_id=(.*)\))?"
)
_DROPBEAR = re.compile(r"(?:\[\d+\] .{15} )?[Bb]ad (?:PAM )?password attempt for '(.*)' from (\S+):\d+$")
_DROPBEAR_UNKNOWN = re.compile(r"(?:\[\d+\] .{15} )?[Ll]ogin attempt for nonexistent user(?: '(.*)')? from (\S+):\d+$")
_DROPBEAR_END = re.compile(
    r"(?:\[\d+\] .{15} )?Exit before auth(?: from <(\S+):\d+>:?)?:? ?(?:\(user '(.*)', (\d+) fails\))?"
)
_DROPBEAR_MOST = re.compile(r".*: Max auth tries reached - user '.*'(?: from (\S+):\d+)?$")
_WEBMIN = re.compile(r"(?:Invalid|Non-existent) login as (.*) from (\S+)$")
_FTPD = re.compile(r"(?:failed login from|FTP LOGIN (?:FAILED|REFUSED) FROM|repeated login failures from) (.*)$")
_FTPD_FROM = re.compile(r"(?:(\S+) \(\S+\)|\S+ \[(\S+?)\]|(\S+?)(?:, (.*))?)$")
_KLOGIN = re.compile(r"Authentication failed from \S+ \((\S+?)\): ")
_SASLAUTHD = re.compile(r"do_auth +: auth failure: \[user=(.*)\] \[service=(\S*?)\]")


def dovecot(program: str, text: str) -> Said | None:
    """Log-ins by name and address; the login process counts the tries of a connection, the auth process each."""
    if found := _DOVECOT_PROCESS.match(text):
        program, text = found[1], found[2]
    if program.endswith("-login"):
        return _dovecot_login(text)
    if found := _DOVECOT_AUTH.match(text):
        return _dovecot_auth(found[2])
    return None


def _dovecot_login(text: str) -> Said | None:
    """`…(auth failed, 2 attempts…): user=<NAME>, method=…, rip=ADDRESS, lip=…`; behind the address all is ours."""
    head, _, rest = text.partition(": user=<")
    counted, place = _DOVECOT_LOGIN.search(head), text.rfind("rip=")
    found = _RIP.match(text, place) if place >= 0 else None
    if not counted or not found:
        return None
    name = _DOVECOT_USER.match(text[len(head) + len(": user=<") : place].removesuffix(", ")) if rest else None
    return failed("mail", Layer.VERDICT, "login", name[1] if name else None, found[1], count=int(counted[1] or 1))


def _dovecot_auth(rest: str) -> Said | None:
    ways = [(rest[: match.start()], match[1]) for match in every(_DOVECOT_SAID, rest, ",")]
    if not ways:
        return None
    actor, ip, either = certain(ways)
    return replace(failed("mail", Layer.REPORT, "auth", actor), ip=ip, either=either)


def postfix(text: str) -> Said | None:
    """SASL of the SMTP server; what it says when a client leaves counts the tries."""
    if found := _POSTFIX.match(text):
        reason = found[2] or ""
        if reason.startswith("Connection lost to authentication server"):
            return None  # of the server, not of the client
        return failed("smtp", Layer.VERDICT, "sasl", reason.partition(", sasl_username=")[2], found[1])
    if found := _POSTFIX_END.match(text):
        wrong = int(found[3]) - int(found[2])
        return failed("smtp", Layer.CLOSED, "auth", None, found[1], count=wrong) if wrong > 0 else None
    return None


def ftp(text: str) -> Said | None:
    """vsftpd, ProFTPD, Pure-FTPd, and the older ones."""
    if found := _VSFTPD.match(text):
        return failed("ftp", Layer.VERDICT, "vsftpd", found[1], found[2])
    if found := _PURE.match(text):
        return failed("ftp", Layer.VERDICT, "pure", found[2], found[1])
    if found := _PROFTPD.match(text):
        return _proftpd(found[1], found[2])
    if (found := _FTPD.match(text)) and (end := _FTPD_FROM.match(found[1])):
        return failed("ftp", Layer.VERDICT, "ftpd", end[4], end[1] or end[2] or end[3])
    return None


def _proftpd(host: str, text: str) -> Said | None:
    if text.startswith("USER "):
        name = next((text[5 : text.rfind(mark)] for mark in _PROFTPD_USER if mark in text), None)
        return failed("ftp", Layer.VERDICT, "proftpd", name, host) if name is not None else None
    if text.lower().startswith("security violation: root login attempted"):
        return failed("ftp", Layer.REFUSED, "proftpd", "root", host)
    return failed("ftp", Layer.CLOSED, "proftpd", None, host) if text.startswith("Maximum login attempts (") else None


def xrdp(text: str) -> Said | None:
    """Remote desktops; the session manager names the address, the other process only the user."""
    if found := _XRDP.match(text):
        return failed("rdp", Layer.VERDICT, "xrdp", found[1], found[2])
    return failed("rdp", Layer.NOTED, "xrdp") if _XRDP_NOTED.match(text) else None


def mail(text: str) -> Said | None:
    """Cyrus, Courier, UW IMAP, sendmail, Exim and SASL's daemon."""
    if found := _CYRUS.match(text):
        name = _CYRUS_USER.match(found[2])
        return failed("mail", Layer.VERDICT, "cyrus", name[1] if name else None, found[1])
    for pattern in (_COURIER, _UW):
        if found := pattern.match(text):
            return failed("mail", Layer.VERDICT, "mail", found[1], found[2])
    if _SENDMAIL.match(text) and (found := _RELAY.match(text, max(text.rfind(", relay="), 0))):
        return failed("mail", Layer.VERDICT, "mail", text[: found.start()].partition(", user=")[2], found[1])
    if found := _SENDMAIL_MOST.match(text):
        return failed("mail", Layer.CLOSED, "sendmail", None, found[1], count=int(found[2]))
    if found := _EXIM.match(text.partition(" authenticator failed for ")[2]):
        return failed("smtp", Layer.VERDICT, "exim", found[2], found[1])
    if found := _SASLAUTHD.match(text):
        return failed(found[2] or "sasl", Layer.REPORT, "saslauthd", found[1])
    return None


def remote(text: str) -> Said | None:
    """Dropbear, Webmin, Kerberos' rlogin."""
    for pattern in (_DROPBEAR, _DROPBEAR_UNKNOWN):
        if found := pattern.match(text):
            return failed("ssh", Layer.VERDICT, "dropbear", found[1], found[2])
    if (found := _DROPBEAR_END.match(text)) and (most := _DROPBEAR_MOST.match(text)):
        return failed("ssh", Layer.CLOSED, "dropbear", found[2], most[1] or found[1], count=int(found[3] or 1))
    if found := _WEBMIN.match(text):
        return failed("webmin", Layer.VERDICT, "webmin", found[1], found[2])
    if found := _KLOGIN.match(text):
        return failed("klogin", Layer.VERDICT, "klogin", None, found[1])
    return None
