"""The strip on top as HTML: what fires, worst first, in one line with the number of the rest, and the list behind it.

What is no incident can be hidden in one browser until it changes (`assets/js/parts/strip.js`); `data-mark` names it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from console.addresses import PREFIX, incident
from console.as_html import element
from console.cells import near_time
from console.looks import NOTE, icon, look

LINE = "d-flex flex-wrap flex-md-nowrap align-items-center gap-2 ps-3 pe-2 py-1"
ROW = "d-flex align-items-center gap-2 ps-3 pe-2 py-1 border-top"
COUNTS = "small text-body-secondary text-nowrap text-decoration-none"
CALM = "card text-body-secondary"
NAMED = 3  # in the line
TEXT = "strip-text flex-fill text-truncate"
TOOL = "btn btn-sm btn-secondary"
OPEN = "strip-open"  # whether the list shows
BRIEF = 26  # characters of a name in the line
Item = Mapping[str, Any]


def strip(content: Mapping[str, Any]) -> Markup:
    """The strip of the problems `items`; `more` counts those that are not listed, `counts` the rules by phase."""
    items, more = content["items"], content["more"]
    loud = [item for item in items if not _held(item)]
    number = len(loud) + more["unhandled"]
    trouble = "danger" if loud and loud[0]["severity"] in ("critical", "high") else "warning"
    state = f"alert p-0 alert-{trouble}" if loud else CALM
    line = [
        look(loud[0]["severity"]) if loud else icon("check-circle-fill"),
        _text(loud, number) if loud else element("span", {"class": TEXT}, _calm(items, more, content["counts"])),
        _counts(content["counts"]),
        *_tools(items, loud, more),
    ]
    listed = [_row(item) for item in items]
    if more["all"]:
        words = f"and {more['all']:,} more on the Alerts page"
        listed.append(
            element("li", {"class": "px-3 py-2 border-top"}, element("a", {"href": f"{PREFIX}alerts"}, words))
        )
    known = {"class": f"strip {state}", "data-more": more["unhandled"]}
    return element(
        "div", known, element("span", {"class": "visually-hidden", "role": "status"}, _announced(loud, number)),
        element("div", {"class": LINE}, line), element("ul", {"class": "strip-list p-0 m-0"}, *listed),
    )  # fmt: skip


def _announced(loud: Sequence[Item], number: int) -> str:
    """What readers of screens hear when the list changes: a few names and a number, no figures that always move."""
    names = ", ".join(one["title"] for one in loud[:NAMED])
    rest = f" and {number - NAMED:,} more" if number > NAMED else ""
    return f"Needs attention: {names}{rest}" if loud else ""


def _held(item: Item) -> str:
    """Who has a problem in hand or silenced it."""
    if item["silenced_by"]:
        return f"silenced by {item['silenced_by']}"
    return f"acknowledged by {item['acknowledged_by']}" if item["acknowledged_by"] else ""


def _text(loud: Sequence[Item], number: int) -> Markup:
    first = loud[0]
    said: list[Any] = [element("b", {}, first["title"]), " ", first["detail"], _since(first)]
    if number > 1:
        names = [one["title"] if len(one["title"]) <= BRIEF else f"{one['title'][:BRIEF]}…" for one in loud[:NAMED]]
        rest = f" and {number - NAMED:,} more" if number > NAMED else ""
        said = [element("b", {}, f"{number:,} need attention"), " ", " · ".join(names), rest]
    title = "\n".join(f"{one['title']}: {one['detail']}" for one in loud[:10])
    return element("span", {"class": TEXT, "title": title}, said)


def _calm(items: Sequence[Item], more: Mapping[str, int], counts: Mapping[str, int]) -> str:
    if items:
        return f"Nothing new: {len(items) + more['all']:,} acknowledged, silenced or hidden"
    return f"No alerts firing; {counts['pending']} pending" if counts["pending"] else "Nothing needs attention"


def _counts(counts: Mapping[str, int]) -> Markup:
    words = f"{counts['firing']} firing · {counts['pending']} pending · {counts['inactive']} OK"
    return element("a", {"class": COUNTS, "href": f"{PREFIX}alerts"}, words)


def _tools(items: Sequence[Item], loud: Sequence[Item], more: Mapping[str, int]) -> list[Markup]:
    tools = []
    if len(items) > 1 or (items and not loud):
        tools.append(element("input", {"type": "checkbox", "class": "btn-check", "id": OPEN, "autocomplete": "off"}))
        tools.append(element("label", {"class": TOOL, "for": OPEN}, "Details"))
    elif loud:
        tools.append(_where(loud[0]))
    people = [item for item in loud if item["incident"]]
    if people:
        tools.append(_acknowledge(people, more["unhandled"]))
    if len(people) < len(loud):
        title = "Hides it in this browser until it changes"
        tools.append(_tool("Hide", **{"data-hide": "", "title": title}))
    return tools


def _acknowledge(people: Sequence[Item], unhandled: int) -> Markup:
    """One press for everything listed; more than one only after a question."""
    number = len(people)
    left = f" {unhandled:,} more firing alerts are not listed here and stay unchanged." if unhandled else ""
    ask = f"Acknowledge these {number} incidents? This stops their escalation.{left}" if number > 1 else ""
    known = {
        "data-act": " ".join(f"{incident(item['incident'])}/acknowledge" for item in people),
        "data-ask": ask or None,
        "data-operates": "",
        "title": "Stops escalation; everyone sees that you acknowledged it",
    }
    return _tool(f"Acknowledge {number}" if number > 1 else "Acknowledge", **known)


def _tool(words: str, **known: Any) -> Markup:
    return element("button", {"class": TOOL, "type": "button", **known}, words)


def _where(item: Item) -> Markup:
    if item["incident"]:
        return element("a", {"class": TOOL, "href": incident(item["incident"])}, "Open")
    return _tool("Show", **{"data-to": item["target"]})


def _since(item: Item) -> Any:
    return element("span", {"class": NOTE}, " since ", near_time(item["since"])) if item["since"] else None


def _row(item: Item) -> Markup:
    held = _held(item)
    state = "silenced" if item["silenced_by"] else "acknowledged" if held else item["severity"]
    text = [element("b", {}, item["title"]), " ", item["detail"], _since(item)]
    if held:
        text.append(element("span", {"class": NOTE}, f" · {held}"))
    elif item["incident"]:
        text.append(element("span", {"class": NOTE, "data-mine": "", "hidden": True}, " · acknowledged by you"))
    known = {
        "class": ROW,
        "data-mark": f"{item['id']}|{item['severity']}",
        "data-id": item["id"],
        "data-loud": None if held else item["title"],
        "data-incident": f"{incident(item['incident'])}/acknowledge" if item["incident"] else None,
    }
    return element(
        "li", known, look(state), element("span", {"class": "strip-text flex-fill text-break"}, text), _where(item)
    )
