"""How panels are laid out on a page: sections with panels as empty slots; content comes by `/live`."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html
from markupsafe import Markup

from console.as_html import as_html
from console.attributes import attributes
from console.looks import NOTE
from console.panel import SECTIONS, Panel, Slot
from console.table import frame, severities

# How high the panels of a section are beside each other; health grows with what is to be said.
HEIGHTS = {
    "fraud": {"--height": "392px"},
    "traffic": {"--height": "276px"},
    "model": {"--height": "336px"},
    "health": {"minHeight": "262px"},
    "security": {"--height": "412px"},
}
GRAPH = "position-absolute top-0 start-0 w-100 h-100"
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


def icon(name: str, look: str = "") -> html.Span:
    """An icon of assets/icons.css; `look` are further classes."""
    return html.Span(className=f"i i-{name} {look}".strip(), **attributes({"aria-hidden": "true"}))


def _section(name: str, title: str, inside: list[Panel], prefix: str) -> html.Section:
    return html.Section(
        id=f"section-{name}",
        className="grid mb-3",
        style=HEIGHTS.get(name),
        **attributes({"aria-labelledby": f"section-{name}-title"}),
        children=[
            html.H2(title, id=f"section-{name}-title", className="visually-hidden"),
            *[_panel(panel, prefix) for panel in inside],
        ],
    )


def _of(section: str, panels: Mapping[str, Panel]) -> list[Panel]:
    return sorted((panel for panel in panels.values() if panel.section == section), key=lambda panel: panel.order)


def _panel(panel: Panel, prefix: str) -> html.Article:
    more = [
        html.A(words, href=prefix + address, className="btn btn-sm btn-outline-secondary")
        for words, address in panel.pages
    ]
    tools = html.Div(_tools(panel), className="head-tools d-flex gap-2 ms-auto")
    head = html.Div(
        className="head card-header",
        children=[
            html.H3(panel.title, id=f"{panel.name}-title"),
            html.Span(panel.note, className=NOTE, id=f"{panel.name}-note"),
            html.Div(
                className="head-slots d-flex gap-2", children=[_slot(panel, slot) for slot in panel.slots if slot.head]
            ),
            *more,
            tools,
        ],
    )
    body = html.Div(className="body card-body", children=[_slot(panel, slot) for slot in panel.slots if not slot.head])
    named = {"aria-label": panel.title} if panel.bare else {"aria-labelledby": f"{panel.name}-title"}
    return html.Article(
        id=panel.name,
        className=f"panel card g-col-12 g-col-xl-{panel.width}" + (" bg-transparent border-0" if panel.bare else ""),
        tabIndex="-1",
        **attributes({"data-panel": panel.name, "data-state": "loading", **named}),
        children=[body] if panel.bare else [head, body],
    )


def _tools(panel: Panel) -> list[html.Button]:
    """The table behind the panel's chart, and the CSV of what it shows: one button, whatever that is."""
    charts = [slot for slot in panel.slots if slot.kind == "figure"]
    tables = [slot for slot in panel.slots if slot.kind == "rows"]
    behind = [_behind(f"{panel.name}-{slot.name}") for slot in charts]
    if not charts and not tables:
        return []
    label = tables[0].label or panel.title if tables else panel.name
    known = attributes({"aria-label": f"Download {label} as CSV"})
    title = "Download shown rows as CSV" if tables else "Download as CSV"
    return [
        *behind,
        html.Button(
            [icon("download"), "CSV"],
            className="btn btn-sm btn-outline-secondary csv",
            type="button",
            title=title,
            **known,
        ),
    ]


def _behind(name: str) -> html.Button:
    known = attributes({"aria-pressed": "false", "aria-label": f"Table behind {name}"})
    title = "Show as a table"
    return html.Button(
        icon("table"), className="btn btn-sm btn-outline-secondary as-table", type="button", title=title, **known
    )


def _slot(panel: Panel, slot: Slot) -> html.Div:
    """A place for content. That of a table brings the table along, empty, for when there is something to show."""
    name = f"{panel.name}-{slot.name}"
    known = {"data-slot": slot.name, "data-kind": slot.kind, "data-label": slot.label or panel.title}
    children = None
    if slot.kind == "figure":
        graph = dcc.Graph(id=f"{name}-graph", className=GRAPH, config=chart_config(panel.name))
        children = [graph, html.Div(className="over", id=f"{name}-over")]
    elif slot.kind == "rows":
        known |= {"data-rows": "", "data-frame": table_of(slot, known["data-label"])}
    looks = f"slot s-{slot.kind}" + (" d-flex gap-2" if slot.kind == "chips" else "")
    return html.Div(className=looks, id=name, children=children, **attributes(known))


def table_of(slot: Slot, label: str) -> Markup:
    """The table of a slot, without rows, and the search above it."""
    search = [severities(slot.filters, "Search security events")] if slot.search else []
    return as_html([*search, frame(label, slot.columns)])


def chart_config(name: str, **more: Any) -> Any:
    """What Plotly is told of a chart that downloads as `gatehouse-NAME.png`."""
    image = {"format": "png", "scale": 2, "filename": f"gatehouse-{name}"}
    return {**CHART_CONFIG, "toImageButtonOptions": image, **more}
