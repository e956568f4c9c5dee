"""Each daemon's forms of a failed log-in: once, with the address and the user that the daemon names."""

import pytest

from simulator.replay import auth
from simulator.replayer import describe
from tests.unit.simulator.replay.sample import check_taken, options

IP = "203.0.113.9"
PAM = "authentication failure; logname= uid=0 euid=0"

# text with program, user, address
FORMS = (
    # sshd
    (f"sshd[7]: Failed password for root from {IP} port 22 ssh2", "root", IP),
    (f"sshd[7]: Failed password for illegal user adm from {IP} port 22 ssh2", "adm", IP),
    (f"sshd[7]: Failed password for invalid user adm from ::ffff:{IP}", "adm", IP),
    (f"sshd[7]: Failed none for invalid user adm from {IP} port 22 ssh2", "adm", IP),
    (f"sshd[7]: Failed keyboard-interactive/pam for root from {IP} port 22 ssh2", "root", IP),
    (
        f"sshd[7]: [ID 800047 auth.info] Failed keyboard-interactive for <invalid username> from {IP} port 1 ssh2",
        None,
        IP,
    ),
    (f"sshd[7]: Failed publickey for kim from {IP} port 22 ssh2: ED25519 SHA256:Ab/+c", "kim", IP),
    (f"sshd-session[7]: Failed publickey for invalid user x from {IP} port 22 ssh2: RSA 8c:e3:aa", "x", IP),
    (f"sshd[7]: Failed password for user from {IP} port 2 ssh1: ruser from 198.51.100.1", "user", IP),
    (f"sshd[7]: error: PAM: Authentication failure for root from {IP}", "root", IP),
    (f"sshd[7]: error: PAM: authentication error for illegal user oracle from {IP} via 192.0.2.1", "oracle", IP),
    (
        f"sshd[7]: error: PAM: User not known to the underlying authentication module for illegal user k from {IP} ",
        "k",
        IP,
    ),
    (f"sshd[7]: error: PAM: Have exhausted maximum number of retries for service for kim from {IP}", "kim", IP),
    (f"sshd[7]: error: PAM: User account has expired for kim from {IP}", "kim", IP),
    (f"sshd[7]: User root from {IP} not allowed because not listed in AllowUsers", "root", IP),
    (f"[sshd]: User root from {IP} not allowed because listed in DenyUsers", "root", IP),
    (f"[sshd] User root from {IP} not allowed because none of user's groups are listed in AllowGroups", "root", IP),
    ("sshd[7]: User root not allowed because account is locked", "root", None),
    ("sshd[7]: User www-data not allowed because shell /usr/sbin/nologin is not executable", "www-data", None),
    (f"sshd[7]: ROOT LOGIN REFUSED FROM ::ffff:{IP} port 12345 [preauth]", "root", IP),
    (f"sshd[7]: Invalid user ftp from {IP} port 37220", "ftp", IP),
    (f"sshd[7]: Illegal user ftp from {IP}", "ftp", IP),
    (f"sshd[7]: Invalid user  from {IP} port 37220", None, IP),
    ("sshd[7]: input_userauth_request: invalid user bob [preauth]", "bob", None),
    (f"sshd[7]: Connection closed by authenticating user root {IP} port 50001 [preauth]", "root", IP),
    (f"sshd[7]: Connection reset by invalid user adm {IP} port 50001 [preauth]", "adm", IP),
    (f"sshd[7]: Disconnected from authenticating user root {IP} port 50001 [preauth]", "root", IP),
    ("sshd[7]: Disconnected from invalid user adm 2001:db8::7 port 50001 [preauth]", "adm", "2001:db8::7"),
    (f"sshd[7]: Disconnecting invalid user adm {IP} port 5: Too many authentication failures [preauth]", "adm", IP),
    (
        f"sshd[7]: Disconnecting authenticating user a {IP} port 5: Change of username or service not allowed: "
        "(a,ssh-connection) -> (b,ssh-connection) [preauth]",
        "a",
        IP,
    ),
    ("sshd[7]: Disconnecting: Too many authentication failures for root [preauth]", "root", None),
    (
        f"sshd[7]: error: maximum authentication attempts exceeded for invalid user x from {IP} port 1 ssh2 [preauth]",
        "x",
        IP,
    ),
    (f"sshd[7]: error: Received disconnect from {IP}: 3: com.jcraft.jsch.JSchException: Auth fail [preauth]", None, IP),
    (
        f"sshd[7]: Received disconnect from {IP} port 1:14: No supported authentication methods available [preauth]",
        None,
        IP,
    ),
    (f"sshd[7]: error: Received disconnect from {IP}: 14: No more user authentication methods available.", None, IP),
    ("sshd[7]: fatal: Access denied for user kim by PAM account configuration [preauth]", "kim", None),
    # PAM, of any service
    (f"sshd[7]: pam_unix(sshd:auth): {PAM} tty=ssh ruser= rhost={IP}  user=root", "root", IP),
    (f"sshd(pam_unix)[7]: {PAM} tty=NODEVssh ruser= rhost={IP} ", None, IP),
    (f"sshd[7]: (pam_unix) {PAM} tty=ssh ruser= rhost=host.example.com  user=root", "root", None),
    (f"sshd[7]: pam_krb5(sshd:auth): {PAM} tty=ssh ruser= rhost={IP}", None, IP),
    ("sshd[7]: pam_winbind(sshd:auth): request wbcLogonUser failed: X, PAM error: PAM_AUTH_ERR (7)", None, None),
    (f"vsftpd: pam_unix: {PAM} tty=ftp ruser=an8767 rhost={IP}", "an8767", IP),
    (f"vsftpd[7]: {PAM} tty= ruser= rhost={IP} user=tester", "tester", IP),
    (f"cockpit-session[7]: pam_unix(cockpit:auth): {PAM} tty= ruser= rhost=::ffff:{IP}  user=kim", "kim", IP),
    (f"gdm-password][7]: pam_unix(gdm-password:auth): {PAM} tty=/dev/tty1 ruser= rhost=  user=kim", "kim", None),
    (f"auth: pam_unix(dovecot:auth): {PAM} tty=dovecot ruser=web rhost={IP}", "web", IP),
    ("cockpit-session[7]: pam_listfile(cockpit:auth): Refused user root for service cockpit", "root", None),
    ("sshd[7]: pam_access(sshd:account): access denied for user `kim' from `203.0.113.9'", "kim", IP),
    (
        "sshd[7]: pam_faillock(sshd:auth): Consecutive login failures for user kim account temporarily locked",
        "kim",
        None,
    ),
    ("sshd[7]: pam_sss(sshd:auth): received for user kim: 7 (Authentication failure)", "kim", None),
    ("sshd(pam_google_authenticator)[7]: Invalid verification code for kim", "kim", None),
    ("su: pam_wheel(su:auth): Access denied to 'kim' for 'root'", "kim", None),
    # the host's own
    ("login[7]: FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure", "root", None),
    (f"login[7]: FAILED LOGIN 2 FROM {IP} FOR kim, Authentication failure", "kim", IP),
    (
        "login[7]: FAILED LOGIN 1 FROM (null) FOR UNKNOWN, User not known to the underlying authentication module",
        None,
        None,
    ),
    ("login[7]: LOGIN FAILURE ON ttyv0, kim", "kim", None),
    (f"login: LOGIN FAILURE FROM {IP}, kim", "kim", IP),
    ("login[7]: invalid password for 'kim' on '/dev/tty1'", "kim", None),
    (f"login(pam_unix)[7]: {PAM} tty=tty1 ruser= rhost=  user=root", "root", None),
    ("su[7]: FAILED SU (to root) kim on pts/0", "root", None),
    ("su: BAD SU kim to root on /dev/ttyp0", "root", None),
    ("su[7]: - /dev/pts/0 kim:root", "root", None),
    ("sudo:      kim : 1 incorrect password attempt ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls", "kim", None),
    ("sudo[7]: pam_unix(sudo:auth): auth could not identify password for [kim]", "kim", None),
    ("doas: failed auth for kim", "kim", None),
    (
        "polkitd[7]: Operator of unix-session:1 FAILED to authenticate to gain authorization for action org.x for "
        "system-bus-name::1.4 [bash] (owned by unix-user:kim)",
        "kim",
        None,
    ),
    ("CRON[7]: (kim) FAILED to authorize user with PAM (Permission denied)", "kim", None),
    # FTP
    (f'vsftpd[7]: [kim] FAIL LOGIN: Client "::ffff:{IP}", "User is not in the allow user list."', "kim", IP),
    (f"proftpd[7] ftp.example.com (h.example.org[{IP}]): USER kim (Login failed): Incorrect password.", "kim", IP),
    (f"proftpd[7]: ftp (h[{IP}]) - USER kim: no such user found from h [{IP}] to 192.0.2.1:21", "kim", IP),
    (f"proftpd[7]: ftp (h[{IP}]) - SECURITY VIOLATION: Root login attempted", "root", IP),
    (f"pure-ftpd: (?@{IP}) [WARNING] Authentication failed for user [Administrator]", "Administrator", IP),
    (f"wu-ftpd[7]: failed login from h.example.com [{IP}]", None, IP),
    # mail
    (
        f"dovecot: imap-login: Disconnected (auth failed, 1 attempt): user=<bob>, method=X, rip={IP}, lip=192.0.2.1",
        "bob",
        IP,
    ),
    (
        "dovecot[7]: imap-login: Login aborted: Connection closed (auth failed, 1 attempts in 16 secs) (auth_failed): "
        f"user=<bob>, method=PLAIN, rip={IP}, lip=192.0.2.1, TLS, session=<9ZHq02g3>",
        "bob",
        IP,
    ),
    (f"dovecot: pop3-login: Aborted login (tried to use disallowed plaintext auth): rip={IP}, lip=192.0.2.1", None, IP),
    (
        f"dovecot: auth-worker(304): pam(bob,{IP}): pam_authenticate() failed: Failure (Password mismatch?)",
        "bob",
        IP,
    ),
    (f"dovecot: auth: sql(bob,{IP},<n4JLdHNV>): Password mismatch (SHA1 of given password: f638ff)", "bob", IP),
    (f"postfix/smtpd[7]: warning: unknown[{IP}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6", None, IP),
    (
        f"postfix/submission/smtpd[7]: warning: h[{IP}]:5: SASL PLAIN authentication failed: (reason unavailable), "
        "sasl_username=bob",
        "bob",
        IP,
    ),
    (f"postfix/smtpd[7]: disconnect from unknown[{IP}] ehlo=1 auth=0/1 quit=1 commands=2/3", None, IP),
    ("saslauthd[7]: do_auth         : auth failure: [user=bob] [service=smtp] [realm=] [mech=pam]", "bob", None),
    (
        f"cyrus/imaps[7]: badlogin: h [{IP}] plaintext bob SASL(-13): authentication failure: checkpass failed",
        "bob",
        IP,
    ),
    (f"imapd-ssl: LOGIN FAILED, user=bob@example.org, ip=[::ffff:{IP}], port=[255]", "bob@example.org", IP),
    (f"imapd[7]: Login failed user=bob auth=bob host=h.example.org [{IP}]", "bob", IP),
    (
        f"sm-mta[7]: 09DJ: AUTH failure (PLAIN): failure (-13) x, user=bob, relay=h [{IP}] (may be forged)",
        "bob",
        IP,
    ),
    (
        f"exim[7]: login authenticator failed for h (User) [{IP}]:5 I=[192.0.2.1]:25: 535 Incorrect data (set_id=bob)",
        "bob",
        IP,
    ),
    # desktops and the rest
    (f"xrdp-sesman[7]: [INFO ] AUTHFAIL: user=bob ip=::ffff:{IP} time=1649351466", "bob", IP),
    (f"dropbear[7]: Bad password attempt for 'root' from {IP}:60588", "root", IP),
    (f"dropbear[7]: Login attempt for nonexistent user from {IP}:60588", None, IP),
    (
        f"dropbear[7]: Exit before auth (user 'root', 1 fails): Max auth tries reached - user 'root' from {IP}:60588",
        "root",
        IP,
    ),
    (f"webmin[7]: Invalid login as root from {IP}", "root", IP),
    (f"klogind[7]: Authentication failed from h ({IP}): Permission denied in replay cache code", None, IP),
)


