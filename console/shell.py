"""The shell that every page of the contract stands in: bar, range, badge, drawer, dialog, toast, and the page's region.

It is laid out once a visit; `assets/js/shell/region.js` swaps the region when somebody goes to another page. A page
with live panels stays as it is while another one shows: coming back is at once, with zoom, scroll and selection.
"""

from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from console.attributes import attributes
from console.drawer import drawer
from console.figures.template import template
from console.navigation import Link
from console.page import Page
from console.panel_layout import CHART_CONFIG, icon
from core import codec

RANGES = ("15m", "1h", "6h", "24h")
TOAST_MS = 6000


def layout(
    pages: Mapping[str, Page], prefix: str, csrf: str, user: str, role: str, links: list[Link], operates: bool
) -> html.Div:
    """The shell for one person. `csrf` guards changes; `links` are the pages; `operates`: may acknowledge incidents."""
    boot = {
        "prefix": prefix,
        "template": template(),
        "config": CHART_CONFIG,
        "operates": operates,
        "csrf": csrf,
        "pages": {page.path: [page.name, bool(page.panels)] for page in pages.values()},
    }
    return html.Div(
        id="page",
        className="page",
        **attributes({"data-boot": codec.encode(boot).decode()}),
        children=[
            html.A("Skip to content", href="#main", className="skip"),
            _bar(prefix, csrf, user, role, links),
            html.Main([html.Div(id="region-live"), html.Div(id="region")], id="main", tabIndex="-1"),
            html.Footer(id="foot", className="foot"),
            drawer(),
            _dialog(),
            dbc.Toast(
                id="toast", is_open=False, duration=TOAST_MS, dismissable=True, header="Done", className="shell-toast"
            ),
            html.Div(id="announce", className="sr", role="status", **attributes({"aria-live": "polite"})),
        ],
    )


def _bar(prefix: str, csrf: str, user: str, role: str, links: list[Link]) -> dbc.Navbar:
    return dbc.Navbar(
        class_name="bar",
        color="",
        tag="header",
        role="banner",
        expand=True,
        children=[
            dbc.NavbarBrand(
                [html.Span(className="mark", **attributes({"aria-hidden": "true"})), html.Span("Gatehouse")],
                href=prefix,
                class_name="brand",
                external_link=True,
            ),
            html.H1("Monitoring Dashboard", className="bar-title live-only"),
            html.Nav(className="pages", **attributes({"aria-label": "Pages"}), children=_links(links)),
            html.Div(
                className="bar-tools",
                children=[
                    *_live_tools(),
                    html.Span(
                        [user, html.Span(f" · {role}", className="who-role")],
                        className="who",
                        title=f"{user} · {role}",
                    ),
                    _tool("mode", "circle-half", "Switch light/dark mode"),
                    _tool("help", "question-lg", "Keyboard shortcuts", "Keyboard shortcuts (?)"),
                    html.Form(
                        method="post",
                        action=f"{prefix}logout",
                        className="logout",
                        children=[
                            dcc.Input(type="hidden", name="csrf", value=csrf, id="logout-csrf"),
                            html.Button(
                                icon("box-arrow-right"),
                                className="square",
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


def _live_tools() -> list[Any]:
    """What only pages with live panels have: the range, how fresh the data is, and the pause."""
    return [
        html.Div(
            id="range",
            className="seg live-only",
            role="group",
            **attributes({"aria-label": "Time range"}),
            children=[
                *[
                    html.Button(label, type="button", **attributes({"data-range": label, "aria-pressed": "false"}))
                    for label in RANGES
                ],
                html.Button(
                    [icon("calendar-range"), html.Span("Custom", className="custom-word")],
                    id="custom",
                    type="button",
                    title="Custom range (UTC)",
                    **attributes({"aria-expanded": "false", "aria-haspopup": "dialog", "aria-label": "Custom range"}),
                ),
            ],
        ),
        html.Div(
            id="badge",
            className="live-badge live-only",
            **attributes({"data-state": "WAIT"}),
            children=[
                html.Span(className="dot", **attributes({"aria-hidden": "true"})),
                html.B("…", id="badge-word"),
                html.Span("", id="badge-age"),
            ],
        ),
        html.Span(id="updated", className="updated live-only", children="Last updated: –"),
        html.Button(
            icon("pause-fill"),
            id="pause",
            className="square live-only",
            type="button",
            title="Pause (space)",
            **attributes({"aria-pressed": "false", "aria-label": "Pause"}),
        ),
    ]


def _tool(name: str, picture: str, label: str, title: str = "") -> html.Button:
    return html.Button(
        icon(picture),
        id=name,
        className="square",
        type="button",
        title=title or label,
        **attributes({"aria-label": label}),
    )


def _links(links: list[Link]) -> list[Any]:
    """The pages, those of a group in a menu."""
    plain = [_link(link) for link in links if not link.group]
    groups = dict.fromkeys(link.group for link in links if link.group)
    menus = [
        html.Details(
            className="nav-more",
            children=[html.Summary(group), html.Div([_link(link) for link in links if link.group == group])],
        )
        for group in groups
    ]
    return [*plain, *menus]


def _link(link: Link) -> html.A:
    return html.A(link.words, href=link.address, **attributes({"data-go": link.key, "data-page": link.name}))


def _dialog() -> dbc.Modal:
    """The one dialog: a question before a change, a second factor, or a secret that is shown once."""
    return dbc.Modal(
        id="dialog",
        is_open=False,
        centered=True,
        fade=False,
        enforceFocus=False,
        labelledby="dialog-title",
        children=[
            dbc.ModalHeader(html.H2(id="dialog-title", className="modal-title"), close_button=True),
            html.Div(id="dialog-body", className="modal-body"),
        ],
    )
