"""The numbers of a chart that the server drew: as a table behind it, for readers of screens too, and as CSV."""

from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any, NamedTuple

from markupsafe import Markup

from console.as_html import element
from console.cells import moment, time
from console.format import NONE
from core.tabular import csv_export

HEADS = ("Series", "At", "Value", "Id")
MOST = 600  # rows of the table
_TIME = 1e11  # what is larger on an axis is epoch ms


class Number(NamedTuple):
    """A point: its series, where it stands (epoch ms, or what the axis says), its value, the transaction's id."""

    series: str
    at: Any
    value: Any
    id: str
    order: float


def numbers(figure: Mapping[str, Any]) -> list[Number]:
    """Every point of a figure, newest first."""
    found = (point for trace in figure["data"] for point in _points(trace))
    return sorted(found, key=lambda point: point.order, reverse=True)


def table(figure: Mapping[str, Any], label: str) -> Markup:
    """The newest of them as HTML."""
    found = numbers(figure)[:MOST]
    heads = ["Series", "At (UTC)", "Value", *(["Transaction"] if any(point.id for point in found) else [])]
    names = [element("th", {"scope": "col", "class": "right" if head == "Value" else None}, head) for head in heads]
    body = element("tbody", {}, [_line(point, len(heads) > len(HEADS) - 1) for point in found])
    inside = element("table", {"class": "table table-hover"}, element("thead", {}, element("tr", {}, names)), body)
    known = {"class": "wrap", "tabindex": "0", "role": "region", "aria-label": f"{label}, as a table"}
    return element("div", known, inside)


def csv(figure: Mapping[str, Any]) -> str:
    """All of them as CSV; times in ISO 8601."""
    rows = ((one.series, moment(one.at).isoformat() if _is_time(one.at) else one.at, one.value, one.id)
            for one in numbers(figure))  # fmt: skip
    return "".join(csv_export.lines(HEADS, rows))


def _line(point: Number, has_ids: bool) -> Markup:
    at = time(moment(point.at), f"{moment(point.at):%Y-%m-%d %H:%M:%S}") if _is_time(point.at) else point.at
    link = element("button", {"class": "link", "type": "button", "data-open": point.id}, point.id) if point.id else ""
    cells = [
        element("td", {}, point.series),
        element("td", {"class": "time"}, at),
        element("td", {"class": "right"}, NONE if point.value is None else point.value),
        *([element("td", {"class": "txn"}, link)] if has_ids else []),
    ]
    return element("tr", {}, cells)


def _is_time(at: Any) -> bool:
    return isinstance(at, int | float) and at > _TIME


def _points(trace: Mapping[str, Any]) -> Iterator[Number]:
    name = _text(trace["name"])
    if trace["type"] == "heatmap":
        for column, cells in enumerate(zip(*trace["z"], strict=True)):
            at = trace["x0"] + column * trace["dx"]
            yield Number(f"{name} (count)", at, sum(cell or 0 for cell in cells), "", at)
        return
    is_incident = trace.get("meta") == "incident"  # drawn for every rule, of no size where there is none
    for place, x in enumerate(trace["x"]):
        if x is None or (is_incident and trace["marker"]["size"][place] == 0):
            continue
        value = trace["customdata"][place][1] if is_incident else trace["y"][place]
        name_of = _text(trace["ids"][place]) if "ids" in trace else ""
        yield Number(name, x if _is_time(x) else _text(x), _text(value), name_of, x if _is_time(x) else place)


def _text(value: Any) -> Any:
    """A text as it was before it was made plain for Plotly."""
    return unescape(value) if isinstance(value, str) else value
