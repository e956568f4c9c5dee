"""One training run: how far it is, what it did when, what came of it, and the decision where a person has to decide."""

from collections.abc import Callable
from typing import Any

from dash import html
from flask import g

from console import forms, model_roles
from console.actions import Done, Form, Refusal, action
from console.auth.context import AuthContext
from console.auth.roles import reaches
from console.format import sentence
from console.markup import bar, calm, chip, figures, link, minute, page, said, sheet, since, way
from console.model_tabs import model_tabs
from console.page import Page, PageContext, View
from console.pages.lookup import get_or_404
from console.pages.status_style import length, look
from console.pages.training import decision, looks, outcome
from console.pages.training.mapping import ALGORITHMS, PROMOTE
from console.pages.training.steps import steps
from console.panel import Column
from console.table import plain_table
from core import clock
from core.errors import BadInput
from core.models import training_decisions, training_runs
from core.models.roles import RoleChange
from core.models.training_runs import Run

OVER = ("done", "failed", "refused", "cancelled")
WAITING_SECONDS = 15.0
QUICK = 0.7  # seconds between looks, until it is over
COLUMNS = (Column("at", "At (UTC)", "mono"), Column("what", "Stage", "long"), Column("took", "Duration"))


def content(context: PageContext) -> View:
    """The run that the address names; 404 when there is none."""
    run = _one(context.auth, context.names["number"])
    over = run.state in OVER
    shown = page(
        "training_run",
        f"Training run {run.id}",
        model_tabs(context, "model/training"),
        html.Div(_announced(run), className="visually-hidden", role="status"),
        _lead(context, run),
        _why(run),
        *decision.parts(context, run),
        outcome.parts(context, run),
        _log(run),
        back=("All runs and files", f"{context.prefix}model/training"),
        wide=True,
    )
    settled = over and run.decision != "waiting"
    return View(shown, title=f"Training run {run.id}", every=0.0 if settled else QUICK)


def _announced(run: Run) -> str:
    stage = "" if run.state in OVER else f", {run.message.split(',')[0]}"
    return f"Run {run.id}: {look(run.state).word}{stage}"


def _lead(context: PageContext, run: Run) -> html.Section:
    over = run.state in OVER
    label = f", label {run.options['mapping']['label']}" if run.source == "file" else ""
    algorithm = ALGORITHMS.get(run.options.get("algorithm", ""), "boosted trees")
    then = PROMOTE.get(run.options.get("promote", ""), run.options.get("promote") or "as configured")
    reason = f": {run.reason}" if run.reason else ""
    again = f" Started {run.attempts} times." if run.attempts > 1 else ""
    about = f"requested by {run.requested_by} at {minute(run.requested_at)} UTC{reason}. After training: {then}.{again}"
    chips = [chip(*one) for one in looks.states(run)]
    return html.Section(
        [
            html.Div(
                [
                    html.Div(
                        [*chips, html.Span(run.kind, className="badge border fw-normal text-body-secondary")],
                        className="chips d-flex flex-wrap align-items-center gap-2 mb-2",
                    ),
                    html.P(f"{looks.source(run)}: {algorithm}{label}", className="fs-5 text-break"),
                    html.P(about, className="text-body-secondary mb-2"),
                ]
            ),
            figures(_facts(context, run)),
            *([] if over else [_progress(run)]),
            html.Div(_buttons(context, run, over), className="lead-do d-flex flex-wrap gap-2"),
        ],
        id="lead",
        className=f"panel sheet card lead {look(run.state).role}",
    )


def _facts(context: PageContext, run: Run) -> dict[str, Any]:
    runs = run.state == "running"
    took = since(run.started_at) if runs else length(run.started_at, run.finished_at)
    facts = {"Running for" if runs else "Duration": took}
    if run.version:
        facts["Model"] = link(f"model {run.version}", f"{context.prefix}model/versions/{run.version}")
    return facts


