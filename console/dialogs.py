"""The dialogs of the shell as HTML: a question, a second factor, a secret, a passkey, a range, the keys.

They are native: Escape, the cursor that stays inside and comes back, and what lies behind are the browser's.
`assets/js/shell/dialogs.js` opens one and puts texts in its places (`data-text`).
"""

from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from markupsafe import Markup

from console.as_html import element
from console.attributes import attributes

KEYS = (
    ("?", "show keyboard shortcuts"), ("/", "search"), ("m", "switch light/dark mode"),
    ("↑ ↓ Home End", "move in a table"),
    ("Enter", "open the row"), ("c", "copy the row’s id"), ("Escape", "close"),
    ("space", "pause or resume (live page)"), ("1 2 3 4", "range 15 m, 1 h, 6 h, 24 h (live page)"),
    ("r", "custom range (live page)"), ("j k", "next, back (list of transactions)"),
    ("f l u", "fraud, legit, unsure (transaction)"), ("c", "comment (transaction)"),
    ("z", "undo the last label (transaction)"),
)  # fmt: skip


def dialogs() -> Markup:
    """All of them, closed."""
    return Markup("").join((_ask(), _factor(), _secret(), _passkey(), _span(), keys()))


def keys() -> Markup:
    """The list of keys; those of pages are added when it opens."""
    listed = [part for key, words in KEYS for part in (html.Dt(html.Kbd(key)), html.Dd(words))]
    return _dialog("keys", "Keyboard shortcuts", html.Dl(listed, className="pairs"), _buttons(_cancel("Close")))


def _dialog(name: str, title: str, *body: Any) -> Markup:
    heading = html.H2(title, id=f"{name}-title", className="mb-3", **attributes({"data-text": "title"}))
    return element(
        "dialog", {"class": "border rounded p-4", "id": name, "aria-labelledby": f"{name}-title"}, heading, *body
    )


def _buttons(*buttons: Any) -> html.Div:
    return html.Div(list(buttons), className="buttons justify-content-end")


def _button(words: str, does: str, tone: str = "secondary", **more: Any) -> Markup:
    return element("button", {"type": "button", "class": f"btn btn-sm btn-{tone}", does: "", **more}, words)


def _cancel(words: str = "Cancel") -> Markup:
    return _button(words, "data-cancel")


def _place(name: str, looks: str = "", **more: str) -> html.P:
    return html.P(className=looks, **attributes({"data-text": name, **more}))


def _form(*parts: Any) -> Markup:
    """A form that closes its dialog; what was typed is taken from there."""
    return element("form", {"method": "dialog"}, *parts)


def _yes(words: str) -> Markup:
    return element("button", {"class": "btn btn-sm btn-primary", "value": "yes", "data-text": "yes"}, words)


def _typed(place: str, label: str, **more: Any) -> html.Div:
    return html.Div([dbc.Label(label, html_for=place), dbc.Input(id=place, **more)], className="mb-3")


def _ask() -> Markup:
    return _dialog("ask", "", _place("words"), _form(_buttons(_cancel(), _yes(""))))


def _factor() -> Markup:
    code = _typed(
        "factor-code", "Code from your authenticator app", name="code", inputmode="numeric", autofocus=True,
        autocomplete="one-time-code", maxlength=24,
    )  # fmt: skip
    recovery = _typed("factor-recovery", "Recovery code", name="recovery", autocomplete="off", maxlength=24)
    more = html.Details([html.Summary("Use a recovery code instead"), recovery], className="mt-2")
    passkey = _button("Use a passkey", "data-passkey")
    again = element("a", {"class": "btn btn-sm btn-primary", "data-again": ""}, "Log in again")
    typed = element("div", {"data-typed": ""}, code, more, _buttons(passkey, _cancel(), _yes("Confirm")))
    return _dialog("factor", "", _place("detail", role="alert"), _form(typed, _buttons(again)))


def _secret() -> Markup:
    file = {"data-of-file": ""}
    buttons = _buttons(
        _cancel("Close"), _button("Print", "data-print", **file), _button("Download", "data-download", **file),
        _button("Copy", "data-copy-text", "primary"),
    )  # fmt: skip
    secret = html.P(className="mono secret mt-2", **attributes({"data-text": "secret"}))
    return _dialog("secret", "", _place("note"), secret, buttons)


def _passkey() -> Markup:
    name = _typed("passkey-name", "Name", maxlength=60, value="This device")
    buttons = _buttons(_cancel(), _yes("Create passkey"))
    title = "On this device or a security key"
    return _dialog("passkey", title, _form(name, _place("wrong", "wrong", role="alert"), buttons))


def _span() -> Markup:
    fields = [
        _typed(name, label, type="datetime-local", step="1", required=True)
        for name, label in (("span-from", "From"), ("span-to", "To"))
    ]
    wrong = _place("wrong", "wrong", role="alert")
    return _dialog("span-dialog", "Custom range (UTC)", _form(*fields, wrong, _buttons(_cancel(), _yes("Show"))))
