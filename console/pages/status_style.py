"""How states look on pages: role, icon and word, never colour alone; and how times and lengths read. Pure."""

from datetime import datetime
from typing import NamedTuple

from console import format


class Look(NamedTuple):
    """A chip: colour role, icon, word."""

    role: str
    icon: str
    word: str


LOOKS = {
    "critical": Look("blocked", "x-octagon-fill", "Critical"),
    "high": Look("blocked", "exclamation-octagon-fill", "High"),
    "medium": Look("review", "exclamation-triangle-fill", "Medium"),
    "low": Look("ok", "info-circle-fill", "Low"),
    "firing": Look("blocked", "bell-fill", "Firing"),
    "pending": Look("review", "clock", "Pending"),
    "inactive": Look("good", "check-circle-fill", "OK"),
    "waiting": Look("", "dash-circle", "Not evaluated"),
    "silenced": Look("", "bell-slash", "Silenced"),
    "no_data": Look("", "question-circle", "No data"),
    "error": Look("review", "bug", "Error"),
    "open": Look("blocked", "bell-fill", "Open"),
    "acknowledged": Look("review", "person-check", "Acknowledged"),
    "resolved": Look("good", "check-circle-fill", "Resolved"),
    "sent": Look("good", "check-circle-fill", "Sent"),
    "dead": Look("blocked", "x-octagon-fill", "Failed"),
    "cancelled": Look("", "dash-circle", "Skipped"),
    "suggested": Look("review", "question-circle", "Suggested"),
    "due": Look("review", "clock", "Scheduled"),
    "applying": Look("review", "clock", "Applying"),
    "applied": Look("ok", "lightning-charge", "Active"),
    "reverting": Look("review", "clock", "Reverting"),
    "reverted": Look("good", "arrow-counterclockwise", "Reverted"),
    "refused": Look("", "slash-circle", "Refused"),
    "failed": Look("blocked", "x-octagon-fill", "Failed"),
    "expired": Look("", "dash-circle", "Expired"),
    "queued": Look("review", "clock", "Queued"),
    "running": Look("review", "hourglass-split", "Running"),
    "done": Look("good", "check-circle-fill", "Done"),
}

# The icon of a line on an incident's timeline.
EVENTS = {
    "opened": "bell-fill", "fired": "bell-fill", "notified": "megaphone", "delivery": "send", "muted": "bell-slash",
    "inhibited": "bell-slash",
    "acknowledged": "person-check", "resolved": "check-circle-fill", "assigned": "person", "escalated": "megaphone",
    "unacknowledged": "person", "reopened": "arrow-repeat",
    "comment": "chat-left-text", "action": "lightning-charge", "changed": "tools", "flapping": "arrow-repeat",
}  # fmt: skip


def look(key: str) -> Look:
    """The look of a state; an unknown one says its own name."""
    return LOOKS.get(key) or Look("", "dash-circle", key.replace("_", " ").capitalize())


def length(start: datetime | None, end: datetime | None) -> str:
    """From one moment to another, as people say it."""
    return format.NONE if start is None or end is None else format.duration((end - start).total_seconds())


def clock_of(at: datetime | None, now: datetime) -> str:
    """A moment: the time alone within half a day, else with its day; UTC."""
    if at is None:
        return format.NONE
    return at.strftime("%H:%M:%S" if abs((now - at).total_seconds()) < 43_200 else "%m-%d %H:%M")
