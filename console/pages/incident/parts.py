"""The panels of an incident's page beside its head: timeline, actions, messages, and what has to do with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from dash import html

from console import format, forms, incident_parts, markup
from console.audit_diff import difference
from console.pages import alert_view
from console.pages.incident.reading import Shown
from console.pages.status_style import EVENTS, length, look
from console.panel_layout import icon
from core.alerting.judgement import JUDGEMENTS, MEANING

FRAMED = ("image/", "text/")
COLOURS = {
    **dict.fromkeys(("opened", "fired", "escalated"), "text-danger-emphasis"), "resolved": "text-success-emphasis",
    "acknowledged": "text-warning-emphasis", "action": "text-primary-emphasis",
}  # fmt: skip


def timeline(found: Shown, now: datetime) -> html.Section:
    """What happened, newest first."""
    lines = [_event(event, now) for event in found.events] or [
        html.Li("No events yet.", className="text-body-secondary")
    ]
    return markup.sheet(
        "timeline",
        "Timeline",
        html.Ol(lines, className="lines", id="events"),
        note="newest first",
        plain=True,
    )


def _event(event: dict[str, Any], now: datetime) -> html.Li:
    kind = event["kind"]
    told = html.Small([markup.moment(event["at"], now), f" · {event['actor']} · {kind.replace('_', ' ')}"])
    inside = [
        icon(EVENTS.get(kind, "info-circle-fill"), f"mt-1 {COLOURS.get(kind, 'text-body-secondary')}"),
        html.Div([html.P(event["text"]), told]),
    ]
    return html.Li(inside, className="d-flex gap-3", id=f"event-{event['id']}")


def actions(found: Shown, here: str, now: datetime, operates: bool) -> html.Section:
    """What the system did, or offers."""
    lines = [_run(found, run, here, now, operates) for run in found.runs]
    none = [html.Li("No actions for this incident.", className="text-body-secondary")]
    listed = html.Ul(lines or none, className="lines", id="runs")
    return markup.sheet("actions", "Actions", listed, note="applied or suggested", plain=True)


def _run(found: Shown, run: dict[str, Any], here: str, now: datetime, operates: bool) -> html.Li:
    changed = run["before"] or run["after"]
    parts = [
        html.Div(
            [html.B(run["action"]), markup.chip(*look(run["state"]))],
            className="d-flex justify-content-between align-items-center gap-2",
        ),
        *([html.P(run["message"])] if run["message"] else []),
        html.P(_times(run, now), className="text-body-secondary small"),
        *(
            [html.P(difference(run["before"], run["after"]), className="mono small text-body-secondary")]
            if changed
            else []
        ),
        *[_artefact(run, file, number, here) for number, file in enumerate(run["artefacts"], 1)],
    ]
    buttons = _decisions(found, run, f"{here}/actions/{run['id']}") if operates else []
    if buttons:
        parts.append(html.Div(buttons, className="buttons"))
    return html.Li(parts, id=f"run-{run['id']}")


def _times(run: dict[str, Any], now: datetime) -> list[Any]:
    told = [f"{run['mode']} · requested ", markup.moment(run["requested_at"], now)]
    if run["applied_at"]:
        told += [" · applied ", markup.moment(run["applied_at"], now)]
    if run["state"] == "applied" and run["revert_at"]:
        told += [" · reverts in ", markup.left(run["revert_at"])]
    if run["reverted_at"]:
        by = f" by {run['reverted_by']}" if run["reverted_by"] else ""
        told += [" · reverted ", markup.moment(run["reverted_at"], now), by]
    return told


def _artefact(run: dict[str, Any], file: dict[str, Any], number: int, here: str) -> html.Details:
    source = f"{here}/artefacts/{run['id']}/{quote(file['name'], safe='')}"
    head = html.Summary([icon("bar-chart-line"), f" {file['name']} ", html.Small(format.size(file["size"]))])
    title = f"{file['name']} of {run['action']}"
    frame = html.Iframe(src=source, sandbox="", title=title, height=340, className="w-100 bg-white rounded")
    shown = [frame] if file["content_type"].startswith(FRAMED) else []
    saved = html.P(html.A("Download", href=source, download=file["name"], className="link"))
    return html.Details(
        [head, *shown, saved], className="border rounded px-3 mt-2", id=f"artefact-{run['id']}-{number}"
    )


def _decisions(found: Shown, run: dict[str, Any], root: str) -> list[Any]:
    name, buttons = run["action"], []
    if run["state"] in ("suggested", "refused", "failed") and not found.is_over:
        told = (
            f"This applies {name} within its limits. If it can be reverted, that happens after its time limit or when "
            "the incident ends."
        )
        buttons.append(forms.press("Approve", f"{root}/approve", told, "primary"))
    if run["state"] in ("suggested", "due"):
        buttons.append(forms.press("Refuse", f"{root}/refuse", f"{name} will not run for this incident."))
    if run["state"] == "applied" and run["revert_at"]:
        buttons.append(forms.press("Revert", f"{root}/revert", f"This undoes what {name} changed."))
    return buttons


def messages(found: Shown, now: datetime) -> html.Section:
    """Who was told, and what they answered."""
    why = " because the alert is silenced" if found.mute else ""
    lines = [_message(one, now) for one in found.deliveries] or [
        html.Li(f"No notifications were sent{why}.", className="text-body-secondary")
    ]
    listed = html.Ul(lines, className="lines", id="messages")
    return markup.sheet("deliveries", "Messages", listed, note="notifications and receipts", plain=True)


def _message(one: dict[str, Any], now: datetime) -> html.Li:
    role, picture, word = look(one["state"])
    head = [html.B(one["channel"]), markup.chip(role, picture, "Waiting" if one["state"] == "pending" else word)]
    instead = " · sent as a fallback" if one["fallback_of"] else ""
    told = [f"{one['event']} · ", markup.moment(one["finished_at"] or one["created_at"], now), instead]
    outcome = html.P(alert_view.outcome(one), className="text-body-secondary small")
    return html.Li(
        [html.Div(head, className="d-flex justify-content-between align-items-center gap-2"), html.P(told), outcome],
        id=f"message-{one['id']}",
    )


def judgement(found: Shown, here: str) -> html.Section | None:
    """Was it right to tell people? One click; the last word counts. None for one that nobody was told of."""
    if found.one.notified_at is None:
        return None
    said = found.judged
    tones = {word: "primary" if said and said.judgement == word else "secondary" for word in JUDGEMENTS}
    buttons = [
        forms.press(word.capitalize(), f"{here}/judge/{word}", tone=tone, name=f"judge-{word}")
        for word, tone in tones.items()
    ]
    meaning = [html.Li([html.B(word.capitalize()), f": {words}"]) for word, words in MEANING.items()]
    by = f"{said.judgement.capitalize()}, said by {said.judged_by}. The last word counts." if said else ""
    told = [html.P(by, className="text-body-secondary small mb-2", id="judged")] if by else []
    body = [*told, html.Div(buttons, className="buttons"), html.Ul(meaning, className="small text-body-secondary mt-2")]
    return markup.sheet("judge", "Was it right to notify?", *body)


def related(found: Shown, prefix: str, now: datetime) -> html.Section:
    """What has to do with it: its times, other incidents, security events."""
    one, counts = found.one, found.counts
    history = f"{prefix}alerts?tab=history&rule={quote(one.rule, safe='')}"
    together = counts["together_count"] - len(found.together)
    more = markup.link(f"and {together} more in History", history)
    following = counts["following_count"] - len(found.following)
    follows = "Their notifications are suppressed while this incident lasts."
    begun = [
        [markup.moment(other.opened_at, now), *incident_parts.named(prefix, other), _lasted(other, now)]
        for other in found.earlier
    ]
    events = [
        [markup.chip(*look(event["severity"])), html.Span(event["text"]), markup.moment(event["timestamp"], now)]
        for event in found.security
    ]
    return markup.sheet(
        "related",
        "Related",
        _facts(found, now),
        *_others("following", f"Caused by this ({counts['following_count']})", _named(prefix, found.following, now),
                 [f"and {following} more"] if following > 0 else [], follows),
        *_others("together", f"Notified together ({counts['together_count'] + 1})", _named(prefix, found.together, now),
                 [more] if together > 0 else []),
        *_others("correlated", "Related incidents", _named(prefix, found.related, now)),
        *_others("security-events", "Security events", events),
        *_others("earlier", "Earlier incidents of this rule", begun),
    )  # fmt: skip


def _lasted(other: Any, now: datetime) -> html.Small:
    return html.Small(length(other.opened_at, other.resolved_at or now))


def _named(prefix: str, found: Sequence[Any], now: datetime) -> list[list[Any]]:
    return [
        [markup.chip(*look(other.status)), *incident_parts.named(prefix, other), markup.moment(other.opened_at, now)]
        for other in found
    ]


def _others(name: str, title: str, lines: Sequence[Any], more: Sequence[Any] = (), note: str = "") -> list[Any]:
    if not lines:
        return []
    noted = [html.P(note, className="text-body-secondary small")] if note else []
    listed = html.Ul(
        [html.Li(line, className="d-flex flex-wrap gap-2") for line in [*lines, *more]],
        className="lines",
        id=f"{name}-list",
    )
    return [html.H3(title, className="mt-3 mb-2", id=name), *noted, listed]


def _facts(found: Shown, now: datetime) -> html.Dl:
    one = found.one
    taken = (
        [markup.moment(one.acknowledged_at, now), f" · {one.acknowledged_by}"] if one.acknowledged_at else format.NONE
    )
    ended = {"Resolved": [markup.moment(one.resolved_at, now), f" · {one.resolved_by}"]} if one.resolved_at else {}
    return markup.pairs(
        {
            "Correlation id": html.Span(one.correlation_id, className="mono"),
            "Began": markup.moment(one.began_at, now),
            "Opened": markup.moment(one.opened_at, now),
            "Notified": markup.moment(one.notified_at, now),
            "Acknowledged": taken,
            **ended,
            **_receivers(found.links),
            "Assigned to": one.assignee or "nobody",
        }
    )


def _receivers(links: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """What each receiver calls the incident; one may have several names for it."""
    known: dict[str, list[Any]] = {}
    for link in links:
        known.setdefault(f"In {link['source']}", []).append(html.Div(_outside(link)))
    return known


def _outside(link: dict[str, Any]) -> Any:
    """What a receiver calls the incident: a link where its address is one of the web."""
    words = html.Span(link["external_id"], className="mono")
    if not link["url"].startswith(("https://", "http://")):
        return words
    return html.A(words, href=link["url"], rel="noreferrer noopener", className="link")
