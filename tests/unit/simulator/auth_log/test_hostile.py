"""No text that a client chooses names an address: user names, keys, their ids and comments, messages."""

from ipaddress import IPv4Address

from hypothesis import example, given
from hypothesis import strategies as st

from simulator.replay import auth
from tests.unit.simulator.replay.sample import options

REAL, INNOCENT = "203.0.113.66", "198.51.100.9"
PAM = "authentication failure; logname= uid=0 euid=0"
# Everything that a daemon writes around an address, in any order, with the address of somebody else.
PIECES = [
    f"from {INNOCENT}", f" from {INNOCENT} port 22", "ssh2", " ssh2", ": ", "RSA SHA256:abc", " ID x", " (serial 0)",
    f" from {INNOCENT} port 22 ssh2: RSA SHA256:abc", f" from {INNOCENT} port 22 ssh2", " CA RSA SHA256:def",
    f"[{INNOCENT}]", f" {INNOCENT} port 22", " [preauth]", f" rhost={INNOCENT}", f" rhost={INNOCENT}  user=root",
    f" via {INNOCENT}", f'] FAIL LOGIN: Client "{INNOCENT}"', f" ip={INNOCENT} time=1", f">, rip={INNOCENT}, lip=",
    f",{INNOCENT}): unknown user", f", ip=[{INNOCENT}]", f"' from {INNOCENT}:22", f", relay=[{INNOCENT}]", "root", " ",
    " not allowed because ", "invalid user ", f" from {INNOCENT} not allowed because not listed in AllowUsers",
    f" {INNOCENT} port 5: Too many authentication failures", f": 535 [{INNOCENT}]", "é", "(", ")", '"', "\\",
]  # fmt: skip
chosen = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=6).map(
    lambda parts: "".join(char for char in "".join(parts) if char.isprintable())[:200]
)
names = chosen.filter(lambda text: text.strip() == text and text != "")

# Lines in which a client chooses the text; `{}` is where.
BY_NAME = (
    "sshd[7]: Failed password for invalid user {} from REAL port 40 ssh2",
    "sshd[7]: Failed none for invalid user {} from REAL port 40 ssh2",
    "sshd[7]: Failed keyboard-interactive/pam for invalid user {} from REAL port 40 ssh2",
    "sshd[7]: Failed publickey for invalid user {} from REAL port 40 ssh2: RSA SHA256:xyz",
    "sshd[7]: Invalid user {} from REAL port 40",
    "sshd[7]: error: PAM: Authentication failure for illegal user {} from REAL",
    "sshd[7]: error: PAM: authentication error for illegal user {} from REAL via 192.0.2.1",
    "sshd[7]: Connection closed by invalid user {} REAL port 40 [preauth]",
    "sshd[7]: Disconnected from invalid user {} REAL port 40 [preauth]",
    "sshd[7]: Disconnecting invalid user {} REAL port 40: Too many authentication failures [preauth]",
    "sshd[7]: Disconnecting invalid user {0} REAL port 40: Change of username or service not allowed: "
    "({0},ssh-connection) -> (x,ssh-connection) [preauth]",
    "sshd[7]: error: maximum authentication attempts exceeded for invalid user {} from REAL port 40 ssh2 [preauth]",
    "sshd[7]: User {} from REAL not allowed because not listed in AllowUsers",
    f"sshd[7]: pam_sss(sshd:auth): {PAM} tty=ssh ruser= rhost=REAL user={{}}",
    f"vsftpd[7]: pam_unix(vsftpd:auth): {PAM} tty=ftp ruser={{}} rhost=REAL",
    f"vsftpd[7]: pam_unix(vsftpd:auth): {PAM} tty=ftp ruser={{0}} rhost=REAL  user={{0}}",
    'vsftpd[7]: [{}] FAIL LOGIN: Client "REAL"',
    "proftpd[7] ftp (h[REAL]): USER {} (Login failed): Incorrect password.",
    "proftpd[7]: ftp (h[REAL]) - USER {}: no such user found from h [REAL] to 192.0.2.1:21",
    "pure-ftpd: (?@REAL) [WARNING] Authentication failed for user [{}]",
    "dovecot: imap-login: Disconnected (auth failed, 1 attempts): user=<{}>, method=PLAIN, rip=REAL, lip=192.0.2.1",
    "dovecot: auth: sql({},REAL,<n4J>): unknown user",
    "postfix/smtpd[7]: warning: unknown[REAL]: SASL LOGIN authentication failed: x, sasl_username={}",
    "imapd: LOGIN FAILED, user={}, ip=[REAL]",
    "imapd[7]: Login failed user={0} auth={0} host=h [REAL]",
    "sm-mta[7]: 09DJ: AUTH failure (PLAIN): authentication failure (-13) x, user={}, relay=h [REAL]",
    "xrdp-sesman[7]: [INFO ] AUTHFAIL: user={} ip=REAL time=1649351466",
    "dropbear[7]: Bad password attempt for '{}' from REAL:60588",
    "webmin[7]: Non-existent login as {} from REAL",
    "exim[7]: login authenticator failed for h (User) [REAL]: 535 Incorrect authentication data (set_id={})",
    "cyrus/imaps[7]: badlogin: h [REAL] plaintext {} SASL(-13): authentication failure: checkpass failed",
)
BY_KEY = (
    "sshd[7]: Failed publickey for root from REAL port 40 ssh2: RSA-CERT SHA256:abc ID {} (serial 0) CA RSA SHA256:def",
    'sshd[7]: Failed hostbased for dan from REAL port 40 ssh2: RSA aa:bb, client user "{}", client host "h"',
    'sshd[7]: Failed hostbased for dan from REAL port 40 ssh2: RSA aa:bb, client user "x", client host "{}"',
    "sshd[7]: Failed publickey for root from REAL port 40 ssh2: RSA SHA256:abc {}",
    "sshd[7]: Accepted publickey for root from REAL port 40 ssh2: RSA-CERT SHA256:a ID {} (serial 0) CA RSA SHA256:b",
    "sshd[7]: error: Received disconnect from REAL port 40:3: {}: Auth fail [preauth]",
)


