"""The Model page: is it good, is it drifting, what changed, what to do; and an emergency retraining on request.

`console/model_page` gathers, judges, tells and draws; the modules beside this one lay out a question each.
"""

from typing import Any

from dash import html
from flask import g

from console import forms
from console.actions import Done, Form, Refusal, action
from console.auth.audited import address
from console.auth.context import AuthContext
from console.format import sentence
from console.markup import page, said, sheet
from console.model_page.charts import charts
from console.model_page.data import USUAL, WINDOWS, gather
from console.model_page.narrative import Story, story
from console.model_tabs import model_tabs
from console.page import Page, PageContext, Place, View
from console.pages.model import changed, drifting, good, inputs, todo
from console.pages.model.parts import ROLES, says
from console.panel_layout import icon
from core import clock
from core.errors import BadInput
from core.models import training_runs

EVERY = 60.0  # seconds
EMERGENCY_SECONDS = 86_400  # the latest start of an emergency (A3)
NO_MODEL = (
    "Train a model on the Training page, or with python -m ml train FILE --label COLUMN, then promote it. This page "
    "then shows its quality."
)
NO_WINDOW = "Unknown window: choose 24h, 7d, 14d or 30d. Showing the last 24 hours."
ASK = (
    "A training worker starts as soon as one is free, learns from the stored labels of 60 days, and promotes the new "
    "model only when it is better. It can be rolled back."
)
RETRAINING = (
    "A training worker starts as soon as one is free and learns from the stored labels. The new model is promoted only "
    "when it is better on the newest labelled week, and can be rolled back."
)


def content(context: PageContext) -> View:
    """The whole story over the window that the address asks for; 400 when there is no such window."""
    auth = context.auth
    wanted = context.args.get("window", USUAL)
    unknown = wanted not in WINDOWS
    found = gather(auth, auth.live, auth.api, USUAL if unknown else wanted, clock.now())
    told = story(found)
    made = charts(found, told)
    parts: list[Any] = []
    if told.version is not None or "PostgreSQL" in found.away:
        parts = [
            *good.parts(context, found, told, made),
            *drifting.parts(context, found, made),
            *inputs.parts(found, made),
            *changed.parts(context, found, told, made),
        ]
    else:
        parts = [html.Section(says("graph-up", "No model in service yet", NO_MODEL), className="panel sheet card")]
    shown = page(
        "model",
        "Model",
        model_tabs(context, "model"),
        said(NO_WINDOW, "x-octagon-fill", "bad") if unknown else None,
        html.Div(
            f"{told.verdict.word}: {told.verdict.sentence}",
            className="visually-hidden",
            role="status",
        ),
        _away(found.away) if found.away else None,
        _answers(told),
        *parts,
        *todo.parts(context, told),
        _retraining(context) if context.can("operator") and told.version is not None else None,
        wide=True,
    )
    return View(shown, status=400 if unknown else 200, every=EVERY)


def _away(names: list[str]) -> html.P:
    words = " and ".join(names)
    more = " Showing the data still available; this page recovers automatically."
    return said([html.B(f"{words[:1].upper()}{words[1:]} cannot be reached."), more], "wifi-off", "bad", "not-reached")


def _answers(told: Story) -> html.Div:
    cards = [
        html.A(
            [
                html.Span(one.question, className="small text-body-secondary"),
                html.B([icon(ROLES[one.level][1]), one.word], className="fs-4 d-flex align-items-center gap-2"),
                html.Span(one.text),
            ],
            className=f"answer card lead gap-1 p-3 text-decoration-none {ROLES[one.level][0]}",
            href=f"#{one.anchor}",
            id=f"answer-{one.anchor}",
        )
        for one in told.answers
    ]
    return html.Div(cards, className="grid cols-1 cols-md-2 cols-xl-4 mb-3")


def _retraining(context: PageContext) -> html.Section:
    fields = [
        html.P(RETRAINING, className="text-body-secondary mb-2"),
        forms.text("reason", "Reason (kept with the run)", maxlength=500),
    ]
    made = forms.form(context.prefix, retrain, fields, "Start an emergency retraining", ask=ASK, tone="secondary")
    return sheet("retrain", "Emergency retraining", made, note="operators; audited", narrow=True)


@action("model/retrain", role="operator", name="model_retrain", step_up=True)
def retrain(auth: AuthContext, form: Form) -> Done:
    """Start an emergency retraining."""
    try:
        _request(auth, str(form.values.get("reason", "")))
    except BadInput as error:
        raise Refusal(reason=sentence(error.reason)) from None
    g.audited = True  # the run that waits already has its entry
    words = "Retraining queued. A training worker starts it as soon as one is free."
    return Done(words, report=("medium", "retraining-request", "requested an emergency retraining"))


def _request(auth: AuthContext, text: str) -> int:
    """Ask for the run, audited; one that waits or is under way stands for it. Raises BadInput without a reason."""
    reason = " ".join(text.replace("\0", "").split())
    if not 0 < len(reason) <= 500:
        raise BadInput("reason", "enter a reason of at most 500 characters; it is kept with the run")
    now = clock.now()
    with auth.database.transaction() as connection:
        waiting = training_runs.open_run(connection, "emergency")
        if waiting is not None:
            return waiting
        key = f"page:{int(now * 1000)}:{g.session.user}"
        due = now + EMERGENCY_SECONDS
        how: Any = {"correlation_id": g.get("correlation_id")}
        run = training_runs.request(connection, "emergency", due, reason, key, g.session.user, **how)
        after = {"kind": "emergency", "reason": reason}
        auth.audit.append(connection, g.session.user, "training.request", f"run:{run}", None, after, address(), **how)
        return run


PAGE = Page(
    name="model",
    path="model",
    title="Model",
    role="viewer",
    content=content,
    place=Place(60, "m"),
    actions=(retrain,),
)
