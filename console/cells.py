"""Cells of tables as HTML, by the kind of their column (`console/panel.py`, `console/table.py`).

A cell whose text is not its value says that for files (`data-value`) and for sorting (`data-order`); the browser reads
both (`assets/js/parts/table.js`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from console import format
from console.addresses import PREFIX, transaction
from console.as_html import element
from console.format import NONE
from console.looks import RANKS, chip, look
from console.panel import Column
from console.sparkline import in_row
from core import clock

RIGHT = frozenset({"int", "score", "usd", "kl", "num", "signed", "right", "figure", "better"})
_HALF_DAY = 43_200
_HOUR = 3600
TAG = "badge border fw-normal text-body-secondary mono"
_NO_NUMBER = re.compile(r"[^\d.eE+-]")
Cell = tuple[Mapping[str, Any], Any]  # attributes of the cell, and what is in it


def row(columns: Sequence[Column], values: Sequence[Any]) -> Markup:
    """A row: its key, then a value for each column. Those of a list mostly come again with its next drawing."""
    try:
        return _kept_row(tuple(columns), tuple(values), int(clock.now() // _HOUR))
    except TypeError:  # a cell of several parts
        return _row(columns, values)


@lru_cache(maxsize=4096)
def _kept_row(columns: tuple[Column, ...], values: tuple[Any, ...], _hour: int) -> Markup:
    return _row(columns, values)


def _row(columns: Sequence[Column], values: Sequence[Any]) -> Markup:
    key, cells = values[0], values[1:]
    known: dict[str, Any] = {"tabindex": "-1", "data-key": key}
    for column, value in zip(columns, cells, strict=True):
        if column.kind == "txn":
            known |= {"data-open": value, "aria-label": f"Transaction {value}"}
        elif column.kind == "open":
            known["data-open"] = key
    inside = Markup("").join(cell(column, value, key) for column, value in zip(columns, cells, strict=True))
    return element("tr", known, inside)


def cell(column: Column, value: Any, key: str) -> Markup:
    """One cell."""
    looks = f"right {column.kind}" if column.kind in RIGHT else column.kind
    known: Mapping[str, Any] = {}
    inside: Any = NONE
    if column.kind == "open":
        inside = _link(transaction(key), value, "link", **{"data-open": key, "tabindex": "-1"})
    elif value is not None and value != "":
        known, inside = KINDS[column.kind](value)
    elif column.kind in ("act", "links"):
        inside = None
    name = column.key if column.kind == "state" else None  # what a script changes by its name
    return element("td", {"class": looks, "data-column": name, **known}, inside)


def _text(value: Any) -> Cell:
    return {}, str(value)


def _number(write: Callable[[Any], str]) -> Callable[[Any], Cell]:
    return lambda value: ({"data-value": value}, write(float(value)))


def _five_digits(value: float) -> str:
    short = float(f"{value:.5g}")
    return str(int(short)) if short.is_integer() else str(short)


def moment(value: Any) -> datetime:
    """A time as panels have it: epoch ms, or ISO 8601."""
    return datetime.fromtimestamp(value / 1000, UTC) if isinstance(value, int | float) else clock.moment(value)


def time(at: datetime, words: str) -> Markup:
    """A time; the browser adds the local one on hover."""
    return element("time", {"datetime": at.isoformat(timespec="milliseconds").replace("+00:00", "Z")}, words)


def near_time(value: Any) -> Markup:
    """The time alone within half a day, else with its day; UTC."""
    at = moment(value)
    is_near = abs(clock.now() - at.timestamp()) < _HALF_DAY
    return time(at, f"{at:%H:%M:%S}" if is_near else f"{at:%m-%d %H:%M}")


def _moment(write: Callable[[datetime], Markup]) -> Callable[[Any], Cell]:
    def shown(value: Any) -> Cell:
        at = moment(value)
        return {}, write(at)

    return shown


def _ranked(value: Any) -> Cell:
    return {"data-value": value, "data-order": RANKS.get(value)}, look(value)


def _link(to: str, words: Any, looks: str = "link", **more: Any) -> Markup:
    return element("a", {"class": looks, "href": to, **more}, words)


def _button(name: str, value: Any) -> Markup:
    known = {"class": "link", "type": "button", "tabindex": "-1", f"data-{name}": value}
    return element("button", known, str(value))


def _state(value: Sequence[str]) -> Cell:
    role, picture, words, *title = value
    return {"title": title[0] if title else None}, chip(role, picture, words)


def _acts(value: Any) -> Cell:
    acts = [one for one in (value if value and isinstance(value[0], list) else [value]) if one]
    return {}, [
        element(
            "button",
            {"class": f"btn btn-sm btn-{tone}", "type": "button", "data-act": address, "data-ask": ask or None,
             "data-tone": tone},
            words,
        )
        for words, address, ask, tone in acts
    ]  # fmt: skip


def _long(value: Any) -> Cell:
    words, whole = value if isinstance(value, list) else (value, None)
    return {"title": whole}, words


def _right(value: Any) -> Cell:
    """A text that sorts by the number in it, or by the one beside it."""
    if isinstance(value, list):
        return {"data-order": value[1]}, value[0]
    try:
        order: float | None = float(_NO_NUMBER.sub("", str(value)))
    except ValueError:
        order = None
    return {"data-order": order}, str(value)


def _chips(value: Sequence[Sequence[str]]) -> Cell:
    return {"data-value": ", ".join(one[2] for one in value)}, [chip(*one) for one in value]


def _two(value: Sequence[Any]) -> Cell:
    """Text, small text below it, and perhaps an address under the prefix."""
    text, small, to = [*value, None, None][:3]
    head = _link(PREFIX + to, text, "link fw-semibold", tabindex="-1") if to else text
    said = {"data-value": ", ".join(str(one) for one in (text, small) if one), "data-order": text}
    return said, [head, element("small", {}, small) if small else None]


def _what(value: Sequence[Any]) -> Cell:
    """Title, address under the prefix, series or nothing, small text below it, the cell's id."""
    title, to, series, small, name = [*value, None, None, None, None][:5]
    head = _link(PREFIX + to, title, "link fw-semibold") if to else element("b", {}, title)
    tag = [" ", element("span", {"class": TAG}, series)] if series else []
    said = {"id": name, "data-value": " · ".join(one for one in (title, series) if one), "data-order": title}
    return said, [head, *tag, element("small", {}, small) if small else None]


