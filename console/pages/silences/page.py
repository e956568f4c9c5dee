"""Silences: made with owner, reason and end, after a look at what they would mute; ended early; past ones listed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from flask import g

from console import forms, markup
from console.actions import Done, Form, Refusal, action
from console.auth.audited import address
from console.auth.context import AuthContext
from console.format import sentence
from console.page import Page, PageContext, Place, View
from console.pages.silences import matching
from console.pages.silences.preview import shown
from console.panel import Column
from console.panel_layout import icon
from console.table import act, table, when
from core import clock
from core.alerting import alert_reads, silence_store
from core.alerting.alert_reads import Rule
from core.alerting.silences import Silence
from core.errors import BadInput
from core.untrusted_text import settled, spelled

EVERY = 5.0
WARN_SECONDS = 900.0
SEVERITIES = {"": "any", "critical": "critical", "high": "high", "medium": "medium", "low": "low"}
CURRENT = (
    Column("mutes", "Mutes", "tags"), Column("owner", "Owner"), Column("reason", "Reason", "long"),
    Column("since", "Since", "time"), Column("left", "Time left", "counted"), Column("act", "", "act", "92px"),
)  # fmt: skip
PAST = (
    Column("muted", "Muted", "tags"), Column("owner", "Owner"), Column("reason", "Reason", "long"),
    Column("from", "From (UTC)", "when"), Column("to", "To (UTC)", "when"), Column("ended", "Ended by"),
)  # fmt: skip


def content(context: PageContext) -> View:
    """Those in force, the form for a new one with its preview, and the past ones."""
    now = clock.now()
    with context.auth.database.transaction() as connection:
        current, past = silence_store.current(connection, now), silence_store.past(connection, now)
        rules = alert_reads.rules(connection)
    at, operates = clock.to_datetime(now), context.can("operator")
    typed = matching.typed_in(context.args)
    rows = [_current(one, context.prefix, operates) for one in current]
    empty = "No active silences. All notifications are sent."
    page = markup.page(
        "silences",
        "Silences",
        html.Div([_ending(one) for one in current if (one.ends_at - at).total_seconds() < WARN_SECONDS], id="ending"),
        table(
            "current", "Active", CURRENT, rows, empty,
            note="matching alerts send no notifications; “resolved” is still sent", whole=False,
        ),
        _make(context, typed, rules) if operates else None,
        table("past", "Past", PAST, [_past(one) for one in past], "No past silences.", note="newest first"),
        wide=True,
    )  # fmt: skip
    return View(page, every=EVERY)


def _ending(one: Silence) -> html.P:
    told = [f"The silence of {settled(one.owner)} ends in ", markup.left(one.ends_at), f": {settled(one.reason)}. "]
    return markup.said([*told, "Alerts still firing then send notifications."], "clock", "warn")


def mutes(one: Silence) -> list[str]:
    """What a silence is about, in a few words."""
    found = []
    if one.rule:
        found.append(f"rule {one.rule}{'' if one.exact_rule else ' (pattern)'}")
    if one.series or one.exact_series:
        found.append(f"series {spelled(one.series) or 'without a name'}{'' if one.exact_series else ' (pattern)'}")
    if one.severity:
        found.append(f"severity {one.severity}")
    return found or ["everything"]


def _current(one: Silence, prefix: str, operates: bool) -> list[Any]:
    end = act(
        "End now", f"{prefix}alerts/silences/{one.id}/end", "Alerts still firing send their notifications at once."
    )
    row = _row(one)
    return [*row[:-1], [row[-1], "until"], end if operates else None]


def _past(one: Silence) -> list[Any]:
    return [*_row(one), one.ended_by or "expiry"]


def _row(one: Silence) -> list[Any]:
    return [str(one.id), mutes(one), one.owner, one.reason, when(one.starts_at), when(one.ends_at)]


def _make(context: PageContext, typed: Mapping[str, str], rules: Sequence[Rule]) -> html.Section:
    prefix, only = context.prefix, matching.only_of(dict(typed))
    fields = [
        html.Div(
            [
                forms.text("rule", "Rule", settled(typed["rule"]), maxlength=200, list="rules"),
                html.Datalist([html.Option(settled(rule.title), value=rule.id) for rule in rules], id="rules"),
                *(_series(typed) if only is None else [_only(prefix, typed, only)]),
                forms.choice("severity", "Severity", SEVERITIES, typed["severity"]),
                forms.choice("length", "For", matching.LENGTHS, typed["length"]),
                forms.text("until", "Or until (UTC)", typed["until"], type="datetime-local"),
                forms.text(
                    "owner", "Owner", settled(typed["owner"] or g.session.user), required=True,
                    maxlength=200,
                ),
            ],
            className="columns",
        ),
        forms.text("reason", "Reason (visible to everyone)", settled(typed["reason"]), maxlength=200),
        _confirm(typed),
        *([shown(prefix, matching.preview(context.auth.database, dict(typed)))] if context.args.get("do") else []),
    ]  # fmt: skip
    look = html.Button(
        [icon("eye"), "Preview"], type="submit", name="do", value="preview", formMethod="get",
        formNoValidate=True, className="btn btn-secondary", id="preview-silence",
    )  # fmt: skip
    made = forms.form(prefix, create, fields, [icon("bell-slash"), "Silence"], before=[look])
    return markup.sheet("make", "New silence", made, note="empty matches all")


def _series(typed: Mapping[str, str]) -> list[Any]:
    return [
        forms.text("series", "Series (feature, service, account …)", settled(typed["series"]), maxlength=4000),
        forms.choice("match", "Match", matching.MATCHES, typed["match"]),
    ]


def _only(prefix: str, typed: Mapping[str, str], only: str) -> html.Div:
    others = markup.link("match other series", f"{prefix}alerts/silences?rule={forms.quoted(typed['rule'])}")
    told = html.Small(["exactly this series; ", others])
    name = html.P(spelled(only) or "without a name", id="only", className="mono")
    return html.Div(
        [
            html.Span("Series", className="form-label"),
            name,
            told,
            forms.hidden("only", typed["only"]),
            forms.wrong("series"),
        ],
        className="field",
    )


def _confirm(typed: Mapping[str, str]) -> html.Div:
    """The question whether to silence what matches nothing; it shows when the answer asks it."""
    box = dbc.Checkbox(id="f-confirm", name="confirm", label="Create it anyway, for future alerts", value=False)
    return html.Div(
        [icon("exclamation-triangle-fill"), html.Div([forms.wrong("confirm"), box])],
        className="said warn asks",
        id="matches-nothing",
    )


@action("alerts/silences", role="operator", name="silence_create")
def create(auth: AuthContext, form: Form) -> Done:
    """Silence what the form says; what matches nothing that is known wants a confirmation."""
    typed, now = matching.typed_in(form.values), clock.now()
    matchers = matching.matchers_of(typed)
    token = matching.token_of(typed)
    try:
        ends = _ends(typed, now)
        with auth.database.transaction() as connection:
            silence_store.create(
                connection, auth.audit, g.session.user, owner=typed["owner"], reason=typed["reason"],
                starts_at=clock.to_datetime(now), ends_at=ends, now=now, **matchers,
                confirmed=str(form.values.get("confirm", "")) == token, ip=address(),
            )  # fmt: skip
    except BadInput as error:
        field = error.field.removeprefix("$.")
        raise _refused("until" if field == "ends_at" else field, sentence(error.reason), typed, token) from None
    words = (matchers["rule"], spelled(matchers["series"]), typed["severity"])
    matched = " ".join(word for word in words if word) or "everything"
    report = ("medium", "silence-create", f"silenced {matched}")
    return Done("Silence created.", go="alerts/silences", report=report)


def _ends(typed: Mapping[str, str], now: float) -> datetime:
    return matching.ends_of(dict(typed), now)


def _refused(field: str, reason: str, typed: Mapping[str, str], token: str) -> Refusal:
    if field != "confirm":
        return Refusal.by_field({field: reason})
    ends = typed["series"].endswith("*") and typed["match"] == "exact"
    more = ", or choose “pattern” if * is meant as a wildcard" if ends else ""
    told = f"This matches no known rule, series or open incident. Check the spelling{more}."
    return Refusal(values={"confirm": token}, confirm=told)


@action("alerts/silences/<int:silence_id>/end", role="operator", name="silence_end")
def end(auth: AuthContext, form: Form) -> Done:
    """End a silence now."""
    try:
        with auth.database.transaction() as connection:
            number = int(form.names["silence_id"])
            silence_store.end(connection, auth.audit, number, g.session.user, clock.now(), address())
    except BadInput as error:
        raise Refusal(sentence(error.reason), 409) from None
    return Done("Silence ended. Alerts still firing send notifications now.")


PAGE = Page(
    name="silences",
    path="alerts/silences",
    title="Silences",
    role="viewer",
    content=content,
    place=Place(30, "s"),
    actions=(create, end),
)
