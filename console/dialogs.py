"""The dialogs of the shell as HTML: a question, a passkey, a range, the keys; a second factor and a secret, which an
answer brings along; and what stands where something else cannot be shown.

They are native: Escape, the cursor that stays inside and comes back, and what lies behind are the browser's.
`assets/js/shell/dialogs.js` opens one and puts texts in its places (`data-text`).
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import html
from markupsafe import Markup

from console.addresses import PREFIX
from console.as_html import element
from console.attributes import attributes
from console.looks import SAYS, icon

KEYS = (
    ("?", "show keyboard shortcuts"), ("/", "search"), ("m", "switch light/dark mode"),
    ("↑ ↓ Home End", "move in a table"),
    ("Enter", "open the row"), ("c", "copy the row’s id"), ("Escape", "close"),
    ("space", "pause or resume (live page)"), ("1 2 3 4 5", "time range, in the order of the bar"),
    ("r", "custom time range"), ("j k", "next, back (list of transactions)"),
    ("f l u", "fraud, legit, unsure (transaction)"), ("c", "comment (transaction)"),
    ("z", "undo the last label (transaction)"),
)  # fmt: skip


def dialogs() -> Markup:
    """All that the shell has from the start, closed."""
    return Markup("").join((_ask(), _passkey(), _span(), keys(), notices(), *_instead()))


def keys() -> Markup:
    """The list of keys; those of pages are added when it opens."""
    listed = [part for key, words in KEYS for part in (html.Dt(html.Kbd(key)), html.Dd(words))]
    return _dialog(
        "keys",
        "Keyboard shortcuts",
        html.Dl(listed, className="pairs mb-0"),
        html.Dl(id="keys-of-pages", className="pairs"),
        _buttons(_cancel("Close")),
    )


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


def factor(detail: str, wrong: bool = False, passkey: str = "", again: str = "") -> Markup:
    """What asks for a second factor: a code, a passkey by its options, or the address where one logs in again."""
    says = _place("detail", "wrong" if wrong else "", role="alert")
    says.children = detail
    if again:
        parts: list[Any] = [_buttons(element("a", {"class": "btn btn-sm btn-primary", "href": again}, "Log in again"))]
    else:
        code = _typed(
            "factor-code", "Code from your authenticator app", name="code", inputmode="numeric", autofocus=True,
            autocomplete="one-time-code", maxlength=24,
        )  # fmt: skip
        recovery = _typed("factor-recovery", "Recovery code", name="recovery", autocomplete="off", maxlength=24)
        more = html.Details([html.Summary("Use a recovery code instead"), recovery], className="mt-2")
        key = element(
            "button", {"type": "button", "class": "btn btn-sm btn-secondary", "data-passkey": passkey, "hidden": True},
            "Use a passkey",
        )  # fmt: skip
        parts = [code, more, _buttons(key, _cancel(), _yes("Confirm"))]
    return _dialog("factor", "Confirm your identity", says, _form(*parts))


def secret(title: str, text: str, note: str, file: str = "") -> Markup:
    """What is shown once: to be copied, and where it has a name for a file, downloaded or printed."""
    whole = "data:text/plain;charset=utf-8," + quote(f"{title}\n\n{text}\n", safe="")
    look = {"class": "btn btn-sm btn-secondary"}
    files = [_button("Print", "data-print"), element("a", {**look, "href": whole, "download": file}, "Download")]
    copy = element("button", {"type": "button", "class": "btn btn-sm btn-primary", "data-copy-text": text}, "Copy")
    shown = html.P(text, id="link", className=f"mono secret mt-2{' many' if file else ''}")
    return _dialog("secret", title, html.P(note), shown, _buttons(_cancel("Close"), *(files if file else []), copy))


def _passkey() -> Markup:
    name = _typed("passkey-name", "Name", name="name", maxlength=60, value="This device")
    buttons = _buttons(_cancel(), _yes("Create passkey"))
    title = "On this device or a security key"
    return _dialog("passkey", title, _form(name, _place("wrong", "wrong", role="alert"), buttons))


def _span() -> Markup:
    fields = [
        _typed(f"span-{name}", label, name=name, type="datetime-local", step="1", required=True)
        for name, label in (("from", "From"), ("to", "To"))
    ]
    wrong = _place("wrong", "wrong", role="alert")
    return _dialog("span-dialog", "Custom range (UTC)", _form(*fields, wrong, _buttons(_cancel(), _yes("Show"))))


def notices() -> Markup:
    """What `assets/js/base/session.js` shows when the session is over, or is somebody else's."""
    again = element("a", {"class": "btn btn-primary main", "href": ""}, "Log in again")
    door = f"{PREFIX}login?next={quote(PREFIX, safe='')}"
    tab = element("a", {"class": "btn btn-secondary", "href": door, "target": "_blank"}, "In a new tab")
    kept = ["Your input is kept. The page shows the state at ", _part("now"), " UTC."]
    other = element("a", {"class": "btn btn-primary main", "href": ""}, "Continue as ", _part("name"))
    nothing = [_part("me"), " opened this page. Nothing was sent."]
    return _notice("logged-out", "lock", "You are logged out", kept, again, tab) + _notice(
        "other-user", "person", [_part("name"), " is logged in now"], nothing, other
    )


def _notice(name: str, picture: str, title: Any, words: Any, *links: Markup) -> Markup:
    looks = "notice card d-flex flex-md-row align-items-center gap-3 p-3"
    known = {"id": "session-notice", "class": looks, "aria-labelledby": "session-title"}
    heading = element("b", {"class": "d-block fs-5", "id": "session-title"}, title)
    said = element(
        "div", {"class": "flex-fill", "role": "alert"}, heading, element("span", {"class": "text-break"}, words)
    )
    buttons = element("div", {"class": "d-flex flex-shrink-0 gap-2"}, *links)
    return _template(name, element("section", known, icon(picture), said, buttons))


def _instead() -> Iterator[Markup]:
    """What stands where there is nothing yet, or nothing that can be shown."""
    detail = _part("detail")
    broken = element(
        "div", {"class": SAYS}, icon("exclamation-triangle-fill"), element("b", {"data-text": "title"}), detail
    )
    yield _template("says-broken", element("div", {"class": "broken"}, broken))
    yield _template("says-empty", element("div", {"class": SAYS}, icon("bar-chart-line"), detail))
    away = [_part("away"), " does not respond. This page shows the last known data and retries automatically."]
    known = {"id": "away", "class": "alert alert-warning", "role": "status"}
    yield _template("away-says", element("p", known, away))
    yield _one("one-loading", element("p", {"class": "text-body-secondary"}, "Loading…"))
    failed = "The console did not respond. Select the transaction again to retry."
    yield _one("one-failed", element("p", {"class": "alert alert-danger", "role": "alert"}, failed))


def _one(name: str, says: Markup) -> Markup:
    """Instead of an opened transaction."""
    looks = "btn btn-sm btn-outline-secondary close"
    shut = {"class": looks, "type": "button", "data-close": "", "title": "Close (Escape)", "aria-label": "Close"}
    head = element(
        "header", {"class": "one-head position-sticky top-0 z-2 d-flex align-items-center gap-2 py-2"},
        element("h2", {"class": "flex-fill"}, "Transaction"), element("button", shut, icon("x-lg")),
    )  # fmt: skip
    return _template(name, element("article", {"class": "one"}, head, says))


def _template(name: str, inside: Markup) -> Markup:
    return element("template", {"id": name}, inside)


def _part(name: str) -> Markup:
    return element("span", {"data-text": name})