def _tags(value: Sequence[str]) -> Cell:
    tags = [part for one in value for part in (element("span", {"class": TAG}, one), " ")]
    return {"data-value": ", ".join(value)}, tags


def _links(value: Sequence[Sequence[str]]) -> Cell:
    """Words, address under the prefix, title; several of them."""
    looks = "btn btn-sm btn-secondary"
    return {}, [part for words, to, title in value for part in (_link(PREFIX + to, words, looks, title=title), " ")]


def _counted(value: Sequence[Any]) -> Cell:
    """Epoch ms and `since` or `until`: how long ago it was, or how long it is until then."""
    at = moment(value[0])
    known = {"class": "ago", "datetime": at.isoformat(timespec="milliseconds"), f"data-{value[1]}": value[0]}
    return {"data-value": f"{at:%Y-%m-%d %H:%M}", "data-order": value[0]}, element("time", known, f"{at:%H:%M}")


def _figure(value: Sequence[Any]) -> Cell:
    return {}, element("b", {}, value[0]) if value[1] else value[0]


def _better(value: Sequence[str]) -> Cell:
    text, way = value
    return {}, element("span", {"class": way}, f"{text} {way}") if way else text


def _meter(value: Sequence[Any]) -> Cell:
    """Text, share 0..1, how it looks."""
    text, share, looks = [*value, None, None][:3]
    if share is None:
        return {"data-order": -1}, element("span", {"class": "text-body-secondary small"}, text)
    bar = element("i", {"class": "progress-bar", "style": f"width:{100 * share:.1f}%"})
    known = {"class": f"progress d-inline-flex w-25 me-2 align-middle {looks or ''}", "aria-hidden": "true"}
    return {"data-order": share}, [element("span", known, bar), element("span", {"class": "mono"}, text)]


def _spark(value: Sequence[float]) -> Cell:
    """Values over time, which sort by their sum."""
    return {"data-value": f"{sum(value):g}", "data-order": sum(value)}, in_row(value)


def _choose(value: Sequence[Any]) -> Cell:
    """Name, label, what is chosen, then `[value, words]` of each: a choice that the form around the table sends."""
    name, label, chosen, *options = value
    listed = [element("option", {"value": key, "selected": key == chosen}, words) for key, words in options]
    known = {"name": name, "class": "form-select form-select-sm w-auto", "aria-label": label}
    return {"data-value": dict(map(tuple, options)).get(chosen)}, element("select", known, listed)


KINDS: dict[str, Callable[[Any], Cell]] = {
    "text": _text, "mono": _text, "long": _long, "more": _long, "right": _right, "state": _state, "act": _acts,
    "time": lambda value: _moment(lambda _: near_time(value))(value),
    "when": _moment(lambda at: time(at, f"{at:%Y-%m-%d %H:%M}")),
    "second": _moment(lambda at: time(at, f"{at:%Y-%m-%d %H:%M:%S}")),
    "int": _number(lambda value: f"{value:,.0f}"),
    "score": _number(lambda value: f"{value:.3f}"), "kl": _number(lambda value: f"{value:.3f}"),
    "usd": _number(format.dollars), "num": _number(_five_digits), "signed": _number(lambda value: f"{value:+.3f}"),
    **dict.fromkeys(("decision", "severity", "limit", "status", "alert"), _ranked),
    "page": lambda value: ({}, _link(PREFIX + value[1], value[0], tabindex="-1")),
    "txn": lambda value: ({}, _button("open", value)), "ip": lambda value: ({}, _button("ip", value)),
    "chips": _chips, "two": _two, "what": _what, "tags": _tags, "links": _links, "counted": _counted,
    "figure": _figure, "better": _better, "meter": _meter, "choose": _choose, "spark": _spark,
}  # fmt: skip
