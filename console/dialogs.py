"""The dialogs of the shell as HTML: a transaction, a question, a passkey, a range, the keys; a second factor and a
secret, which an answer brings along; and what stands where something else cannot be shown.

They are native: Escape, the cursor that stays inside and comes back, and what lies behind are the browser's.
`assets/js/shell/dialogs.js` opens one and puts texts in its places (`data-text`).
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import html
from markupsafe import Markup

from console.as_html import element
from console.attributes import attributes
from console.looks import SAYS, icon

KEYS = (
    ("?", "show keyboard shortcuts"), ("/", "search"), ("m", "switch light/dark mode"),
    ("↑ ↓ Home End", "move in a table"),
    ("Enter", "open the row"), ("c", "copy the row’s id"), ("Escape", "close"),
    ("space", "pause or resume (live page)"), ("1 2 3 4 5 6", "time range, in the order of the bar"),
    ("r", "custom time range"), ("j k", "next, back (list of transactions)"),
    ("f l u", "fraud, legit, unsure (transaction)"), ("c", "comment (transaction)"),
    ("z", "undo the last label (transaction)"),
)  # fmt: skip


def dialogs() -> Markup:
    """All that the shell has from the start, closed."""
    return Markup("").join((_drawer(), _ask(), _passkey(), _span(), notices(), *_instead()))


def _drawer() -> Markup:
    """Where one transaction is opened over a page that has no place beside it (`assets/js/parts/opened.js`)."""
    known = {
        "id": "drawer", "class": "drawer h-100 mh-100 mw-100 m-0 ms-auto p-0 border-0 border-start", "tabindex": "-1",
        "autofocus": True, "aria-label": "Transaction",
    }  # fmt: skip
    return element(
        "dialog", known, element("div", {"id": "drawer-body", "class": "px-4 pb-4", "style": "min-height:100%"})
    )


def keys(pages: Mapping[str, str]) -> html.Dialog:
    """The list of keys, with those of the pages that somebody may open, by their keys."""
    known = [*KEYS, *((f"g then {key}", f"go to {words}") for key, words in pages.items())]
    listed = [part for key, words in known for part in (html.Dt(html.Kbd(key)), html.Dd(words))]
    shut = html.Button("Close", type="button", className="btn btn-sm btn-secondary", **attributes({"data-cancel": ""}))
    return html.Dialog(
        [
            html.H2("Keyboard shortcuts", id="keys-title", className="mb-3"),
            html.Dl(listed, className="pairs"),
            _buttons(shut),
        ],
        id="keys",
        className="border rounded p-4",
        **attributes({"aria-labelledby": "keys-title"}),
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
            "button", {"type": "button", "class": "btn btn-sm btn-secondary", "data-passkey-get": passkey},
            "Use a passkey",
        )  # fmt: skip
        place = element("div", {"data-passkeys": "", "hidden": True}, key)
        answer = element("input", {"type": "hidden", "name": "passkey"})
        failed = _place("passkey", "wrong", role="alert")
        parts = [code, more, failed, _buttons(*([place, answer] if passkey else []), _cancel(), _yes("Confirm"))]
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
        for name, label in (("from", "From"), ("to", "To (at most 90 days later)"))
    ]
    return _dialog("span-dialog", "Custom range (UTC)", _form(*fields, _buttons(_cancel(), _yes("Show"))))


def notices() -> Markup:
    """What `assets/js/base/session.js` shows when the session is over, or is somebody else's; and a short word."""
    door = {"class": "btn btn-primary main", "href": "", "target": "gatehouse-login"}
    again = element("a", door, "Log in again", icon("arrow-up-right"))
    kept = [
        "Log in in a new tab and come back: your input is kept. The page shows the state at ",
        _part("now"),
        " UTC.",
    ]
    reload = {"class": "btn btn-primary", "type": "button", "data-reload": ""}
    other = element("button", reload, "Continue as ", _part("name"))
    nothing = [_part("me"), " opened this page. Nothing was sent."]
    return (
        _notice("logged-out", "lock", "You are logged out", kept, again)
        + _notice("other-user", "person", [_part("name"), " is logged in now"], nothing, other)
        + _toast()
    )


def _toast() -> Markup:
    shut = element("button", {"type": "button", "class": "btn-close", "aria-label": "Close"})
    head = element("div", {"class": "toast-header"}, element("strong", {"class": "me-auto", "data-text": "head"}), shut)
    said = element("div", {"class": "toast-body"}, _part("text"), " ")
    known = {"id": "toast", "class": "toast show position-fixed bottom-0 end-0 m-3"}
    return _template("toast-says", element("div", known, head, said))


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