@pytest.mark.parametrize(("text", "actor", "ip"), FORMS, ids=[form[0][:60] for form in FORMS])
def test_a_form_is_one_failed_login(text: str, actor: str | None, ip: str | None) -> None:
    parsed = auth.read([f"Nov 28 10:00:01 web1 {text}"], options("auth"))
    assert not parsed.malformed
    assert not parsed.doubtful
    (item,) = parsed.items
    event = item.event
    assert (event.get("actor"), event.get("ip"), item.times) == (actor, ip, 1)
    assert (event["category"], event["outcome"]) == ("authentication", "failure")
    assert "login" in event["action"]
    check_taken(parsed)


@pytest.mark.parametrize(
    ("line", "ip"),
    [
        (f'Fri Jan 19 12:20:33 2024 [pid 27202] [anonymous] FAIL LOGIN: Client "{IP}"', IP),
        (f"[20240407-12:11:06] [INFO ] AUTHFAIL: user=bob ip=::ffff:{IP} time=1649351466", IP),
        (f"2024-01-04 17:03:46 login authenticator failed for (User) [{IP}]: 535 Incorrect authentication data", IP),
        (f"2024-11-16 21:59:30,121 novo proftpd[25] localhost (andy[{IP}]): USER k: no such user found from andy", IP),
        (
            f"@400000004c91b044077a9e94 imap-login: Info: Aborted login (auth failed, 1 attempts): user=<b>, rip={IP}",
            IP,
        ),
        (f"Aug 30 00:10:57 auth(b@x.org,{IP},sasl:login)<CvN+>: Info: sql: Password mismatch (given password: X1)", IP),
        (f"Jan  9 00:10:57 sshd[8148]: Invalid user bob from {IP}", IP),
        (f"Jan 9 00:10:57 web1 sshd[8148]: Invalid user bob from {IP}", IP),
    ],
)
def test_logs_that_daemons_keep_themselves(line: str, ip: str) -> None:
    parsed = auth.read([line], options("auth"))
    assert not parsed.malformed
    (item,) = parsed.items
    assert (item.event["ip"], item.event["outcome"]) == (ip, "failure")


