"""A failed log-in counts once, however many lines tell of it, and as often as it was tried."""

from simulator.replay import auth
from simulator.replayer import Item
from tests.unit.simulator.replay.sample import options

IP = "203.0.113.9"
PAM = f"authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={IP}"


def items(*texts: str, start: int = 0) -> list[Item]:
    lines = [f"Nov 28 10:{(start + n) // 60:02}:{(start + n) % 60:02} web1 {text}" for n, text in enumerate(texts)]
    return auth.read(lines, options("auth")).items


def failures(*texts: str) -> list[tuple[str | None, str | None, int]]:
    """User, address and how often, of each event that says that a log-in failed."""
    return [
        (item.event.get("actor"), item.event.get("ip"), item.times)
        for item in items(*texts)
        if item.event["outcome"] == "failure"
    ]


def test_one_try_in_five_lines_is_one_failure() -> None:
    found = failures(
        f"sshd[7]: Invalid user bob from {IP} port 22",
        "sshd[7]: input_userauth_request: invalid user bob [preauth]",
        "sshd[7]: pam_unix(sshd:auth): check pass; user unknown",
        f"sshd[7]: pam_unix(sshd:auth): {PAM}",
        f"sshd[7]: Failed password for invalid user bob from {IP} port 22 ssh2",
        f"sshd[7]: Connection closed by invalid user bob {IP} port 22 [preauth]",
    )
    assert found == [("bob", IP, 1)]


def test_six_tries_of_one_connection_are_six_with_a_word_about_the_end() -> None:
    texts = [
        f"sshd[7]: pam_unix(sshd:auth): {PAM}  user=root",
        f"sshd[7]: Failed password for root from {IP} port 22 ssh2",
        f"sshd[7]: message repeated 5 times: [ Failed password for root from {IP} port 22 ssh2]",
        f"sshd[7]: error: maximum authentication attempts exceeded for root from {IP} port 22 ssh2 [preauth]",
        f"sshd[7]: Disconnecting authenticating user root {IP} port 22: Too many authentication failures [preauth]",
        f"sshd[7]: PAM 5 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost={IP}  user=root",
    ]
    assert failures(*texts) == [("root", IP, 1), ("root", IP, 5)]
    (told,) = [item.event for item in items(*texts) if item.event["action"] == "too-many-attempts"]
    assert (told["severity"], told["outcome"], told["ip"]) == ("high", "unknown", IP)


def test_the_place_that_noted_the_most_tries_counts() -> None:
    """sshd names the third failure of a question and answer only; PAM each."""
    report = f"sshd[7]: error: PAM: Authentication failure for root from {IP}"
    found = failures(report, report, report, f"sshd[7]: Failed keyboard-interactive/pam for root from {IP} port 2 ssh2")
    assert sum(times for _, _, times in found) == 3


def test_two_modules_of_one_try_are_one_failure() -> None:
    found = failures(
        f"sshd[7]: pam_unix(sshd:auth): {PAM}  user=kim",
        f"sshd[7]: pam_sss(sshd:auth): {PAM} user=kim",
        "sshd[7]: pam_sss(sshd:auth): received for user kim: 7 (Authentication failure)",
    )
    assert found == [("kim", IP, 1)]


def test_a_module_that_said_no_before_another_said_yes_is_no_failure() -> None:
    accepted = f"sshd[7]: Accepted password for kim from {IP} port 22 ssh2"
    assert failures(f"sshd[7]: pam_unix(sshd:auth): {PAM}  user=kim", accepted) == []
    wrong = f"sshd[7]: Failed password for kim from {IP} port 22 ssh2"
    assert failures(f"sshd[7]: pam_unix(sshd:auth): {PAM}  user=kim", wrong, accepted) == [("kim", IP, 1)]
    sssd = "pam_sss(sudo:auth): authentication success; logname= uid=0 euid=0 tty=x ruser=kim rhost= user=kim"
    no = "pam_unix(sudo:auth): authentication failure; logname=kim uid=0 euid=0 tty=x ruser=kim rhost=  user=kim"
    assert failures(f"sudo: {no}", f"sudo: {sssd}", "sudo: kim : TTY=x ; USER=root ; COMMAND=/bin/ls") == []


