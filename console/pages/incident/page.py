"""One incident: how bad, since when, against which limit; its chart, timeline, messages and actions; what people do."""

from typing import Any
from urllib.parse import quote

from dash import html
from flask import Response, abort

from console import forms, incident_parts, markup
from console.attributes import attributes
from console.page import File, Page, PageContext, View
from console.pages import sandbox
from console.pages.incident import brief, changes, parts
from console.pages.incident.reading import Shown, read
from console.pages.status_style import length, look
from console.panel_layout import icon
from console.rule_format import limited, measured
from core import clock
from core.alerting import alert_reads, rule_metadata

EVERY = 5.0


def content(context: PageContext) -> View:
    """Everything about it; what people do there depends on their role."""
    now = clock.now()
    found = read(context.auth, str(context.names["incident_id"]), now)
    one, prefix, at = found.one, context.prefix, clock.to_datetime(now)
    here = prefix + incident_parts.address(one.id)
    series = incident_parts.series_of(one)
    title = one.title + (f" · {series}" if series else "")
    taken = f", {one.acknowledged_by}" if one.acknowledged_by else ""
    page = markup.page(
        "incident",
        title,
        html.Div(
            f"{one.title}: {look(one.status).word}{taken}", className="visually-hidden", id="said",
            role="status",
        ),
        _lead(found, context, here),
        html.Div(_cause(found, prefix), id="cause"),
        html.Div(brief.brief(found, prefix), id="brief-place"),
        html.Div(_chart(found), id="chart-place"),
        html.Div(
            [
                html.Div(
                    [
                        *([_say(found, context)] if context.can("analyst") else []),
                        parts.timeline(found, at),
                    ],
                    id="left",
                    className="g-col-12 g-col-lg-7",
                ),
                html.Div(
                    [
                        parts.actions(found, here, at, context.can("operator")),
                        parts.messages(found, at),
                        parts.judgement(found, here) if context.can("analyst") else None,
                        parts.related(found, prefix, at),
                    ],
                    id="right",
                    className="g-col-12 g-col-lg-5",
                ),
            ],
            className="grid align-items-start",
        ),
        back=("All alerts", f"{prefix}alerts"),
        wide=True,
    )  # fmt: skip
    return View(page, title=title, every=EVERY)


def _lead(found: Shown, context: PageContext, here: str) -> html.Section:
    one = found.one
    role = "good" if found.is_over else look(one.severity).role
    status, picture, word = look(one.status)
    if one.status == "acknowledged":
        word = f"Acknowledged by {one.acknowledged_by}"
    muted = look("silenced")
    chips = [
        markup.chip(*look(one.severity)),
        markup.chip(status, picture, word),
        *([markup.chip(muted.role, muted.icon, f"Silenced by {found.mute.owner}")] if found.mute else []),
        *([markup.chip("", "", one.kind.replace("_", " "))] if one.kind != "alert" else []),
        html.Span(one.rule, className="badge border fw-normal text-body-secondary mono"),
    ]
    what = [
        html.P(chips, className="d-flex flex-wrap align-items-center gap-2 mb-2"),
        html.P(one.summary, className="fs-5 text-break"),
    ]
    return html.Section(
        [
            html.Div(what, className="flex-fill", id="lead-what"),
            markup.figures(_facts(found), "lead-facts"),
            html.Div(_buttons(found, context, here), className="lead-do d-flex flex-wrap gap-2", id="lead-do"),
        ],
        className=f"panel sheet card lead {role}",
        id="lead",
    )


def _facts(found: Shown) -> dict[str, Any]:
    one, facts = found.one, dict[str, Any]()
    if one.value is not None:
        facts["Now"] = measured(one.value, one.unit, one.details)
    if one.limit_value is not None:
        facts["Limit"] = limited(one.limit_value, one.unit, one.details, _sign(found))
    if one.peak is not None:
        facts["Peak"] = measured(one.peak, one.unit, one.details)
    if one.resolved_at:
        return {**facts, "Duration": length(one.began_at, one.resolved_at)}
    return {**facts, "Since": markup.since(one.began_at)}


def _sign(found: Shown) -> str:
    signs = [sign for sign, value in rule_metadata.limits(found.definition) if value == found.one.limit_value]
    return signs[0] if signs else ""


