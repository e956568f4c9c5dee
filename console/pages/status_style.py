"""How states look on pages: role, icon and word, never colour alone; and how times and lengths read. Pure."""

from datetime import datetime
from typing import NamedTuple

from console import format, looks


class StatusStyle(NamedTuple):
    """A chip: colour role, icon, word."""

    role: str
    icon: str
    word: str


SHARED = (
    "critical", "high", "medium", "low", "firing", "pending", "inactive", "waiting", "acknowledged", "silenced",
    "no_data", "error",
)  # fmt: skip
LOOKS = {name: StatusStyle(*looks.LOOKS[name]) for name in SHARED} | {
    "open": StatusStyle("blocked", "bell-fill", "Open"),
    "resolved": StatusStyle("good", "check-circle-fill", "Resolved"),
    "sent": StatusStyle("good", "check-circle-fill", "Sent"),
    "dead": StatusStyle("blocked", "x-octagon-fill", "Failed"),
    "cancelled": StatusStyle("", "dash-circle", "Skipped"),
    "suggested": StatusStyle("review", "question-circle", "Suggested"),
    "due": StatusStyle("review", "clock", "Scheduled"),
    "applying": StatusStyle("review", "clock", "Applying"),
    "applied": StatusStyle("ok", "lightning-charge", "Active"),
    "reverting": StatusStyle("review", "clock", "Reverting"),
    "reverted": StatusStyle("good", "arrow-counterclockwise", "Reverted"),
    "refused": StatusStyle("", "slash-circle", "Refused"),
    "failed": StatusStyle("blocked", "x-octagon-fill", "Failed"),
    "expired": StatusStyle("", "dash-circle", "Expired"),
    "queued": StatusStyle("review", "clock", "Queued"),
    "running": StatusStyle("review", "hourglass-split", "Running"),
    "done": StatusStyle("good", "check-circle-fill", "Done"),
}

# The icon of a line on an incident's timeline.
EVENTS = {
    "opened": "bell-fill", "fired": "bell-fill", "notified": "megaphone", "delivery": "send", "muted": "bell-slash",
    "inhibited": "bell-slash",
    "acknowledged": "person-check", "resolved": "check-circle-fill", "assigned": "person", "escalated": "megaphone",
    "unacknowledged": "person", "reopened": "arrow-repeat",
    "comment": "chat-left-text", "action": "lightning-charge", "changed": "tools", "flapping": "arrow-repeat",
}  # fmt: skip


def look(key: str) -> StatusStyle:
    """The look of a state; an unknown one says its own name."""
    return LOOKS.get(key) or StatusStyle("", "dash-circle", key.replace("_", " ").capitalize())


def length(start: datetime | None, end: datetime | None) -> str:
    """From one moment to another, as people say it."""
    return format.NONE if start is None or end is None else format.duration((end - start).total_seconds())


def clock_of(at: datetime | None, now: datetime) -> str:
    """A moment: the time alone within half a day, else with its day; UTC."""
    if at is None:
        return format.NONE
    return at.strftime("%H:%M:%S" if abs((now - at).total_seconds()) < 43_200 else "%m-%d %H:%M")
