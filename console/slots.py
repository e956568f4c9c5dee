"""What the browser gets of a panel: the content of each slot as HTML by its kind, charts as figures.

Everybody gets the same: what only some may do is marked (`data-operates`), and the browser of others leaves it out.
"""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from console.addresses import incident
from console.as_html import element
from console.cells import moment, near_time, row
from console.looks import icon, look, says
from console.panel import Panel, Slot
from console.sparkline import spark
from console.strip import strip

ARROWS = {"up": "arrow-up", "down": "arrow-down", "flat": "arrow-right"}
TITLE = "fw-medium text-body-secondary text-truncate align-self-center"
UNIT = "ms-1 fs-5 fw-medium text-body-secondary"
CELL = "cell d-flex flex-wrap align-items-baseline align-content-center justify-content-center column-gap-2 p-1 rounded"
_MATRIX = (
    ("was fraud", ("good", "tp", "TP caught", "true positives: fraud predicted as fraud"),
     ("bad", "fn", "FN missed", "false negatives: fraud predicted as legit")),
    ("was legit", ("bad", "fp", "FP false alarm", "false positives: legit predicted as fraud"),
     ("good", "tn", "TN passed", "true negatives: legit predicted as legit")),
)  # fmt: skip
Content = Any


def shown(panel: Panel, payload: dict[str, Any]) -> dict[str, Any]:
    """The payload with its slots as the browser shows them; one with an error stays as it is."""
    if "slots" not in payload:
        return payload
    kinds = {slot.name: slot for slot in panel.slots}
    slots = {name: _slot(kinds[name], content) for name, content in payload["slots"].items()}
    return {**payload, "slots": slots}


def _slot(slot: Slot, content: Content) -> Content:
    if slot.kind == "figure":
        return {"html": says("bar-chart-line", content["empty"])} if "empty" in content else content
    if slot.kind == "rows":
        rows = [[one[0], row(slot.columns, one)] for one in content.get("rows", [])]
        return {**content, "rows": rows}
    if isinstance(content, Mapping) and "empty" in content:
        return {"html": says("info-circle-fill", content["empty"])}
    return {"html": KINDS[slot.kind](content)}


def _div(looks: str, *children: Any, **known: Any) -> Markup:
    return element("div", {"class": looks, **{name.replace("_", "-"): one for name, one in known.items()}}, *children)


def _span(looks: str, *children: Any, **known: Any) -> Markup:
    return element("span", {"class": looks, **{name.replace("_", "-"): one for name, one in known.items()}}, *children)


def _list(looks: str, one: Callable[[Mapping[str, Any]], Markup]) -> Callable[[Content], Markup]:
    return lambda content: _div(looks, [one(item) for item in content])


def _card(card: Mapping[str, Any]) -> Markup:
    arrow = ARROWS.get(card["arrow"], "arrow-right")
    return _div(
        "kpi card",
        element("h3", {"class": TITLE}, card["title"]),
        _span("state ms-auto", _state_of(card)),
        _div(
            "value fs-1 fw-bold lh-sm text-nowrap", card["value"],
            element("small", {"class": UNIT}, card["unit"]) if card["unit"] else None,
            title=None if card["exact"] is None else str(card["exact"]),
        ),
        spark(card["spark"], card.get("fired") or ()),
        _div(
            "line d-flex align-items-center gap-2 small text-nowrap text-body-secondary",
            _span(
                card["mood"], icon(arrow), f" {card['delta']}",
                _span("visually-hidden", f" {card['mood']} than one hour ago"),
                title=f"one hour ago: {card['was']}",
            ),
            _span("", "vs 1 h ago", aria_hidden="true"),
            _span("text-truncate", card["target"], title=card["target"]),
        ),
        role="group", id=f"kpi-{card['id']}", data_status=card["status"], title=card["reason"],
        aria_label=card["title"],
    )  # fmt: skip


def _state_of(card: Mapping[str, Any]) -> Markup:
    """How a figure stands; where an alert fires about it, the way to the incident."""
    if not card["incident"]:
        return look(card["status"], card["word"])
    known = {"href": incident(card["incident"]), "title": "Open the incident"}
    return element("a", known, look("alert", card["word"] if card["status"] == "alert" else "Alert firing"))