def _buttons(found: Shown, context: PageContext, here: str) -> list[Any]:
    one, prefix, operates = found.one, context.prefix, context.can("operator")
    buttons: list[Any] = []
    if operates and one.status == "open":
        buttons.append(forms.press("Acknowledge", f"{here}/acknowledge", "", "primary", "person-check", "acknowledge"))
    waiting = found.counts["together_open"]
    if operates and waiting > 1:
        told = f"This acknowledges all {waiting} open incidents of this notification and stops their escalation."
        buttons.append(
            forms.press(f"Acknowledge all {waiting}", f"{here}/acknowledge-all", told, picture="person-check")
        )
    number = one.details.get("exception")
    if isinstance(number, int):  # a rule of kind new-error is about one
        buttons.append(markup.way("Exception", f"{prefix}exceptions/{number}", "bug"))
    runbook = quote(rule_metadata.runbook(found.definition, one.rule), safe="")
    buttons.append(markup.way("Runbook", f"{prefix}alerts/runbooks/{runbook}", "book"))
    if operates and not found.is_over:
        told = (
            "This sends “resolved” to everyone who was notified and reverts the actions. It reopens "
            "if the condition still holds after a while."
        )
        buttons += [
            markup.way("Silence", prefix + incident_parts.silencing(one.rule, one.series), "bell-slash"),
            forms.press("Resolve", f"{here}/resolve", told, picture="check-lg", name="resolve"),
        ]
    return buttons


def _cause(found: Shown, prefix: str) -> list[Any]:
    if found.cause is None:
        return []
    told = found.one.notified_at
    words = f"{'Notifications stopped' if told else 'No notifications were sent'} because it is caused by "
    return [markup.said([words, *incident_parts.named(prefix, found.cause), "."], "bell-slash")]


def _chart(found: Shown) -> list[Any]:
    if not found.chart:
        return []
    known = {"data-figure": found.chart, "aria-label": f"{found.one.title} against its limit over time"}
    box = html.Div(id="chart-figure", className="chart", role="group", style={"height": 300}, **attributes(known))
    note = "amber: pending, red: firing; times are UTC"
    return [markup.sheet("chart", "Measured value", box, note=note, plain=True)]


def _say(found: Shown, context: PageContext) -> html.Section:
    prefix, root = context.prefix, incident_parts.address(found.one.id)
    said = forms.area("text", "Comment", rows=2, maxlength=4000, required=True)
    comment = [icon("chat-left-text"), "Comment"]
    form = forms.form(prefix, changes.comment, [said], comment, f"{root}/comment", tone="secondary")
    parts_: list[Any] = [html.Div(form, className="mb-3")]
    if context.can("operator") and not found.is_over:
        people = {"": "nobody", **{name: name for name in found.people}}
        chosen = forms.choice("assignee", "Assign to", people, found.one.assignee or "")
        assign = [icon("person"), "Assign"]
        parts_.append(forms.form(prefix, changes.assign, [chosen], assign, f"{root}/assign", tone="secondary"))
        if found.escalates:
            names = ", ".join(found.escalates)
            why = forms.text("reason", f"Reason for escalating to {names}", maxlength=500, required=True)
            wakes, escalate = f"This notifies {names}.", [icon("megaphone"), "Escalate"]
            parts_.append(
                forms.form(prefix, changes.escalate, [why], escalate, f"{root}/escalate", wakes, tone="secondary")
            )
    return markup.sheet("say", "Respond", *parts_, body_class="body card-body d-grid gap-3")


def artefact(context: PageContext) -> Response:
    """What an action produced, shut away from our pages."""
    names = {"run_id": context.names["run_id"], "name": context.names["name"]}
    with context.auth.database.transaction() as connection:
        found = alert_reads.of(connection, "artefact", incident_id=str(context.names["incident_id"]), **names)
    if not found:
        abort(404, "This artefact does not exist.")
    return sandbox.contained(bytes(found[0]["body"]), found[0]["content_type"])


PAGE = Page(
    name="incident",
    path=changes.ROOT,
    title="Incident",
    role="viewer",
    content=content,
    actions=changes.EVERY,
    files=(File("artefact", f"{changes.ROOT}/artefacts/<int:run_id>/<path:name>", artefact),),
    under="alerts",
)
