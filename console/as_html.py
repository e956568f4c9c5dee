"""Dash's components as HTML text: what a page's address and an action's answer carry, and the shell puts in place.

Pages are written with Dash and dash-bootstrap-components. Their markup is made here, so that the browser compares HTML
with HTML (`assets/js/shell/morph.js`) and no component of a list costs a selector at every change of the page.
Everything is escaped but `Markup`; texts from outside reorder and hide nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dash.development.base_component import Component
from markupsafe import Markup, escape

from core import codec
from core.untrusted_text import settled

SEEN = ("title", "aria-label", "label", "placeholder", "data-value", "data-order")  # or saved in a file
_CAPITAL = re.compile("[A-Z]")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
_NAMES = {"className": "class", "class_name": "class", "htmlFor": "for", "html_for": "for"}
_OWN = frozenset({"children", "data-document", "prevent_default_on_submit", "n_clicks", "key"})


def as_html(value: Any) -> Markup:
    """A component, a text, or a list of them as HTML; None is nothing."""
    return Markup("".join(_parts(value)))  # nosec B704: every part is escaped, or is Markup made here


def element(tag: str, known: Mapping[str, Any], *children: Any) -> Markup:
    """One element: attributes that are None or False are left out, True has no value."""
    inside = "" if tag in _VOID else f"{''.join(map(as_html, children))}</{tag}>"
    return Markup(f"<{tag}{_attributes(known)}>{inside}")  # nosec B704: attributes and content are escaped


def _parts(value: Any) -> Iterator[str]:
    if value is None or value is False:
        return
    if isinstance(value, Component):
        yield _component(value)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _parts(one)
    else:
        yield value if isinstance(value, Markup) else str(escape(settled(str(value))))


def _component(value: Component) -> str:
    made = value.to_plotly_json()  # type: ignore[no-untyped-call]  # Dash has no type for it
    kind, props = made["type"], made["props"]
    if made["namespace"] == "dash_html_components":
        document = props.get("data-document")  # made whole and escaped on the server, such as a drift report
        whole = Markup(document) if document else None  # nosec B704: a document is escaped where it is made
        return element(kind.lower(), props, whole if document else props.get("children"))
    return _BOOTSTRAP[kind](props)


def _attributes(known: Mapping[str, Any]) -> str:
    return "".join(_attribute(name, value) for name, value in known.items() if name not in _OWN)


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False or (value == "" and name in ("class", *_NAMES)):
        return ""
    if name == "style" and not isinstance(value, str):
        value = ";".join(_style(key, one) for key, one in value.items())
    name = _NAMES.get(name, name.lower())
    return f" {name}" if value is True else f' {name}="{escape(settled(str(value)) if name in SEEN else str(value))}"'


def _style(name: str, value: Any) -> str:
    """A style as Dash writes it: `minHeight` is `min-height`, and a number is of pixels."""
    return f"{_CAPITAL.sub(lambda found: f'-{found[0].lower()}', name)}:{value}{'px' if isinstance(value, int) else ''}"


def _with(props: Mapping[str, Any], looks: str, *without: str) -> dict[str, Any]:
    """The properties as attributes, with Bootstrap's class before one's own."""
    own = props.get("class_name") or ""
    kept = {name: value for name, value in props.items() if name not in {*without, "class_name"}}
    return {"class": f"{looks} {own}".strip(), **kept}


def _button(props: Mapping[str, Any]) -> str:
    size = f" btn-{props['size']}" if props.get("size") else ""
    looks = f"btn btn-{props.get('color') or 'primary'}{size}"
    known = {"type": "button", **_with(props, looks, "color", "size")}
    return element("button", known, props.get("children"))


def _input(props: Mapping[str, Any]) -> str:
    kind = props.get("type") or "text"
    looks = "" if kind in ("hidden", "range") else "form-control"
    wrong = " is-invalid" if props.get("invalid") else ""
    return element("input", {"type": kind, **_with(props, looks + wrong, "type", "invalid")})


def _area(props: Mapping[str, Any]) -> str:
    return element("textarea", _with(props, "form-control", "value"), props.get("value"))


def _select(props: Mapping[str, Any]) -> str:
    chosen = str(props.get("value") or "")
    options = [(str(one["value"]), one["label"]) for one in props["options"]]
    if not chosen and props.get("placeholder") and "" not in dict(options):
        options = [("", props["placeholder"]), *options]
    listed = [element("option", {"value": key, "selected": key == chosen}, words) for key, words in options]
    known = _with(props, "form-select", "options", "value", "placeholder")
    return element("select", known, listed)


def _checkbox(props: Mapping[str, Any]) -> str:
    """A box sends what its id says after its name: `f-scope-read` sends `read` as `scope`."""
    name = props["name"]
    value = props["id"].removeprefix(f"f-{name}").removeprefix("-")
    box = {"type": "checkbox", "class": "form-check-input", "id": props["id"], "name": name, "value": value}
    label = element("label", {"class": "form-check-label", "for": props["id"]}, props.get("label"))
    inside = element("input", {**box, "checked": bool(props.get("value"))})
    return element("div", {"class": f"form-check {props.get('class_name') or ''}".strip()}, inside, label)


def _graph(props: Mapping[str, Any]) -> str:
    """Where a chart is drawn; its figures come as data (`assets/js/parts/chart.js`)."""
    config = codec.encode(props["config"]).decode()
    return element("div", {"class": f"graph {props['className']}", "id": props["id"], "data-config": config})


_BOOTSTRAP: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "Button": _button,
    "Input": _input,
    "Textarea": _area,
    "Select": _select,
    "Checkbox": _checkbox,
    "Form": lambda props: element("form", props, props.get("children")),
    "Graph": _graph,
    "Label": lambda props: element("label", _with(props, "form-label"), props.get("children")),
    "FormText": lambda props: element("small", _with(props, "form-text"), props.get("children")),
}
