"""Where the console is: what every address of it begins with, and those that more than one page links to."""

from urllib.parse import quote

PREFIX = "/admin/monitoring/"


def transaction(name: str) -> str:
    """The page of a transaction."""
    return f"{PREFIX}transactions/one?id={quote(name, safe='')}"


def incident(name: str) -> str:
    """The page of an incident."""
    return f"{PREFIX}alerts/incidents/{quote(name, safe='')}"