def _progress(run: Run) -> html.Div:
    share = 100 * run.progress
    words = run.message if run.state == "running" else "waiting for a training worker"
    parts = [
        bar("Progress of the run", run.progress, "progress"),
        html.P(
            [html.Span(words), html.Span(f"{share:.0f} %", className="mono")],
            className="d-flex justify-content-between gap-3 mt-2 small text-body-secondary",
        ),
    ]
    late = clock.now() - max(run.due_at, run.requested_at).timestamp() > WAITING_SECONDS
    if run.state == "queued" and late:
        why = (
            "No worker has started it yet. Another run may be in progress, or no worker is running (python -m ml "
            "worker)."
        )
        parts.append(said(why, "clock", "warn"))
    if run.stop_by:
        parts.append(
            html.P(f"{run.stop_by} stopped it. It ends after its current step.", className="text-body-secondary mb-2")
        )
    return html.Div(parts, className="mb-3")


def _buttons(context: PageContext, run: Run, over: bool) -> list[Any]:
    found: list[Any] = []
    if not over and _is_theirs(run) and not run.stop_by:
        queued = run.state == "queued"
        ask = "The run has not started yet." if queued else "The run ends after its current step. Nothing is promoted."
        address = f"{context.prefix}model/training/runs/{run.id}/cancel"
        found.append(forms.press("Cancel" if queued else "Stop", address, ask, "secondary", "x-lg"))
    if run.upload and over and context.can("analyst"):
        address = f"{context.prefix}model/training/files/{run.upload}?run={run.id}"
        found.append(way("Edit mapping and train again", address, "arrow-repeat"))
    return found


def _why(run: Run) -> html.P | None:
    if run.state == "failed":
        return said([html.B("Training failed."), f" {run.message}"], "x-octagon-fill", "bad", "why")
    return said(run.message, "slash-circle", "warn", "why") if run.state == "cancelled" else None


def _log(run: Run) -> html.Section:
    rows = [[f"{at}", f"{step.at:%H:%M:%S}", step.what, step.took] for at, step in enumerate(steps(run))]
    body = plain_table("log-rows", "Stages", COLUMNS, rows) if rows else calm("clock", "Not started yet")
    return sheet("log", "Log", body, plain=True)


def _is_theirs(run: Run) -> bool:
    return run.requested_by == g.session.user or reaches(g.session.role, "operator")


def _one(auth: AuthContext, number: int) -> Run:
    return get_or_404(auth.database, training_runs.one, number, "This training run does not exist.")


def _decide(auth: AuthContext, does: Callable[[Any, str, float], Any]) -> Any:
    try:
        with auth.database.transaction() as connection:
            return does(connection, g.session.user, clock.now())
    except BadInput as error:
        raise Refusal(sentence(error.reason), 409) from None


@action("model/training/runs/<int:number>/cancel", role="analyst", name="training_cancel")
def cancel(auth: AuthContext, form: Form) -> Done:
    """Stop a run; one that has not begun is cancelled at once."""
    number = int(form.names["number"])
    if not _is_theirs(_one(auth, number)):
        raise Refusal("Only the requester or an operator can stop the run.", 403)
    said = _decide(auth, lambda c, who, at: training_decisions.cancel(c, auth.audit, number, who, at))
    return Done("Run cancelled." if said == "cancelled" else "Stopping. The run ends after its current step.")


@action("model/training/runs/<int:number>/promote", role="operator", name="training_promote", step_up=True)
def promote(auth: AuthContext, form: Form) -> Done:
    """Make the run's model the champion."""
    number = int(form.names["number"])
    change: RoleChange | None = _decide(
        auth, lambda c, who, at: training_decisions.promote(c, auth.audit, number, who, at)
    )
    model_roles.announce(auth, change)
    return Done("Model promoted. The scoring service switches within a second.")


@action("model/training/runs/<int:number>/refuse", role="operator", name="training_refuse")
def refuse(auth: AuthContext, form: Form) -> Done:
    """Keep the champion; the run's model leaves the shadow."""
    number = int(form.names["number"])
    _decide(auth, lambda c, who, at: training_decisions.refuse(c, auth.audit, number, who, at))
    return Done("Model refused. The champion stays in service.")


PAGE = Page(
    name="training_run",
    path="model/training/runs/<int:number>",
    title="Training run",
    role="viewer",
    content=content,
    actions=(cancel, promote, refuse),
    under="model",
)
