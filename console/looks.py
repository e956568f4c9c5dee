"""How the states of panels look: colour role, icon and word, never colour alone; and how they rank in a table."""

from typing import Any

from markupsafe import Markup

from console.as_html import element
from console.format import NONE

# Looks that several files share, in Bootstrap's utilities.
NOTE = "note text-truncate small text-body-secondary"
SAYS = (
    "says d-flex flex-column align-items-center justify-content-center gap-2 flex-fill m-auto p-4 text-center "
    "text-body-secondary"
)
LOOKS = {
    "BLOCKED": ("blocked", "x-octagon-fill", "Blocked"),
    "REVIEW": ("review", "exclamation-triangle-fill", "Review"),
    "APPROVED": ("ok", "check-circle-fill", "Approved"),
    "critical": ("blocked", "x-octagon-fill", "Critical"),
    "high": ("blocked", "exclamation-octagon-fill", "High"),
    "medium": ("review", "exclamation-triangle-fill", "Medium"),
    "low": ("ok", "info-circle-fill", "Low"),
    "alert": ("blocked", "x-octagon-fill", "Alert"),
    "warning": ("review", "exclamation-triangle-fill", "Off target"),
    "ok": ("good", "check-circle-fill", "On target"),
    "none": ("", "dash-circle", "No data"),
    "UP": ("good", "check-circle-fill", "UP"),
    "SLOW": ("review", "exclamation-triangle-fill", "SLOW"),
    "DOWN": ("blocked", "x-octagon-fill", "DOWN"),
    "UNKNOWN": ("", "question-circle", "UNKNOWN"),
    "within": ("good", "check-circle-fill", "Within"),
    "near": ("review", "exclamation-triangle-fill", "Near limit"),
    "limited": ("blocked", "slash-circle", "Limited"),
    "blocked": ("blocked", "slash-circle", "Blocked"),
    "firing": ("blocked", "bell-fill", "Firing"),
    "pending": ("review", "clock", "Pending"),
    "inactive": ("good", "check-circle-fill", "OK"),
    "waiting": ("", "dash-circle", "Not evaluated"),
    "acknowledged": ("review", "person-check", "Acknowledged"),
    "silenced": ("", "bell-slash", "Silenced"),
    "no_data": ("", "question-circle", "No data"),
    "error": ("review", "bug", "Error"),
    "healthy": ("good", "check-circle-fill", "Healthy"),
    "watch": ("review", "eye", "Watch"),
    "drifted": ("blocked", "x-octagon-fill", "Drifted"),
    "unknown": ("", "question-circle", "Unknown"),
}
RANKS = {
    "critical": 4, "high": 3, "medium": 2, "low": 1, "BLOCKED": 3, "REVIEW": 2, "APPROVED": 1,
    "drifted": 3, "watch": 2, "healthy": 1,
    "firing": 8, "acknowledged": 7, "silenced": 6, "pending": 5, "error": 4, "no_data": 3, "waiting": 2, "inactive": 1,
}  # fmt: skip


def word(key: Any) -> str:
    """The word of a state; what is none stays as it is."""
    return LOOKS[key][2] if key in LOOKS else str(key or "")


def chip(role: str, picture: str, words: Any) -> Markup:
    """Icon and word in a colour role."""
    return element("span", {"class": f"chip badge {role}".rstrip()}, icon(picture) if picture else None, words)


def icon(name: str) -> Markup:
    """An icon of assets/icons.css."""
    return element("span", {"class": f"i i-{name}", "aria-hidden": "true"})


def look(key: Any, words: str = "") -> Markup:
    """A state as a chip, with other `words` where given."""
    role, picture, own = LOOKS.get(key, ("", "dash-circle", str(NONE if key is None else key)))
    return chip(role, picture, words or own)


def says(picture: str, text: str, title: str = "") -> Markup:
    """A sentence in place of what a panel has nothing of."""
    inside = [icon(picture), element("b", {}, title) if title else None, element("span", {}, text)]
    return element("div", {"class": SAYS}, inside)
