"""Forms of pages: fields, their labels and the place for what is wrong with them; `shell/actions.js` sends them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html

from console.actions import Action
from console.as_html import element
from console.attributes import attributes
from console.format import size
from console.panel_layout import icon


def form(
    prefix: str,
    action: Action,
    fields: Sequence[Any],
    submit: Any,
    path: str = "",
    ask: str = "",
    before: Sequence[Any] = (),
    tone: str = "primary",
) -> dbc.Form:
    """A form that an action takes. Nothing typed is lost: only a success empties it.

    `path` is the action's address where that holds names; `ask` says what will happen and is shown first; further
    buttons stand `before` the one that submits.
    """
    button = dbc.Button(submit, id=f"submit-{action.name}", type="submit", color=tone)
    asks = attributes({"data-ask": ask} if ask else {})
    return dbc.Form(
        id=f"form-{action.name}",
        class_name="action-form",
        action=prefix + (path or action.path),
        method="post",
        prevent_default_on_submit=True,
        children=[*fields, html.Div([*before, html.Span(button, **asks)], className="buttons")],
    )


def press(
    label: str, address: str, ask: str = "", tone: str = "secondary", picture: str = "", name: str = ""
) -> html.Button:
    """A button that makes a change; `ask` says what will happen and is shown first."""
    known = {"data-act": address, "data-tone": tone, **({"data-ask": ask} if ask else {})}
    return html.Button(
        [icon(picture), label] if picture else label,
        type="button",
        className=f"btn btn-sm btn-{tone}",
        **attributes({"id": name} if name else {}),
        **attributes(known),
    )


def text(name: str, label: str, value: str = "", hint: str = "", **more: Any) -> html.Div:
    """A line of text; `more` are properties of dbc.Input."""
    known = {"id": f"f-{name}", "autocomplete": "off", **more}
    return _field(name, label, dbc.Input(name=name, value=value, **known), hint)


def area(name: str, label: str, value: str = "", **more: Any) -> html.Div:
    """Some lines of text; `more` are properties of dbc.Textarea."""
    return _field(name, label, dbc.Textarea(id=f"f-{name}", name=name, value=value, **more))


def choice(name: str, label: str, options: Mapping[str, str], value: str) -> html.Div:
    """One of a list."""
    listed = [{"value": key, "label": words} for key, words in options.items()]
    shown = options.get("")  # what stands for nothing chosen
    return _field(name, label, dbc.Select(id=f"f-{name}", name=name, options=listed, value=value, placeholder=shown))


def checks(name: str, label: str, options: Mapping[str, str], ticked: Sequence[str] = ()) -> html.Div:
    """Any of a few, each with what it means."""
    boxes = [
        dbc.Checkbox(id=f"f-{name}-{key}", name=name, label=f"{key}: {words}", value=key in ticked)
        for key, words in options.items()
    ]
    return html.Div(
        className="field mb-3",
        id=f"f-{name}",
        role="group",
        **attributes({"aria-labelledby": f"l-{name}"}),
        children=[html.Span(label, id=f"l-{name}", className="form-label"), *boxes, wrong(name)],
    )


def tick(name: str, label: str, ticked: bool = False) -> html.Div:
    """Yes or no; the action gets `on` or nothing."""
    box = dbc.Checkbox(id=f"f-{name}-on", name=name, label=label, value=ticked)
    return html.Div([box, wrong(name)], className="field mb-3")


def upload(name: str, label: str, accept: str, largest: int, hint: str = "") -> html.Div:
    """A file: chosen or dropped, refused where it is too large, sent with a bar that moves (`parts/files.js`).

    The action gets it as `form.file(name)`. Dash has no field for files that are sent as they are.
    """
    field = {
        "type": "file", "id": f"f-{name}", "name": name, "accept": accept, "class": "form-control",
        "aria-describedby": f"w-{name}", "data-most": largest, "data-words": size(largest),
    }  # fmt: skip
    bar = element("progress", {"max": "1", "value": "0", "hidden": True, "aria-label": "Upload progress"})
    return _field(name, label, html.Div([element("input", field), bar], className="file"), hint)


def hidden(name: str, value: str) -> dcc.Input:
    """A value that goes along."""
    return dcc.Input(type="hidden", id=f"f-{name}", name=name, value=value)


def quoted(text: str) -> str:
    """A value of a query, whatever characters it has."""
    return quote(text, safe="")


def _field(name: str, label: str, control: Any, hint: str = "") -> html.Div:
    parts = [dbc.Label(label, html_for=f"f-{name}"), control, wrong(name)]
    return html.Div(className="field mb-3", children=[*parts, dbc.FormText(hint)] if hint else parts)


def wrong(name: str) -> html.P:
    """Where the answer says what is wrong with a field; always there, so that nothing is built when it is needed."""
    return html.P(id=f"w-{name}", className="wrong", role="alert")
