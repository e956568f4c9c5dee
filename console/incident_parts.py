"""How pages name an incident: its title as a link to its page, and the series where the title does not say it."""

from typing import Any, Protocol
from urllib.parse import quote

from dash import html

from console import markup
from core.untrusted_text import settled


class Named(Protocol):
    """What has a page of its own among the incidents."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def series(self) -> str: ...


def address(number: str) -> str:
    """Of an incident's page, under the prefix."""
    return f"alerts/incidents/{quote(number, safe='')}"


def series_of(one: Named) -> str:
    """The series, where the title does not say it."""
    return one.series if one.series and one.series not in one.title else ""


def named(prefix: str, one: Named) -> list[Any]:
    """An incident as a link, with its series."""
    series = series_of(one)
    tag = (
        [" ", html.Span(settled(series), className="badge border fw-normal text-body-secondary mono")] if series else []
    )
    return [markup.link(one.title, prefix + address(one.id), "link fw-semibold"), *tag]


def silencing(rule: str, series: str | None) -> str:
    """The address of the form that silences a rule, of it exactly one series where that is known."""
    only = "" if series is None else f"&only=%3D{quote(quote(series, safe=''), safe='')}"
    return f"alerts/silences?rule={quote(rule, safe='')}{only}"


def what(one: Named, more: str = "") -> list[str]:
    """The same as a cell of the kind `what`."""
    return [one.title, address(one.id), series_of(one), more]
