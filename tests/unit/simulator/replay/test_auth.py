"""auth.log: log-ins, failures, sudo; years that the lines lack; repeated messages count as often as they happened."""

from collections import Counter

import pytest

from core.clock import now, to_datetime
from simulator.replay import auth
from tests.unit.simulator.replay.sample import check_taken, options, sample

LINES = [
    "Dec 31 23:59:58 gate sshd[1]: Failed password for invalid user admin from 203.0.113.9 port 4022 ssh2",
    "Dec 31 23:59:59 gate sshd[1]: message repeated 3 times: [ Failed password for root from 203.0.113.9 port 40 ssh2]",
    "Jan  1 00:00:01 gate sshd[2]: Accepted publickey for kim from 2001:db8::7 port 999 ssh2: RSA SHA256:x",
    "Jan  1 00:00:02 gate sudo:      kim : TTY=pts/0 ; PWD=/home/kim ; USER=root ; COMMAND=/bin/ls",
    "Jan  1 00:00:03 gate sshd[2]: pam_unix(sshd:session): session opened for user kim by (uid=0)",
    "",
    "rubbish",
    "Foo 99 00:00:00 gate sshd[2]: x",
    "Jan  1 00:00:04 gate no program here",
]


RFC5424 = "<86>1 2026-03-01T11:00:00Z gate sshd 7 -"
SAID = "gate sshd-session[7]: Failed password for kim from 203.0.113.9 port 40 ssh2"


@pytest.mark.parametrize(
    "line",
    [
        f"2026-03-01T12:00:00.250+01:00 {SAID}",
        f"2026-03-01T12:00:00+0100 {SAID}",
        f"2026-03-01T11:00:00Z {SAID}",
        f"2026-03-01 11:00:00 {SAID}",
        f"<86>Mar  1 11:00:00 {SAID}",
        "<86>1 2026-03-01T11:00:00.003Z gate sshd 7 - - Failed password for kim from 203.0.113.9 port 40 ssh2",
        "<86>1 2026-03-01T11:00:00Z gate sshd 7 - - \ufeffFailed password for kim from 203.0.113.9 port 40 ssh2",
        f'{RFC5424} [a b="c"][d@1 e="f"] \ufeffFailed password for kim from 203.0.113.9 port 40 ssh2',
        f'{RFC5424} [a b="c\\]\\"] d"] Failed password for kim from 203.0.113.9 port 40 ssh2',
        '<86>1 2026-03-01T11:00:00Z gate sshd 7 - [a b="c"] Failed password for kim from 203.0.113.9 port 40 ssh2',
    ],
)
def test_lines_of_today_have_whole_times(line: str) -> None:
    parsed = auth.read([line], options("auth", "--year", "2026"))
    assert not parsed.malformed
    (found,) = parsed.items
    assert int(found.when) == 1772362800
    assert (found.event["actor"], found.event["source"], found.event["action"]) == ("kim", "gate", "ssh-login")
    assert found.event["text"].startswith("sshd: Failed password")


def test_a_line_whose_structured_data_never_ends_is_malformed() -> None:
    lines = ['<86>1 2026-03-01T11:00:00Z gate sshd 7 - [a b="c Failed password for kim from 203.0.113.9 port 40 ssh2']
    lines.append("<86>1 2026-03-01T11:00:00Z gate sshd 7 - -")
    parsed = auth.read(lines, options("auth"))
    assert ([line for line, _ in parsed.malformed], parsed.skipped) == ([1], 1)


def test_lines_with_and_without_a_year_stand_in_one_file() -> None:
    lines = [LINES[0], f"2021-01-01T00:00:00Z {SAID}", LINES[2], f"9999-01-01T00:00:00Z {SAID}"]
    parsed = auth.read(lines, options("auth", "--year", "2020"))
    assert [to_datetime(item.when).year for item in parsed.items] == [2020, 2021, 2021]
    assert parsed.malformed[0][1].startswith("not a time between 1970 and 2100")


def test_su_of_today() -> None:
    lines = [
        "Mar  1 11:00:00 gate su[5]: FAILED SU (to root) kim on pts/0",
        "Mar  1 11:00:00 gate su: (to root) kim on x",
    ]
    failed, done = auth.read(lines, options("auth")).items
    assert (failed.event["outcome"], failed.event["actor"], done.event["outcome"]) == ("failure", "root", "success")


def test_what_lines_say() -> None:
    failed, repeated, accepted, sudo = auth.read(LINES, options("auth", "--year", "2020")).items
    assert (failed.event["actor"], failed.event["ip"], failed.event["outcome"], failed.event["severity"]) == (
        "admin",
        "203.0.113.9",
        "failure",
        "medium",
    )
    assert (repeated.times, repeated.event["actor"]) == (3, "root")
    assert (accepted.event["actor"], accepted.event["ip"], accepted.event["outcome"]) == (
        "kim",
        "2001:db8::7",
        "success",
    )
    assert (sudo.event["actor"], sudo.event["action"], sudo.event["source"]) == ("kim", "sudo", "gate")


def test_the_year_turns_with_the_months() -> None:
    items = auth.read(LINES, options("auth", "--year", "2020")).items
    assert [to_datetime(item.when).year for item in items] == [2020, 2020, 2021, 2021]


def test_without_a_year_the_last_line_is_not_in_the_future() -> None:
    items = auth.read(LINES, options("auth")).items
    assert items[-1].when <= now() < items[-1].when + 367 * 86400
    assert items[0].when < items[-1].when < items[0].when + 10


def test_malformed_lines_are_named_and_others_counted() -> None:
    parsed = auth.read(LINES, options("auth"))
    assert [line for line, _ in parsed.malformed] == [7, 8, 9]
    assert parsed.skipped == 2
    check_taken(parsed)


def test_a_real_log_as_counted_independently() -> None:
    text = sample("elastic_logs/auth.log").read_text("utf-8", "replace").splitlines()
    parsed = auth.read(text, options("auth"))
    assert not parsed.malformed
    expected: Counter[str] = Counter()
    for line in text:
        times = int(line.split("message repeated ")[1].split()[0]) if "message repeated" in line else 1
        if "sshd[" in line and "Failed " in line:
            expected["failed"] += times
        if "sshd[" in line and "]: Accepted " in line:
            expected["accepted"] += 1
    found: Counter[str] = Counter()
    for item in parsed.items:
        if item.event["action"] == "ssh-login":
            found["failed" if item.event["outcome"] == "failure" else "accepted"] += item.times
    assert found == expected
    assert expected["failed"] > 500
    check_taken(parsed)
