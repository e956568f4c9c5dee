"""The one table of pages: native rows, which `assets/js/parts/table.js` sorts, searches and saves as CSV.

The rows are text and not Dash's components: fifty rows of seven cells would be 400 of them, and each costs time at
every change of the page.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import html
from markupsafe import Markup

from console.as_html import element
from console.attributes import attributes
from console.cells import RIGHT, row
from console.looks import NOTE, SAYS, icon, word
from console.panel import Column
from core import clock

FILE = {"class": "btn btn-sm btn-outline-secondary csv", "type": "button", "title": "Download shown rows as CSV"}
PILL = "btn btn-sm btn-outline-secondary rounded-pill pill"
FILTERS = "filters d-flex flex-wrap align-items-center gap-2 px-3 py-2 border-bottom"
_PIXELS = re.compile(r"([\d.]+)px")
_EM = 12.0  # pixels of a table's own em


def table(
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Any]],
    empty: str,
    note: str = "",
    tools: Sequence[Any] = (),
    above: Sequence[Any] = (),
    below: Sequence[Any] = (),
    whole: bool = True,
    look: str = "table table-hover grown",
    heads: Mapping[str, tuple[str, str]] | None = None,
) -> html.Section:
    """A panel with a table. Each row is its key and a value for each column, as its kind wants it (`Column.kind`).

    Kinds of pages beside those of panels: `when` (epoch ms), `state` [role, icon, word, title], `long` (text that
    wraps), `more` [text, whole text on hover], `open` (the id of the transaction that is the row's key), `act` (see
    `act`), one or several, and those of `console/cells.py`, or None. `tools` stand in the head; `above` and `below`
    around the table. Unless these are the `whole` rows the page brings its own search, order and CSV: `heads` has the
    address and the direction of what can be sorted.
    """
    why = "" if rows else empty
    files = [csv(title)] if whole else []
    menu = element("div", {"class": "head-tools d-flex gap-2 ms-auto"}, _choice(title, columns), *files)
    search = [_filters(f"Search {title}")] if whole else []
    return html.Section(
        id=name,
        className="panel sheet card",
        **attributes({"aria-labelledby": f"{name}-title"}),
        children=[
            html.Div(
                [html.H2(title, id=f"{name}-title"), html.Span(note, className=NOTE), *tools, menu],
                className="head card-header",
            ),
            *above,
            _slot(f"{name}-rows", [*search, frame(title, columns, rows, look, heads, why)], why),
            *below,
        ],
    )


def plain_table(name: str, label: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> html.Div:
    """Rows alone, in something else: sorted by their heads, without search, CSV and a choice of columns."""
    return _slot(name, [frame(label, columns, rows, "table table-hover grown")])


def frame(
    label: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Any]] = (),
    look: str = "table table-hover",
    heads: Mapping[str, tuple[str, str]] | None = None,
    empty: str = "",
) -> Markup:
    """The table itself, and what is said where it has no row."""
    names = [element("th", _of_head(column, heads), _head(column, heads)) for column in columns]
    body = element("tbody", {}, Markup("").join(row(columns, one) for one in rows))
    inside = element(
        "table", {"aria-label": label, "class": look}, element("thead", {}, element("tr", {}, names)), body
    )
    known = {"class": "wrap", "tabindex": "0", "role": "region", "aria-label": label, "hidden": bool(empty)}
    says = element("div", {"class": SAYS, "hidden": not empty}, icon("info-circle-fill"), element("span", {}, empty))
    return element("div", known, inside) + says


def csv(label: str) -> Markup:
    """The button that saves a table."""
    return element("button", {**FILE, "aria-label": f"Download {label} as CSV"}, icon("download"), "CSV")


def severities(names: Sequence[str], find: str) -> Markup:
    """Filters by severity, which count, and a search."""
    pills = [
        element(
            "button", {"class": PILL, "type": "button", "aria-pressed": "false", "data-severity": key},
            word(key) if key != "all" else "All", " ", element("b", {}, "0"),
        )
        for key in ("all", *names)
    ]  # fmt: skip
    return _filters(find, pills if names else [], "Search text, actor, IP, id")


def _filters(label: str, pills: Sequence[Markup] = (), words: str = "") -> Markup:
    known = {"type": "search", "placeholder": f"{words or label}  ( / )", "aria-label": label, "data-search": "",
             "class": "form-control form-control-sm"}  # fmt: skip
    find = element("div", {"class": "find ms-auto"}, icon("search"), element("input", known))
    clear = {"class": "btn btn-sm btn-secondary", "type": "button", "data-clear": "filter"}
    missed = element(
        "div", {"class": SAYS, "hidden": True}, icon("funnel"),
        element("span", {}, "No rows match this filter."), element("button", clear, "Clear filter"),
    )  # fmt: skip
    return element("div", {"class": FILTERS, "role": "group", "aria-label": "Filter"}, *pills, find) + missed


def _slot(name: str, parts: Sequence[Markup], empty: str = "") -> html.Div:
    known = {"data-rows": "", **({"data-empty": empty} if empty else {})}
    return html.Div(list(parts), id=name, className="slot s-rows", **attributes(known))


def _of_head(column: Column, heads: Mapping[str, tuple[str, str]] | None) -> dict[str, Any]:
    pixels = _PIXELS.fullmatch(column.width)
    width = f"{float(pixels[1]) / _EM:g}em" if pixels else column.width
    way = heads[column.key][1] if heads and column.key in heads else ""
    return {
        "scope": "col", "class": "right" if column.kind in RIGHT else None,
        "data-kind": column.kind, "data-column": column.key, "data-down": column.kind in {*RIGHT, "severity"},
        "style": f"width:{width}" if width else None, "aria-sort": way or None,
    }  # fmt: skip


def _head(column: Column, heads: Mapping[str, tuple[str, str]] | None) -> Any:
    """What sorts by the column: here, or through the address where the page brings its own order."""
    if not column.label:
        return element("span", {"class": "visually-hidden"}, "Action")
    if heads is None:
        return element("button", {"type": "button", "title": f"Sort by {column.label.lower()}"}, column.label)
    return (
        element("a", {"href": heads[column.key][0], "class": "text-decoration-none"}, column.label)
        if column.key in heads
        else column.label
    )


def _choice(title: str, columns: Sequence[Column]) -> Markup:
    """Which columns show; the browser remembers it."""
    boxes = [
        element(
            "label", {"class": "dropdown-item d-flex gap-2"},
            element(
                "input",
                {"type": "checkbox", "class": "form-check-input m-0", "checked": True, "data-column": column.key},
            ),
            column.label,
        )
        for column in columns
        if column.label
    ]  # fmt: skip
    label = {"class": "btn btn-sm btn-outline-secondary", "aria-label": f"Columns of {title}"}
    group = element("div", {"class": "dropdown-menu end-0 show", "role": "group", "aria-label": "Columns"}, *boxes)
    return element(
        "details", {"class": "nav-more columns-menu"}, element("summary", label, icon("table"), "Columns"), group
    )


def act(label: str, address: str, ask: str = "", tone: str = "secondary") -> list[str]:
    """A button in a row that makes a change; `ask` says what will happen and is shown first."""
    return [label, address, ask, tone]


def when(value: datetime | None) -> int | None:
    """A time as the kind `when` wants it."""
    return None if value is None else int(clock.to_datetime(value.timestamp()).timestamp() * 1000)
