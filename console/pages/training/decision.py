"""The decision about a run's model: whether somebody has to promote or refuse it, and what was decided."""

from typing import Any

from dash import html

from console import forms
from console.markup import link, minute, said, sheet
from console.page import PageContext
from core.models import registry
from core.models.roles import CHALLENGER, CHAMPION
from core.models.training_runs import Run


def parts(context: PageContext, run: Run) -> list[Any]:
    """What the page of the run shows of it; nothing when there was nothing to decide."""
    if run.decision == "waiting" and context.can("operator"):
        serves, shadows = (registry.role(context.auth.database, role) for role in (CHAMPION, CHALLENGER))
        return [_open(context, run, serves, shadows)]
    if run.superseded_by:
        later = link(f"run {run.superseded_by}", f"{context.prefix}model/training/runs/{run.superseded_by}")
        words = [
            "No decision was made before ", later, f" produced a better model, at {minute(run.decided_at)} UTC. That "
            f"model is now the challenger. Model {run.version} stays registered; promote it on the Versions page.",
        ]  # fmt: skip
        return [said(words, "arrow-repeat", "warn", "decided")]
    if run.decision == "waiting":
        return [said("Waiting for an operator to promote or refuse the model.", "question-circle", "warn")]
    if run.decision:
        words_of = f"{run.decided_by} {run.decision} the model at {minute(run.decided_at)} UTC."
        return [said(words_of, "person-check", "", "decided")]
    return []


def _open(context: PageContext, run: Run, serves: int | None, shadows: int | None) -> html.Section:
    root = f"{context.prefix}model/training/runs/{run.id}"
    compared = (run.comparison or {}).get("champion_version")
    current = serves == compared
    note = "it runs in shadow mode until you decide"
    if shadows != run.version:
        note = "no longer in shadow mode" + (f": replaced by model {shadows}" if shadows else "")
    buttons = []
    words = f"Model {run.version} is better than the champion on the same test rows. Promote it?"
    if current:
        ask = (
            f"Model {run.version} will score every transaction within a second, replacing model {compared}. You can "
            "roll back on the Versions page."
        )
        buttons = [forms.press("Promote", f"{root}/promote", ask, "primary", "check-lg")]
    else:
        now = f"model {serves} is in service now" if serves else "no model is in service now"
        words = (
            f"Model {run.version} was better than model {compared}, but {now}, and the two have not been compared. "
            "Train again to compare them."
        )
    leaves = " and leaves shadow mode." if shadows == run.version else "."
    ask = f"The champion stays. Model {run.version} stays registered{leaves}"
    buttons.append(forms.press("Refuse", f"{root}/refuse", ask, "secondary", "x-lg"))
    title = "Decision" if current else "Promotion no longer possible"
    return sheet("decide", title, html.P(words), html.Div(buttons, className="buttons"), note=note)