def address(text: str) -> list[str | None]:
    parsed = auth.read([f"Nov 28 10:00:01 web1 {text}".replace("REAL", REAL)], options("auth"))
    return [item.event.get("ip") for item in parsed.items]


@given(names, st.sampled_from(BY_NAME))
@example(f"x from {INNOCENT} port 22 ssh2: RSA SHA256:abc", BY_NAME[3])
@example(f"a {INNOCENT} port 1: Change of username or service not allowed: (a,x", BY_NAME[10])
@example(f"x rhost={INNOCENT} user=root", BY_NAME[14])
def test_a_user_name_never_names_an_address(name: str, line: str) -> None:
    assert address(line.format(name)) == [REAL]


@given(chosen, st.sampled_from(BY_KEY))
@example(f"x from {INNOCENT} port 22 ssh2", BY_KEY[0])
@example(f'x from {INNOCENT} port 1"', BY_KEY[1])
def test_a_key_its_id_and_its_comment_never_name_an_address(text: str, line: str) -> None:
    assert INNOCENT not in address(line.format(text))
    assert address(line.format("id")) == [REAL]


@given(names, chosen)
def test_with_a_hostile_name_and_a_hostile_id_no_innocent_is_named(name: str, text: str) -> None:
    line = f"sshd[7]: Failed publickey for invalid user {name} from REAL port 4 ssh2: "
    line += f"RSA-CERT SHA256:a ID {text} (serial 0) CA RSA SHA256:b"
    assert set(address(line)) <= {REAL, None}
    closed = f"sshd[7]: Connection closed by invalid user {name} REAL port 4 [preauth]"
    lines = [f"Nov 28 10:00:01 web1 {one}".replace("REAL", REAL) for one in (line, closed)]
    found = [item.event.get("ip") for item in auth.read(lines, options("auth")).items]
    assert set(found) == {REAL}


@given(chosen, st.ip_addresses(v=4))
def test_any_line_of_sshd_names_an_address_that_stands_in_it(text: str, ip: IPv4Address) -> None:
    line = f"sshd[7]: {text} {ip}"
    assert all(found is None or found in line for found in address(line))
