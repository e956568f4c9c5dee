"""How panels are laid out on a page: sections with panels as empty slots; content comes by `/live`."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from console.attributes import attributes
from console.panel import SECTIONS, Panel, Slot
from core import codec

CHART_CONFIG = {
    "displaylogo": False,
    "responsive": True,
    "displayModeBar": "hover",
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2},
    "doubleClick": False,
    "showTips": False,
}


def sections(panels: Mapping[str, Panel], prefix: str) -> list[Any]:
    """The panels of a page: those on top, then each section that has any, with its heading."""
    found = {name: _of(name, panels) for name in SECTIONS}
    return [
        *[_panel(panel, prefix) for panel in _of("top", panels)],
        *[_section(name, SECTIONS[name], inside, prefix) for name, inside in found.items() if inside],
    ]


def icon(name: str) -> html.Span:
    """An icon of assets/icons.css."""
    return html.Span(className=f"i i-{name}", **attributes({"aria-hidden": "true"}))


def blank() -> dict[str, Any]:
    """A figure with nothing in it."""
    nothing = {"visible": False}
    clear = "rgba(0,0,0,0)"
    return {"data": [], "layout": {"xaxis": nothing, "yaxis": nothing, "paper_bgcolor": clear, "plot_bgcolor": clear}}


def _section(name: str, title: str, inside: list[Panel], prefix: str) -> html.Section:
    return html.Section(
        id=f"section-{name}",
        className="row",
        **attributes({"aria-labelledby": f"section-{name}-title"}),
        children=[
            html.H2(title, id=f"section-{name}-title", className="sr"),
            *[_panel(panel, prefix) for panel in inside],
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
    named = {"aria-label": panel.title} if panel.bare else {"aria-labelledby": f"{panel.name}-title"}
    return html.Article(
        id=panel.name,
        className=f"panel w{panel.width} p-{panel.name}" + (" bare" if panel.bare else ""),
        tabIndex="-1",
        **attributes({"data-panel": panel.name, "data-state": "loading", **named}),
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
                config=chart_config(panel.name),
                figure=blank(),
                responsive=True,
            ),
            html.Div(className="over", id=f"{panel.name}-{slot.name}-over"),
        ]
    return html.Div(
        className=f"slot s-{slot.kind}",
        id=f"{panel.name}-{slot.name}",
        children=children,
        **attributes({"data-slot": slot.name, "data-kind": slot.kind, "data-spec": codec.encode(spec).decode()}),
    )


def chart_config(name: str, **more: Any) -> Any:
    """What Plotly is told of a chart that downloads as `gatehouse-NAME.png`."""
    image = {"format": "png", "scale": 2, "filename": f"gatehouse-{name}"}
    return {**CHART_CONFIG, "toImageButtonOptions": image, **more}
