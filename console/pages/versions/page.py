"""The registry (L4): every version with its roles, the changes of roles, and going back to the champion before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import html
from flask import g

from console import forms, model_roles
from console.actions import Done, Form, action
from console.auth.context import AuthContext
from console.markup import chip, link, minute, page
from console.model_tabs import model_tabs
from console.page import Page, PageContext, View
from console.pages.versions import compare, one
from console.pages.versions.changes import changes_table
from console.panel import Column
from console.panel_layout import icon
from console.table import table, when
from console.training_reads import Version, versions
from core.errors import BadInput
from core.models import roles
from core.models.roles import CHALLENGER, CHAMPION, RoleChange

CHANGES = 30
EVERY = 5.0  # seconds
KINDS = {"promote": "promoted", "roll-back": "rolled back to", "ensemble": "switched to", "revert": "switched back to"}
COLUMNS = (
    Column("version", "Version", "page"),
    Column("role", "Role", "chips"),
    Column("trained", "Trained (UTC)", "when"),
    Column("algorithm", "Algorithm"),
    Column("by", "By", "two"),
    Column("data", "Training data", "two"),
    *(Column(key, words, "score") for key, words in model_roles.MEASURES),
)


def content(context: PageContext) -> View:
    """The champion, every version, and who changed roles."""
    known = versions(context.auth.database)
    with context.auth.database.transaction() as connection:
        changes = roles.changes(connection, CHANGES)
    newest = next((change for change in changes if change.role == CHAMPION), None)
    empty = "No models yet. Train one on the Training page."
    shown = page(
        "versions",
        "Versions",
        model_tabs(context, "model/versions"),
        _champion(context, newest) if newest else None,
        table(
            "versions", "Registered models", COLUMNS, [_row(version) for version in known], empty,
            "newest first; measured on the newest rows of each model's own data",
            above=[compare.picker(context, known, _offered(known))] if len(known) > 1 else [],
        ),
        changes_table("Role changes", changes),
        wide=True,
    )  # fmt: skip
    return View(shown, every=EVERY)


def _offered(known: Sequence[Version]) -> list[str]:
    return [str(known[1].version), str(known[0].version)]


def _champion(context: PageContext, newest: RoleChange) -> html.Section:
    since: datetime = newest.at
    words: list[Any] = [
        link(f"Model {newest.after}", f"{context.prefix}model/versions/{newest.after}", "link strong"),
        f" scores every transaction, since {minute(since)} UTC "
        f"({KINDS.get(newest.kind, newest.kind)} by {newest.actor}).",
    ]
    back = []
    if context.can("operator") and newest.before:
        ask = (
            f"Model {newest.before} will score every transaction again within a second, replacing model "
            f"{newest.after}, which stays registered. Promote it again to undo this."
        )
        words_of = [icon("arrow-counterclockwise"), f"Roll back to model {newest.before}"]
        fields = [forms.hidden("to", str(newest.before))]
        back = [html.Div(forms.form(context.prefix, rollback, fields, words_of, ask=ask, tone="secondary"))]
    lead = html.Div([html.Div(chip("good", "shield-check", "champion"), className="chips"), html.P(words)])
    return html.Section([lead, *back], id="champion", className="panel sheet lead good")


def _row(version: Version) -> list[Any]:
    measures = version.measures or version.metrics
    run = f"run {version.run}" if version.run else ""
    by = [version.made_by or "command line", run, f"model/training/runs/{version.run}" if run else ""]
    small = f"{len(version.features)} features · {version.fingerprint[:10]}"
    if version.data:
        small = f"{version.data['rows']:,} rows, {version.data['frauds']:,} frauds · {small}"
    learnt = [str(version.data["source"]) if version.data else version.note or "–", small]
    return [
        version.version, [str(version.version), f"model/versions/{version.version}"],
        [[*model_roles.ROLE_LOOKS[role], role] for role in version.roles], when(version.created_at), version.algorithm,
        by, learnt, *(measures.get(key) for key, _ in model_roles.MEASURES),
    ]  # fmt: skip


@action("model/versions/rollback", role="operator", name="version_rollback", step_up=True)
def rollback(auth: AuthContext, form: Form) -> Done:
    """Let the champion before serve again."""

    def does(connection: Any) -> RoleChange | None:
        roles.lock(connection)
        newest = roles.newest_change(connection)
        if newest is not None and form.text("to") != str(newest.before):
            raise BadInput("version", "the champion changed since this page was loaded; reload the page")
        return roles.roll_back(connection, auth.audit, g.session.user, reason="rolled back on the page")

    model_roles.change(auth, does)
    return Done("Previous champion restored. The scoring service switches within a second.")


@action("model/versions/unshadow", role="operator", name="version_unshadow")
def unshadow(auth: AuthContext, form: Form) -> Done:
    """Let no model score in shadow any more."""

    def does(connection: Any) -> None:
        roles.release(connection, CHALLENGER, actor=g.session.user, audit=auth.audit)

    model_roles.change(auth, does)
    return Done("Shadow mode stopped.")


PAGE = Page(
    name="model_versions",
    path="model/versions",
    title="Versions",
    role="viewer",
    content=content,
    actions=(rollback, unshadow),
    under="model",
)
PAGES = (PAGE, one.PAGE, compare.PAGE)
