"""The live page: the bar, the six sections with their panels as empty slots, the drawer. Content comes by `/live`."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from console.figures.template import template
from console.pages.plain import Link
from console.panel import SECTIONS, Panel, Slot
from core import codec

Nav = Sequence[Link]
CHART_CONFIG = {
    "displaylogo": False,
    "responsive": True,
    "displayModeBar": "hover",
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2},
    "doubleClick": False,
    "showTips": False,
}


def layout(
    panels: Mapping[str, Panel], prefix: str, csrf: str, user: str, nav: Nav = (), operates: bool = False
) -> html.Div:
    """The page for one person. `csrf` guards changes; `nav` are the pages; `operates`: may acknowledge incidents."""
    boot = {"prefix": prefix, "template": template(), "config": CHART_CONFIG, "operates": operates}
    return html.Div(
        id="page",
        className="page",
        **{"data-boot": codec.encode(boot).decode()},
        children=[
            html.A("Skip to the figures", href="#main", className="skip"),
            _bar(prefix, csrf, user, nav),
            html.Main(
                id="main",
                tabIndex="-1",
                children=[
                    *[_panel(panel, prefix) for panel in _of("top", panels)],
                    *[_section(name, title, panels, prefix) for name, title in SECTIONS.items()],
                ],
            ),
            html.Footer(id="foot", className="foot"),
            _drawer(),
            html.Div(id="announce", className="sr", role="status", **{"aria-live": "polite"}),
            dcc.Store(id="txn-request"),
            dcc.Store(id="txn-answer"),
        ],
    )


def _bar(prefix: str, csrf: str, user: str, nav: Nav) -> html.Header:
    return html.Header(
        className="bar",
        children=[
            html.A(
                href=prefix,
                className="brand",
                children=[html.Span(className="mark", **{"aria-hidden": "true"}), html.Span("Gatehouse")],
            ),
            html.H1("Monitoring Dashboard", className="bar-title"),
            html.Nav(
                className="nav",
                **{"aria-label": "Pages"},
                children=_links(nav),
            ),
            html.Div(
                className="bar-tools",
                children=[
                    html.Div(
                        id="range",
                        className="seg",
                        role="group",
                        **{"aria-label": "Time range"},
                        children=[
                            *[
                                html.Button(label, type="button", **{"data-range": label, "aria-pressed": "false"})
                                for label in ("15m", "1h", "6h", "24h")
                            ],
                            html.Button(
                                [_icon("calendar-range"), html.Span("Custom", className="custom-word")],
                                id="custom",
                                type="button",
                                title="Custom range (UTC)",
                                **{"aria-expanded": "false", "aria-haspopup": "dialog", "aria-label": "Custom range"},
                            ),
                        ],
                    ),
                    html.Div(
                        id="badge",
                        className="badge",
                        **{"data-state": "WAIT"},
                        children=[
                            html.Span(className="dot", **{"aria-hidden": "true"}),
                            html.B("…", id="badge-word"),
                            html.Span("", id="badge-age"),
                        ],
                    ),
                    html.Span(id="updated", className="updated", children="Last updated: –"),
                    html.Button(
                        _icon("pause-fill"),
                        id="pause",
                        className="square",
                        type="button",
                        title="Pause (space)",
                        **{"aria-pressed": "false", "aria-label": "Pause"},
                    ),
                    html.Button(
                        _icon("circle-half"),
                        id="mode",
                        className="square",
                        type="button",
                        title="Light or dark",
                        **{"aria-label": "Light or dark"},
                    ),
                    html.Button(
                        _icon("question-lg"),
                        id="help",
                        className="square",
                        type="button",
                        title="Keys (?)",
                        **{"aria-label": "Keyboard shortcuts"},
                    ),
                    html.Form(
                        method="post",
                        action=f"{prefix}logout",
                        className="logout",
                        children=[
                            dcc.Input(type="hidden", name="csrf", value=csrf, id="logout-csrf"),
                            html.Button(
                                _icon("box-arrow-right"),
                                className="square",
                                type="submit",
                                title=f"Log out {user}",
                                **{"aria-label": f"Log out {user}"},
                            ),
                        ],
                    ),
                ],
            ),
        ],
    )


def _links(nav: Nav) -> list[Any]:
    """The pages, those of a group in a menu."""
    plain = [_link(link) for link in nav if not link.group]
    groups = dict.fromkeys(link.group for link in nav if link.group)
    menus = [
        html.Details(
            className="nav-more",
            children=[html.Summary(group), html.Div([_link(link) for link in nav if link.group == group])],
        )
        for group in groups
    ]
    return [*plain, *menus]


def _link(link: Link) -> html.A:
    here = {} if link.name else {"aria-current": "page"}
    return html.A(link.words, href=link.address, **{"data-go": link.key, **here})


def _section(name: str, title: str, panels: Mapping[str, Panel], prefix: str) -> html.Section:
    return html.Section(
        id=f"section-{name}",
        className="row",
        **{"aria-labelledby": f"section-{name}-title"},
        children=[
            html.H2(title, id=f"section-{name}-title", className="sr"),
            *[_panel(panel, prefix) for panel in _of(name, panels)],
        ],
    )


def _of(section: str, panels: Mapping[str, Panel]) -> list[Panel]:
    return sorted((panel for panel in panels.values() if panel.section == section), key=lambda panel: panel.order)


def _panel(panel: Panel, prefix: str) -> html.Article:
    more = [html.A(words, href=prefix + address, className="tool") for words, address in panel.pages]
    head = html.Div(
        className="head",
        children=[
            html.H3(panel.title, id=f"{panel.name}-title"),
            html.Span(panel.note, className="note", id=f"{panel.name}-note"),
            html.Div(className="head-slots", children=[_slot(panel, slot) for slot in panel.slots if slot.head]),
            *more,
            html.Div(className="head-tools"),
        ],
    )
    body = html.Div(className="body", children=[_slot(panel, slot) for slot in panel.slots if not slot.head])
    return html.Article(
        id=panel.name,
        className=f"panel w{panel.width} p-{panel.name}" + (" bare" if panel.bare else ""),
        tabIndex="-1",
        **{"data-panel": panel.name, "data-state": "loading", "aria-labelledby": f"{panel.name}-title"}
        if not panel.bare
        else {"data-panel": panel.name, "data-state": "loading", "aria-label": panel.title},
        children=[body] if panel.bare else [head, body],
    )


def _slot(panel: Panel, slot: Slot) -> html.Div:
    spec: dict[str, Any] = {
        "label": slot.label or panel.title,
        "filters": slot.filters,
        "search": slot.search,
        "columns": [[c.key, c.label, c.kind, c.width] for c in slot.columns],
    }
    children = None
    if slot.kind == "figure":
        children = [
            dcc.Graph(
                id=f"{panel.name}-{slot.name}-graph",
                className="graph",
                config=_config(panel.name),
                figure=_blank(),
                responsive=True,
            ),
            html.Div(className="over", id=f"{panel.name}-{slot.name}-over"),
        ]
    return html.Div(
        className=f"slot s-{slot.kind}",
        id=f"{panel.name}-{slot.name}",
        children=children,
        **{"data-slot": slot.name, "data-kind": slot.kind, "data-spec": codec.encode(spec).decode()},
    )


def _blank() -> dict[str, Any]:
    nothing = {"visible": False}
    clear = "rgba(0,0,0,0)"
    return {"data": [], "layout": {"xaxis": nothing, "yaxis": nothing, "paper_bgcolor": clear, "plot_bgcolor": clear}}


def _config(name: str) -> dict[str, Any]:
    return {**CHART_CONFIG, "toImageButtonOptions": {"format": "png", "scale": 2, "filename": f"gatehouse-{name}"}}


def _drawer() -> html.Div:
    return html.Div(
        id="drawer-back",
        className="drawer-back",
        hidden=True,
        children=html.Aside(
            id="drawer",
            className="drawer",
            role="dialog",
            tabIndex="-1",
            **{"aria-modal": "true", "aria-labelledby": "drawer-title"},
            children=[
                html.Div(
                    className="drawer-head",
                    children=[
                        html.H2("Transaction", id="drawer-title"),
                        html.Button(
                            _icon("x-lg"),
                            id="drawer-close",
                            className="square",
                            type="button",
                            title="Close (Escape)",
                            **{"aria-label": "Close"},
                        ),
                    ],
                ),
                html.Div(id="drawer-body", className="drawer-body"),
                html.Div(
                    id="drawer-chart",
                    className="drawer-chart",
                    hidden=True,
                    children=[
                        html.H3("What moved the score"),
                        dcc.Graph(
                            id="drawer-graph",
                            config={**CHART_CONFIG, "displayModeBar": False},
                            figure=_blank(),
                            responsive=True,
                        ),
                    ],
                ),
                html.Div(id="drawer-more", className="drawer-body"),
            ],
        ),
    )


def _icon(name: str) -> html.Span:
    return html.Span(className=f"i i-{name}", **{"aria-hidden": "true"})
