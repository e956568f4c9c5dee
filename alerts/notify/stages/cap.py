"""A cap on what a channel takes in an hour (A14): beyond it messages are left out and counted. Pure.

Critical triggers pass all the same, unless their own rule has used the whole cap up; so do ends of what was told, which
are as many as that, and tests.
"""

from collections.abc import Mapping

from core.alerting.notification import Notice
from core.clock import to_datetime

RULE = "cap"
HOUR = 3600.0
MOST_RULES = 10


def is_reached(per_hour: int, sent: Mapping[str, int]) -> bool:
    """Whether a channel took all that it should in the last hour; `sent` counts the messages of each rule."""
    return bool(per_hour) and sum(sent.values()) >= per_hour


def spent(per_hour: int, sent: Mapping[str, int]) -> list[str]:
    """The rules that used the whole cap up: nothing of theirs passes."""
    return [rule for rule, count in sent.items() if count >= per_hour]


def ends(now: float) -> float:
    """When the clock hour ends: then a second message says how many were left out."""
    return (now // HOUR + 1) * HOUR


def reached(channel: str, per_hour: int, link: str, now: float) -> Notice:
    """What people are told at once."""
    words = (
        f"{per_hour} messages were sent to {channel} within an hour. Further alerts are skipped here until the rate "
        "drops, except critical alerts of other rules. The Alerts page lists all alerts; a second message will report "
        "how many were skipped."
    )
    return _notice(channel, "the message limit is reached", words, link, now, now)


def left_out(channel: str, counts: Mapping[str, int], link: str, now: float) -> Notice:
    """What people are told when the hour ends."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    rest = sum(count for _, count in ordered[MOST_RULES:])
    named = ", ".join(f"{rule} {count}" for rule, count in ordered[:MOST_RULES]) + (f", others {rest}" if rest else "")
    words = f"{sum(counts.values())} messages were skipped since {to_datetime(ends(now) - HOUR):%H:%M} UTC: {named}."
    return _notice(channel, "messages were skipped", words, link, now, ends(now))


def _notice(channel: str, title: str, summary: str, link: str, now: float, at: float) -> Notice:
    return Notice(
        incident_id=f"{RULE}-{channel}-{now // HOUR:.0f}",
        event="notice",
        rule=RULE,
        series=channel,
        severity="high",
        title=f"{channel}: {title}",
        summary=summary,
        began_at=now,
        at=at,
        status="open",
        link=link,
    )
