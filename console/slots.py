"""What the browser gets of a panel: the content of each slot as HTML by its kind, charts as figures.

Everybody gets the same: what only some may do is marked (`data-operates`), and the browser of others leaves it out.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from console.addresses import incident
from console.as_html import element
from console.cells import moment, near_time, row
from console.looks import icon, look, says
from console.panel import Panel, Slot
from console.strip import strip

ARROWS = {"up": "arrow-up", "down": "arrow-down", "flat": "arrow-right"}
HEIGHT = 40  # of a sparkline, in its own units; it is 100 wide
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
        return content
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
        "kpi",
        element("h3", {}, card["title"]),
        _span("state", _state_of(card)),
        _div(
            "value", card["value"], element("small", {}, card["unit"]) if card["unit"] else None,
            title=None if card["exact"] is None else str(card["exact"]),
        ),
        _spark(card["spark"], card.get("fired") or ()),
        _div(
            "line",
            _span(
                card["mood"], icon(arrow), f" {card['delta']}", _span("sr", f" {card['mood']} than one hour ago"),
                title=f"one hour ago: {card['was']}",
            ),
            _span("", "vs 1 h ago", aria_hidden="true"),
            _span("target", card["target"], title=card["target"]),
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


def _spark(points: Sequence[float | None], fired: Sequence[Sequence[float]]) -> Markup:
    """A line with the area under it, gaps where nothing is known, and bars where an alert fired."""
    known = {"viewBox": f"0 0 100 {HEIGHT}", "preserveAspectRatio": "none", "aria-hidden": "true"}
    places = [(100 * at / (len(points) - 1), y) for at, y in enumerate(points) if y is not None and len(points) > 1]
    if not places:
        return element("svg", known)
    bars = [
        element(
            "rect", {"x": start, "y": 0, "width": max(1, round(end - start, 1)), "height": HEIGHT, "class": "fired"}
        )
        for start, end in fired
    ]
    starts = {at for at, y in enumerate(points) if y is not None and (at == 0 or points[at - 1] is None)}
    line = "".join(
        f"{'M' if at in starts else 'L'}{100 * at / (len(points) - 1):.1f} {y}"
        for at, y in enumerate(points)
        if y is not None
    )
    area = f"{line}L{places[-1][0]:.1f} {HEIGHT}L{places[0][0]:.1f} {HEIGHT}Z"
    return element("svg", known, *bars, element("path", {"d": area, "class": "area"}), element("path", {"d": line}))


def _fact(fact: Mapping[str, Any]) -> Markup:
    sub = fact["sub"] or "\u00a0"
    says = (_div("k", fact["label"]), _div("v", fact["value"]), _div("s", sub, title=fact["sub"]))
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
                _div(f"cell {role}", found[key], element("small", {}, words), title=title, role="cell")
                for role, key, words, title in cells
            ],
        )
        for name, *cells in _MATRIX
    ]
    corner = _span("", _span("sr", "what it was"), role="columnheader")
    top = line(corner, head("predicted fraud", True), head("predicted legit", True))
    return _div("matrix", top, *lines, role="table", aria_label="Confusion matrix of 24 hours")


def _meter(meter: Mapping[str, Any]) -> Markup:
    percent = max(0.0, min(100.0, meter["percent"] or 0.0))
    words = (element("b", {}, meter["label"]), _span("x", meter["text"], title=meter["text"]))
    track = _div(
        "track", element("i", {"style": f"width:{percent:.4g}%"}), role="meter", aria_valuemin="0",
        aria_valuemax="100", aria_label=meter["label"], aria_valuenow=f"{percent:.1f}",
    )  # fmt: skip
    return _div("meter", _div("t", *words, _span("n", meter["value"])), track, data_level=meter["level"])


def _note(note: Mapping[str, Any]) -> Markup:
    picture = icon("x-octagon-fill" if note["level"] == "alert" else "exclamation-triangle-fill")
    more = f". {note['text']}" if note["text"] else ""
    return _div("nt", picture, element("p", {}, element("b", {}, note["title"]), more), data_level=note["level"])


def _tile(tile: Mapping[str, Any]) -> Markup:
    checked: list[Any] = ["checked ", element("b", {}, near_time(tile["at"]) if tile["at"] else "–")]
    if tile["at"]:
        at = int(moment(tile["at"]).timestamp() * 1000)
        checked += [", ", element("time", {"class": "age", "data-ago": at})]
    return _div(
        "tile",
        _div("n", _span("", tile["title"], title=tile["title"]), look(tile["status"])),
        _div(
            "d", _span("", element("b", {}, tile["uptime"]), " uptime"), _span("", element("b", {}, tile["latency"])),
            _span("", checked),
        ),
        role="group", data_status=tile["status"], title=tile["detail"], aria_label=tile["title"],
    )  # fmt: skip


KINDS: dict[str, Callable[[Content], Markup]] = {
    "cards": _list("kpis", _card),
    "chips": lambda chips: Markup("").join(look(one["decision"], f"{one['label']} {one['n']:,}") for one in chips),
    "facts": _list("facts", _fact),
    "matrix": _matrix,
    "meters": _list("meters", _meter),
    "notes": _list("notes", _note),
    "tiles": _list("tiles", _tile),
    "strip": strip,
}
