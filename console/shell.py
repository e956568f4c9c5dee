"""The shell that every page of the contract stands in: bar, range, badge, keys, and the page's region.

It is laid out once a visit; `assets/js/shell/region.js` swaps the region when somebody goes to another page. A page
with live panels stays as it is while another one shows: coming back is at once, with zoom, scroll and selection.
"""

import re
from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from console import dialogs
from console.attributes import attributes
from console.figures.template import template
from console.navigation import Link
from console.page import Page
from console.panel_layout import icon
from core import codec

RANGES = ("15m", "1h", "6h", "24h")
_NAME = re.compile(r"<(int:)?[^>]+>")  # in a path
FOOT = "All times are UTC; hover for local time. Press ? for keyboard shortcuts."


def layout(
    pages: Mapping[str, Page], prefix: str, csrf: str, user: str, role: str, links: list[Link], operates: bool
) -> html.Div:
    """The shell for one person. `csrf` guards changes; `links` are the pages; `operates`: may acknowledge incidents."""
    boot = {
        "prefix": prefix,
        "template": template(),
        "operates": operates,
        "csrf": csrf,
        "pages": [_known(page) for page in sorted(pages.values(), key=lambda page: "<" in page.path)],
    }
    return html.Div(
        id="page",
        className="page",
        **attributes({"data-boot": codec.encode(boot).decode()}),
        children=[
            html.A(
                "Skip to content",
                href="#main",
                className="visually-hidden-focusable position-absolute m-2 p-2 btn btn-secondary",
            ),
            _bar(prefix, csrf, user, role, links, {each for page in pages.values() for each in ranges(page)}),
            html.Main([html.Div(id="region-live"), html.Div(id="region")], id="main", tabIndex="-1"),
            html.Footer(FOOT, id="foot", className="foot small text-body-secondary"),
            dialogs.keys({link.key: link.words for link in links}),
            html.Div(id="announce", className="visually-hidden", role="status", **attributes({"aria-live": "polite"})),
        ],
    )


def _known(page: Page) -> dict[str, Any]:
    """What the browser knows of a page: its address as a regular expression, after the prefix, and its ranges."""
    path = _NAME.sub(lambda found: r"\d+" if found[1] else "[^/]+", re.escape(page.path))
    return {"path": path, "name": page.name, "isLive": bool(page.panels), "ranges": ranges(page)}


def ranges(page: Page) -> tuple[str, ...]:
    """The time ranges that the bar offers on a page; none: it has no range."""
    return page.ranges or (RANGES if page.panels else ())


def _bar(prefix: str, csrf: str, user: str, role: str, links: list[Link], offered: set[str]) -> dbc.Navbar:
    return dbc.Navbar(
        class_name="bar position-sticky top-0 z-3 flex-nowrap gap-3 px-4 py-2 border-bottom",
        color="",
        tag="header",
        role="banner",
        expand=True,
        children=[
            dbc.NavbarBrand(
                [html.Span(className="mark", **attributes({"aria-hidden": "true"})), html.Span("Gatehouse")],
                href=prefix,
                class_name="d-flex align-items-center gap-2 p-0 m-0 fs-5 fw-bold text-reset",
                external_link=True,
            ),
            html.H1(
                "Monitoring Dashboard",
                className="bar-title live-only m-0 text-nowrap border-start ps-3 fs-6 text-body-secondary",
            ),
            html.Nav(className="pages nav flex-nowrap", **attributes({"aria-label": "Pages"}), children=_links(links)),
            html.Div(
                className="bar-tools d-flex align-items-center gap-2 ms-auto min-w-0",
                children=[
                    _range(offered),
                    *_live_tools(),
                    html.Span(
                        [user, html.Span(f" · {role}", className="who-role")],
                        className="who small text-body-secondary text-nowrap",
                        title=f"{user} · {role}",
                    ),
                    _tool("mode", "circle-half", "Switch light/dark mode", "m"),
                    _tool("help", "question-lg", "Keyboard shortcuts", "?"),
                    html.Form(
                        method="post",
                        action=f"{prefix}logout",
                        className="logout",
                        children=[
                            dcc.Input(type="hidden", name="csrf", value=csrf, id="logout-csrf"),
                            html.Button(
                                icon("box-arrow-right"),
                                className="btn btn-outline-secondary px-2",
                                type="submit",
                                title=f"Log out {user}",
                                **attributes({"aria-label": f"Log out {user}"}),
                            ),
                        ],
                    ),
                ],
            ),
        ],
    )


def _range(offered: set[str]) -> html.Div:
    """Of pages that have one; the browser shows which of the ranges the page offers."""
    return html.Div(
        id="range",
        className="btn-group",
        hidden=True,
        role="group",
        **attributes({"aria-label": "Time range"}),
        children=[
            *[
                html.Button(
                    label,
                    type="button",
                    className="btn btn-outline-secondary",
                    **attributes({"data-range": label, "aria-pressed": "false"}),
                )
                for label in sorted(offered, key=_seconds)
            ],
            html.Button(
                [icon("calendar-range"), html.Span("Custom", className="custom-word")],
                id="custom",
                type="button",
                className="btn btn-outline-secondary",
                title="Custom range (UTC)",
                **attributes({"aria-haspopup": "dialog", "aria-label": "Custom range", "aria-keyshortcuts": "r"}),
            ),
        ],
    )


def _seconds(label: str) -> int:
    return int(label[:-1]) * {"m": 60, "h": 3600, "d": 86400}[label[-1]]


def _live_tools() -> list[Any]:
    """What only pages with live panels have: how fresh the data is, and the pause."""
    return [
        html.Div(
            id="badge",
            className="live-badge live-only d-flex align-items-center gap-2 px-2 border rounded text-nowrap",
            **attributes({"data-state": "WAIT"}),
            children=[
                html.Span(className="dot", **attributes({"aria-hidden": "true"})),
                html.B("…", id="badge-word", role="status"),
                html.Span("", id="badge-age", className="text-truncate"),
            ],
        ),
        html.Span(
            id="updated",
            className="updated live-only small text-body-secondary text-truncate",
            children="Last updated: –",
        ),
        html.Button(
            icon("pause-fill"),
            id="pause",
            className="btn btn-outline-secondary px-2 live-only",
            type="button",
            title="Pause (space)",
            **attributes({"aria-pressed": "false", "aria-label": "Pause", "aria-keyshortcuts": "Space"}),
        ),
    ]


def _tool(name: str, picture: str, label: str, key: str) -> html.Button:
    return html.Button(
        icon(picture),
        id=name,
        className="btn btn-outline-secondary px-2",
        type="button",
        title=f"{label} ({key})",
        **attributes({"aria-label": label, "aria-keyshortcuts": key}),
    )


def _links(links: list[Link]) -> list[Any]:
    """The pages, those of a group in a menu."""
    plain = [_link(link) for link in links if not link.group]
    groups = dict.fromkeys(link.group for link in links if link.group)
    menus = [
        html.Details(
            className="nav-more",
            children=[
                html.Summary(group, className="nav-link dropdown-toggle"),
                html.Div(
                    [_link(link, "dropdown-item") for link in links if link.group == group],
                    className="dropdown-menu end-0 show",
                ),
            ],
        )
        for group in groups
    ]
    return [*plain, *menus]


def _link(link: Link, look: str = "nav-link") -> html.A:
    return html.A(
        link.words, href=link.address, className=look, **attributes({"data-go": link.key, "data-page": link.name})
    )
