"""The one table of pages: rows as data, which `assets/js/parts/table.js` shows, sorts, searches and saves as CSV.

The rows are native and not Dash's components: fifty rows of seven cells would be 400 of them, and each costs time at
every change of the page.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import html

from console.attributes import attributes
from console.panel import Column
from console.panel_layout import NOTE
from core import clock, codec
from core.untrusted_text import settled


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
    `act`), one or several, and those of `assets/js/parts/cells.js`, or None. `tools` stand in the head; `above` and
    `below` around the table. Unless these are the `whole` rows the page brings its own search, order and CSV: `heads`
    has the address and the direction of what can be sorted.
    """
    spec = {"search": whole, "choice": True, "csv": whole, "find": f"Search {title}", "look": look, "heads": heads}
    return html.Section(
        id=name,
        className="panel sheet card",
        **attributes({"aria-labelledby": f"{name}-title"}),
        children=[
            html.Div(
                className="head card-header",
                children=[
                    html.H2(title, id=f"{name}-title"),
                    html.Span(note, className=NOTE),
                    *tools,
                    html.Div(className="head-tools d-flex gap-2 ms-auto"),
                ],
            ),
            *above,
            _slot(f"{name}-rows", title, columns, rows, empty, spec),
            *below,
        ],
    )


def plain_table(name: str, label: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> html.Div:
    """Rows alone, in something else: sorted by their heads, without search, CSV and a choice of columns."""
    return _slot(
        name,
        label,
        columns,
        rows,
        "",
        {"search": False, "choice": False, "csv": False, "look": "table table-hover grown"},
    )


def _slot(
    name: str, label: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], empty: str, spec: dict[str, Any]
) -> html.Div:
    shown = [[column.key, column.label, column.kind, column.width] for column in columns]
    spec = {"label": label, "filters": [], "columns": shown, **spec}
    content = {"rows": [[row[0], *map(_settled, row[1:])] for row in rows], "empty": "" if rows else empty}
    return html.Div(
        id=name,
        className="slot s-rows",
        **attributes(
            {
                "data-slot": "rows",
                "data-kind": "rows",
                "data-spec": codec.encode(spec).decode(),
                "data-table": codec.encode(content).decode(),
            }
        ),
    )


def act(label: str, address: str, ask: str = "", tone: str = "secondary") -> list[str]:
    """A button in a row that makes a change; `ask` says what will happen and is shown first."""
    return [label, address, ask, tone]


def when(value: datetime | None) -> int | None:
    """A time as the kind `when` wants it."""
    return None if value is None else int(clock.to_datetime(value.timestamp()).timestamp() * 1000)


def _settled(value: Any) -> Any:
    """A cell as people may see it: texts from outside reorder and hide nothing."""
    if isinstance(value, list):
        return [_settled(part) for part in value]
    return settled(value) if isinstance(value, str) else value
