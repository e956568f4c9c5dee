"""Pages that the server renders whole (account, users …): the bar with what a role may open, and how they are shown."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import Response, g, make_response, render_template

from console.auth import access
from console.auth.door import Door
from core import clock
from core.roles import reaches


class Link(NamedTuple):
    """A page in the bar: its endpoint, address (in NAV under the prefix), words, and the key that follows `g`.

    Those of one `group` are in a menu of that name.
    """

    name: str
    address: str
    words: str
    key: str
    group: str = ""


# In the order of the bar.
NAV = (
    Link("", "", "Live", "l"),
    Link("alerts", "alerts", "Alerts", "a"),
    Link("silences", "alerts/silences", "Silences", "s"),
    Link("backtests", "alerts/backtests", "Backtests", "b"),
    Link("transactions", "transactions", "Transactions", "x"),
    Link("model", "model", "Model", "m"),
    Link("account", "account", "Account", "c", "More"),
    Link("users", "users", "Users", "u", "More"),
    Link("tokens", "tokens", "Tokens", "t", "More"),
    Link("audit", "audit", "Audit", "d", "More"),
)

# Pages below one of the bar, by its name there: `model_tabs.html` shows them.
SUBPAGES = {
    "model": (
        Link("model", "model", "Overview", ""),
        Link("model_versions", "model/versions", "Versions", ""),
        Link("model_training", "model/training", "Training", ""),
        Link("model_drift", "model/drift", "Drift reports", ""),
    ),
}


def links(prefix: str, role: str, offered: tuple[Link, ...] = NAV) -> list[Link]:
    """What the bar, or another list of pages, offers to a role."""
    known = [link for link in offered if link.name in access.LEAST and reaches(role, access.LEAST[link.name])]
    return [link._replace(address=prefix + link.address) for link in known]


def show(door: Door, template: str, here: str, status: int = 200, **values: Any) -> Response:
    """A page for whoever is logged in."""
    page = render_template(
        template,
        prefix=door.prefix,
        session=g.session,
        csrf=g.session.csrf,
        nav=links(door.prefix, g.session.role),
        subpages=links(door.prefix, g.session.role, SUBPAGES.get(here, ())),
        here=here,
        when=when,
        browser=browser,
        **values,
    )
    return make_response(page, status)


def browser(agent: str) -> str:
    """A browser as people call it, from its User-Agent; the whole text shows on hover."""
    names = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
    name = next((words for mark, words in names if mark in agent), agent[:40] or "unknown")
    system = next((system for system in systems if system in agent), "")
    return f"{name} on {system.replace('Mac OS X', 'macOS')}" if system else name


def when(value: datetime | float | None) -> str:
    """A time as people read it, UTC; a dash for none."""
    if value is None:
        return "–"
    at = value if isinstance(value, datetime) else clock.to_datetime(value)
    return at.strftime("%Y-%m-%d %H:%M")
