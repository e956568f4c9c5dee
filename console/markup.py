"""Small parts that pages share: headings, sheets, pairs, chips, times, remarks. What Dash has no word for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import html

from console.attributes import attributes
from console.format import NONE
from console.looks import NOTE
from console.panel_layout import icon
from core import clock
from core.untrusted_text import settled

TONES = {"": "success", "warn": "warning", "bad": "danger"}


def page(name: str, title: str, *parts: Any, back: tuple[str, str] | None = None, wide: bool = False) -> html.Div:
    """A page: its heading, perhaps the way `back` (words, address), and its parts, None among them left out."""
    way = [html.P(link(*back), className="mb-2")] if back else []
    return html.Div(
        [html.H1(settled(title), className="page-title"), *way, *[part for part in parts if part is not None]],
        id=f"{name}-page",
        className="wide" if wide else "",
    )


def sheet(
    name: str,
    title: str,
    *body: Any,
    note: str = "",
    tools: Sequence[Any] = (),
    narrow: bool = False,
    plain: bool = False,
    body_class: str = "body card-body",
) -> html.Section:
    """A panel of a page with its heading; `plain`: the body has no margin of its own."""
    head = [
        html.H2(title, id=f"{name}-title"),
        html.Span(note, className=NOTE),
        *tools,
    ]
    return html.Section(
        [
            html.Div(head, className="head card-header", id=f"{name}-head"),
            *(body if plain else [html.Div(list(body), className=body_class, id=f"{name}-body")]),
        ],
        id=name,
        className=f"panel sheet card{' narrow' if narrow else ''}",
        **attributes({"aria-labelledby": f"{name}-title"}),
    )


def link(words: str, address: str, kind: str = "link") -> html.A:
    """A link; texts from outside reorder nothing."""
    return html.A(settled(words), href=address, className=kind)


def way(words: str, address: str, picture: str = "", title: str = "") -> html.A:
    """A link that looks like a button."""
    inside: Any = [icon(picture), words] if picture else words
    return html.A(
        inside, href=address, className="btn btn-sm btn-secondary", **attributes({"title": title} if title else {})
    )


def figures(known: Mapping[str, Any], name: str = "") -> html.Dl:
    """Terms, and what they are in large figures."""
    inside = [
        html.Div([html.Dt(term, className="small"), html.Dd(value, className="fs-2 fw-bold")])
        for term, value in known.items()
    ]
    return html.Dl(inside, className="d-flex flex-wrap column-gap-4 m-0", **attributes({"id": name} if name else {}))


def pairs(known: Mapping[str, Any]) -> html.Dl:
    """Terms and what they are."""
    return html.Dl(
        [part for term, value in known.items() for part in (html.Dt(term), html.Dd(value))], className="pairs"
    )


def chip(role: str, picture: str, words: str, title: str = "") -> html.Span:
    """A state: colour role, icon and word, never colour alone."""
    parts: Any = [icon(picture), settled(words)] if picture else settled(words)
    return html.Span(parts, className=f"chip badge {role}".strip(), **attributes({"title": title} if title else {}))


def said(words: Any, picture: str, tone: str = "", name: str = "", tools: Sequence[Any] = ()) -> html.P:
    """A remark above what it is about."""
    return html.P(
        [icon(picture), html.Span(words, className="flex-fill"), *tools],
        className=f"alert alert-{TONES[tone]} d-flex align-items-center gap-2 mb-3",
        role="status",
        **attributes({"id": name} if name else {}),
    )


def calm(picture: str, words: str, more: str = "") -> html.Div:
    """That there is nothing, and what that means."""
    return html.Div(
        [icon(picture), html.P([html.B(words), *_below(more)])],
        className="calm d-flex align-items-center gap-3 p-4 text-body-secondary",
    )


def _below(more: str) -> list[Any]:
    return [html.Br(), more] if more else []


def minute(value: datetime | float | None) -> str:
    """A time as people read it, UTC; a dash for none."""
    if value is None:
        return NONE
    at = value if isinstance(value, datetime) else clock.to_datetime(value)
    return at.strftime("%Y-%m-%d %H:%M")


def moment(at: datetime | None, now: datetime) -> Any:
    """A moment: the time alone within half a day, else with its day; UTC, all of it on hover."""
    if at is None:
        return NONE
    words = at.strftime("%H:%M:%S" if abs((now - at).total_seconds()) < 43_200 else "%m-%d %H:%M")
    return html.Time(words, dateTime=at.isoformat(), title=f"{at:%Y-%m-%d %H:%M:%S} UTC", className="mono")


def since(at: datetime | None) -> Any:
    """How long ago a moment was; the browser keeps it up to date."""
    return _counted(at, "since")


def left(at: datetime | None) -> Any:
    """How long it is until a moment."""
    return _counted(at, "until")


def _counted(at: datetime | None, kind: str) -> Any:
    if at is None:
        return NONE
    known = {f"data-{kind}": str(int(at.timestamp() * 1000))}
    title = f"{'since' if kind == 'since' else 'at'} {at:%Y-%m-%d %H:%M:%S} UTC"
    return html.Time(f"{at:%H:%M}", dateTime=at.isoformat(), title=title, className="ago", **attributes(known))


def bar(label: str, share: float | None = None, name: str = "") -> html.Progress:
    """How far something is, 0..1; without a share, that it is under way."""
    known = {"max": "1", **({} if share is None else {"value": f"{share:.3f}"}), **({"id": name} if name else {})}
    return html.Progress(className="w-100", **attributes({**known, "aria-label": label}))