def test_sudo_says_how_many_passwords_were_wrong() -> None:
    pam = "authentication failure; logname=kim uid=1 euid=0 tty=/dev/pts/0 ruser=kim rhost=  user=kim"
    found = failures(
        f"sudo: pam_unix(sudo:auth): {pam}",
        f"sudo: pam_unix(sudo:auth): 2 more {pam.replace('failure;', 'failures;')}",
        "sudo:      kim : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls",
    )
    assert found == [("kim", None, 3)]


def test_su_and_its_module_tell_of_one_try() -> None:
    found = failures(
        "su[7]: pam_unix(su:auth): authentication failure; logname=kim uid=1 euid=0 tty=x ruser=kim rhost=  user=root",
        "su[7]: FAILED su for root by kim",
        "su[7]: - /dev/pts/0 kim:root",
    )
    assert found == [("root", None, 1)]


def test_tries_of_many_processes_count_each() -> None:
    closed = [f"sshd[{n}]: Connection closed by authenticating user root {IP} port {n} [preauth]" for n in range(6)]
    assert failures(*closed) == [("root", IP, 1)] * 6
    one = f"sshd[7]: Failed password for root from {IP} port 22 ssh2"
    assert failures(*[one] * 40) == [("root", IP, 1)] * 40


def test_users_and_addresses_of_one_daemon_are_told_apart() -> None:
    tries = [f"dovecot: auth: sql(u{n % 3},203.0.113.{n % 2}): Password mismatch" for n in range(12)]
    ends = [
        f"dovecot: imap-login: Closed (auth failed, 2 attempts in 9 secs): user=<u{n}>, rip=203.0.113.{m}, lip=::1"
        for n in range(3)
        for m in range(2)
    ]
    assert sum(times for _, _, times in failures(*tries, *ends)) == 12


def test_postfix_counts_tries_and_says_it_again_at_the_end() -> None:
    warning = f"postfix/smtpd[7]: warning: unknown[{IP}]: SASL LOGIN authentication failed: x"
    end = f"postfix/smtpd[7]: disconnect from unknown[{IP}] ehlo=1 auth=0/2 quit=1 commands=2/4"
    assert failures(warning, warning, end) == [(None, IP, 1)] * 2


def test_a_line_without_an_address_has_that_of_its_connection() -> None:
    locked = "sshd[7]: User root not allowed because account is locked"
    bye = f"sshd[7]: Received disconnect from {IP} port 58846:11: Bye Bye [preauth]"
    assert failures(locked, bye) == [("root", IP, 1)]
    many = "sshd[7]: Disconnecting: Too many authentication failures for root [preauth]"
    assert failures(f"sshd[7]: Connection from {IP} port 51353 on 192.0.2.1 port 22", many) == [("root", IP, 1)]
    assert failures("sshd[8]: Connection from 198.51.100.1 port 5", many) == [("root", None, 1)]


def test_a_process_id_that_comes_again_is_another_connection() -> None:
    first = items(f"sshd[7]: Invalid user bob from {IP}", f"sshd[7]: Failed password for invalid user bob from {IP}")
    lines = [f"Nov 28 {hour}:00:00 web1 sshd[7]: Invalid user bob from {IP}" for hour in (10, 11)]
    assert (len(first), len(auth.read(lines, options("auth")).items)) == (1, 2)


def test_last_message_repeated_stands_for_the_line_before() -> None:
    failed = f"sshd[7]: Failed password for root from {IP} port 22 ssh2"
    assert failures(failed, "last message repeated 4 times") == [("root", IP, 1), ("root", IP, 4)]
    assert items("CRON[1]: nothing", "last message repeated 4 times") == []