NO_FAILURES = (
    "CRON[7]: pam_unix(cron:session): session opened for user root by (uid=0)",
    "systemd-logind[7]: Removed session 4.",
    "systemd-logind[7]: Failed to abandon session scope: Transport endpoint is not connected",
    "su[7]: pam_systemd(su:session): Failed to create session: Already running in a session",
    'chpasswd[7]: pam_unix(chpasswd:chauthtok): user "x" does not exist in /etc/passwd',
    "sshd[7]: Connection closed by 203.0.113.9 port 40 [preauth]",
    "sshd[7]: Received disconnect from 203.0.113.9 port 40:11: Bye Bye [preauth]",
    "sshd[7]: Server listening on 0.0.0.0 port 22.",
    "sshd[7]: PAM service(sshd) ignoring max retries; 6 > 3",
    "postfix/smtpd[7]: disconnect from unknown[203.0.113.9] ehlo=1 auth=1 quit=1 commands=3",
    "dovecot: imap-login: Disconnected (no auth attempts in 10 secs): user=<>, rip=203.0.113.9, lip=192.0.2.1",
    "unix_chkpwd[7]: password check failed for user (root)",
)


def test_what_only_looks_like_a_failure_is_none() -> None:
    parsed = auth.read([f"Nov 28 10:00:01 web1 {text}" for text in NO_FAILURES], options("auth"))
    assert (parsed.items, parsed.doubtful, parsed.skipped) == ([], [], len(NO_FAILURES))


def test_what_looks_like_a_failure_and_is_not_understood_is_said_with_three_lines() -> None:
    lines = [f"Nov 28 10:00:0{n} web1 acmed[{n}]: login of user bob was rejected: wrong password" for n in range(5)]
    told = list(describe(auth.read(lines, options("auth"))))
    assert told[1] == "5 lines look like failed logins and were not understood:"
    assert told[2:] == [f"line {n + 1}: {lines[n]}" for n in range(3)]
