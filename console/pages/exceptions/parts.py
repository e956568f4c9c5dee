"""What the pages of exceptions are put together from: addresses, states, buttons, rows; Endpoint has some too."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from console import forms, markup
from console.page import PageContext
from console.panel import Column
from console.table import act, table
from core.endpoints.exceptions import MOST_USERS, ExceptionGroup, ExceptionRow
from core.events.performance.exception import OTHER
from core.untrusted_text import cut

NEW_SECONDS = 86_400.0  # for which a group is marked as new
SHORT = 160  # characters of a message in a row
LONGEST = 32  # of a name there
COLUMNS = (
    Column("exception", "Exception", "two", "330px"), Column("culprit", "Raised in", "two", "230px"),
    Column("count", "Count", "int", "76px"), Column("trend", "Over time", "spark", "120px"),
    Column("users", "Users", "right", "64px"), Column("first", "First seen", "time", "96px"),
    Column("last", "Last seen", "time", "96px"), Column("versions", "Versions", "more", "110px"),
    Column("endpoints", "Endpoints", "more", "190px"), Column("state", "State", "state", "108px"),
    Column("act", "", "act", "150px"),
)  # fmt: skip
AT_ENDPOINT = tuple(one for one in COLUMNS if one.key not in ("versions", "endpoints", "act"))
IGNORE = "It will not be reopened and never pages, however often it comes."


def address(number: int, span: Mapping[str, str] | None = None) -> str:
    """Of the page of an exception under the prefix, with the range that is looked at."""
    return f"exceptions/{number}{f'?{urlencode(span)}' if span else ''}"


def state_of(group: ExceptionGroup, now: float) -> list[str]:
    """Colour role, icon, word, and who decided it."""
    who = f"by {group.state_by}" if group.state_by else ""
    if group.state == "resolved":
        return ["good", "check-circle-fill", "Resolved", who]
    if group.state == "ignored":
        return ["", "bell-slash", "Ignored", who]
    if group.reopened_at is not None:
        return ["blocked", "arrow-counterclockwise", "Reopened", "It came back after it had been resolved"]
    if now - group.first_seen < NEW_SECONDS:
        return ["review", "exclamation-triangle-fill", "New", "First seen within a day"]
    return ["ok", "bug", "Open", ""]


def users_of(group: ExceptionGroup) -> list[Any] | None:
    """How many users met it; so many are kept."""
    if not group.users:
        return None
    return [f"{group.users:,}{'+' if group.users >= MOST_USERS else ''}", group.users]


def decisions(group: ExceptionGroup) -> list[tuple[str, str, str]]:
    """What a person may decide about it: words, the last part of the address, what is said first."""
    known = {
        "resolve": ("Resolve", "resolve", ""),
        "ignore": ("Ignore", "ignore", IGNORE),
        "reopen": ("Reopen", "reopen", ""),
    }
    ways = {"open": ("resolve", "ignore"), "resolved": ("reopen", "ignore"), "ignored": ("reopen",)}
    return [known[way] for way in ways[group.state]]


def buttons(group: ExceptionGroup, context: PageContext) -> list[html.Button]:
    """The same as buttons of a page."""
    if not context.can("operator"):
        return []
    root = context.prefix + address(group.id)
    tones = {"resolve": "primary"}
    return [
        forms.press(words, f"{root}/{way}", ask, tones.get(way, "secondary")) for words, way, ask in decisions(group)
    ]


def row(one: ExceptionRow, span: Mapping[str, str], now: float, context: PageContext) -> list[Any]:
    """A row of the list."""
    group = one.group
    acts = [
        act(words, f"{context.prefix}{address(group.id)}/{way}", ask)
        for words, way, ask in decisions(group)
        if context.can("operator")
    ]
    return [
        *at_endpoint(one, span, now)[:8],
        named(one.versions),
        named(one.endpoints),
        state_of(group, now),
        acts or None,
    ]


def at_endpoint(one: ExceptionRow, span: Mapping[str, str], now: float) -> list[Any]:
    """A row of the Endpoint page."""
    group = one.group
    message = " ".join(group.message.split())
    short = f"{message[: SHORT - 1]}…" if len(message) > SHORT else message
    if group.type == OTHER:
        short = "Further exceptions, beyond the number of different ones that is kept"
    return [
        f"{group.id}", [group.type, short, address(group.id, span)], [group.culprit or "–", group.service],
        one.occurrences, one.trend, users_of(group), 1000 * group.first_seen, 1000 * group.last_seen,
        state_of(group, now),
    ]  # fmt: skip


def named(found: Sequence[str]) -> list[str] | None:
    """The first of some names, how many more there are, and all of them on hover."""
    if not found:
        return None
    more = f" +{len(found) - 1}" if len(found) > 1 else ""
    return [f"{cut(found[0], LONGEST)}{more}", ", ".join(found)]


def short_list(rows: Sequence[ExceptionRow], span: Mapping[str, str], now: float, more: str) -> html.Section:
    """The exceptions of an endpoint, with the way to all of them."""
    listed = [at_endpoint(one, span, now) for one in rows]
    tools = [markup.link("All of this endpoint", more, "small")] if rows else []
    return table(
        "exceptions", "Exceptions", AT_ENDPOINT, listed, "No exceptions in this range.", tools=tools, whole=False
    )  # fmt: skip