def _fact(fact: Mapping[str, Any]) -> Markup:
    sub = fact["sub"] or "\u00a0"
    says = (
        _div("small", fact["label"]),
        _div("fs-3 fw-bold lh-sm", fact["value"]),
        _div("small text-body-secondary text-truncate", sub, title=fact["sub"]),
    )
    return _div("fact", *says, data_level=fact["level"])


def _matrix(found: Mapping[str, Any]) -> Markup:
    def head(text: Any, top: bool = False) -> Markup:
        return _span("top" if top else "", text, role="columnheader" if top else "rowheader")

    def line(*cells: Markup) -> Markup:
        return element("div", {"role": "row", "style": "display:contents"}, *cells)

    lines = [
        line(
            head(name),
            *[
                _div(f"{CELL} {role}", found[key], element("small", {}, words), title=title, role="cell")
                for role, key, words, title in cells
            ],
        )
        for name, *cells in _MATRIX
    ]
    corner = _span("", _span("visually-hidden", "what it was"), role="columnheader")
    top = line(corner, head("predicted fraud", True), head("predicted legit", True))
    return _div("matrix", top, *lines, role="table", aria_label="Confusion matrix of 24 hours")


def _meter(meter: Mapping[str, Any]) -> Markup:
    percent = max(0.0, min(100.0, meter["percent"] or 0.0))
    words = (
        element("b", {"class": "text-nowrap"}, meter["label"]),
        _span("x small text-body-secondary text-truncate", meter["text"], title=meter["text"]),
        _span("n ms-auto fw-semibold text-nowrap", meter["value"]),
    )
    track = _div(
        "track progress mt-1", element("i", {"class": "progress-bar", "style": f"width:{percent:.4g}%"}), role="meter",
        aria_valuemin="0", aria_valuemax="100", aria_label=meter["label"], aria_valuenow=f"{percent:.1f}",
    )  # fmt: skip
    return _div("meter", _div("d-flex align-items-baseline gap-2", *words), track, data_level=meter["level"])


def _note(note: Mapping[str, Any]) -> Markup:
    picture = icon("x-octagon-fill" if note["level"] == "alert" else "exclamation-triangle-fill")
    more = f". {note['text']}" if note["text"] else ""
    looks = f"alert p-2 small d-flex gap-2 alert-{'danger' if note['level'] == 'alert' else 'warning'}"
    return _div(looks, picture, element("p", {"class": "m-0"}, element("b", {}, note["title"]), more))


def _tile(tile: Mapping[str, Any]) -> Markup:
    checked: list[Any] = ["checked ", element("b", {}, near_time(tile["at"]) if tile["at"] else "–")]
    if tile["at"]:
        at = int(moment(tile["at"]).timestamp() * 1000)
        checked += [", ", element("time", {"class": "age", "data-ago": at})]
    return _div(
        "tile lead border rounded p-2",
        _div(
            "d-flex justify-content-between gap-2 fw-semibold",
            _span("text-truncate", tile["title"], title=tile["title"]), look(tile["status"]),
        ),
        _div(
            "d-flex flex-wrap column-gap-3 small text-body-secondary",
            _span("", element("b", {}, tile["uptime"]), " uptime"), _span("", element("b", {}, tile["latency"])),
            _span("", checked),
        ),
        role="group", data_status=tile["status"], title=tile["detail"], aria_label=tile["title"],
    )  # fmt: skip


KINDS: dict[str, Callable[[Content], Markup]] = {
    "cards": _list("kpis grid cols-1 cols-md-2 cols-xl-4", _card),
    "chips": lambda chips: Markup("").join(look(one["decision"], f"{one['label']} {one['n']:,}") for one in chips),
    "facts": _list("facts grid cols-3", _fact),
    "matrix": _matrix,
    "meters": _list("meters d-grid gap-3", _meter),
    "notes": _list("notes d-grid gap-2", _note),
    "tiles": _list("tiles grid cols-1 cols-md-3", _tile),
    "strip": strip,
}
