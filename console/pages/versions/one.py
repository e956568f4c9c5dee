"""One version: what it is, how good it is, its roles and who changes them, its card and the model itself to keep."""

from typing import Any

from dash import html
from flask import Response, abort, g, request

from console import forms, model_roles, training_reads
from console.actions import Action, Done, Form, action
from console.auth.context import AuthContext
from console.format import ratio, size
from console.markup import calm, chip, figures, link, minute, page, said, sheet, way
from console.model_tabs import model_tabs
from console.page import File, Page, PageContext, View
from console.pages import sandbox
from console.pages.versions.changes import changes_table
from console.pages.versions.promotion_warnings import cautions
from console.training_reads import Version
from core import codec
from core.errors import BadInput, UntrustedModel
from core.models import registry, roles, training_runs
from core.models.roles import CHALLENGER, CHAMPION, ENSEMBLE, RoleChange

EVERY = 5.0  # seconds
MISSING = "This model does not exist."


def content(context: PageContext) -> View:
    """The version that the address names; 404 when there is none."""
    auth, number = context.auth, known(context.names["number"])
    found = training_reads.version(auth.database, number)
    if found is None:
        abort(404, MISSING)
    with auth.database.transaction() as connection:
        changes = [change for change in roles.changes(connection, 200) if number in (change.before, change.after)]
        champion = roles.holder(connection, CHAMPION)
    card = registry.card(auth.database, number) or {}
    against = [] if champion == number else _against(auth, found, champion)
    shown = page(
        "version",
        f"Model {number}",
        model_tabs(context, "model/versions"),
        html.Div(
            f"Model {number}: {found.role or 'no role'}",
            className="visually-hidden",
            role="status",
        ),
        _lead(context, found, champion, against),
        *[said(warning, "exclamation-triangle-fill", "warn") for warning in (*against, *card.get("warnings", ()))],
        changes_table("Role history", changes) if changes else None,
        _card(context, found),
        back=("All versions", f"{context.prefix}model/versions"),
        wide=True,
    )
    return View(shown, title=f"Model {number}", every=EVERY)


def _lead(context: PageContext, one: Version, champion: int | None, against: list[str]) -> html.Section:
    measures = one.measures or one.metrics
    role = "good" if CHAMPION in one.roles else "ok" if one.roles else ""
    chips = [chip(*model_roles.ROLE_LOOKS[role], role) for role in one.roles] or [
        html.Span("no role", className="chip badge")
    ]
    source = f" from {one.data['source']}" if one.data else ""
    note = f": {one.note}" if one.note else ""
    run = link(f"run {one.run}", f"{context.prefix}model/training/runs/{one.run}")
    made = [f"by {one.made_by} in ", run] if one.run else [f"by {one.made_by or 'the command line'}"]
    facts = [
        f"trained {minute(one.created_at)} UTC ", *made, f" · {len(one.features)} features · {size(one.size)} · data ",
        html.Span(one.fingerprint[:12], className="mono", title=one.fingerprint),
    ]  # fmt: skip
    about = [
        html.Div(chips, className="chips d-flex flex-wrap align-items-center gap-2 mb-2"),
        html.P(f"{one.algorithm.capitalize()}{source}{note}", className="fs-5 text-break"),
        html.P(facts, className="text-body-secondary mb-2"),
    ]
    return html.Section(
        [
            html.Div(about),
            figures({words: ratio(measures.get(key)) for key, words in model_roles.MEASURES}),
            html.Div(_buttons(context, one, champion, against), className="lead-do d-flex flex-wrap gap-2"),
        ],
        id="lead",
        className=f"panel sheet card lead {role}".strip(),
    )


def _buttons(context: PageContext, one: Version, champion: int | None, against: list[str]) -> list[Any]:
    root = f"{context.prefix}model/versions/{one.version}"
    made = _role_buttons(root, one, champion, against) if context.can("operator") else []
    if CHALLENGER in one.roles and context.can("operator"):
        ask = f"Model {one.version} stops scoring. Its past scores are kept."
        made.append(
            forms.press("Stop shadow mode", f"{context.prefix}model/versions/unshadow", ask, "secondary", "x-lg")
        )
    if champion and champion != one.version:
        address = f"{context.prefix}model/versions/compare?first={champion}&second={one.version}"
        made.append(way("Compare with champion", address, "table"))
    if one.measures is not None:
        made.append(way("Card, JSON", f"{root}/card.json", "download"))
    if context.can("operator"):
        made.append(way("Model, UBJ", f"{root}/model.ubj", "download"))
    return made


def _role_buttons(root: str, one: Version, champion: int | None, against: list[str]) -> list[Any]:
    name, found = f"Model {one.version}", []
    if CHAMPION not in one.roles:
        place = f", replacing model {champion}" if champion else ""
        ask = " ".join([f"{name} will score every transaction within a second{place}.", *against, "You can roll back."])
        tone = "secondary" if against else "primary"
        found.append(forms.press("Promote", f"{root}/promote?instead={champion or ''}", ask, tone, "check-lg"))
    if CHAMPION not in one.roles and CHALLENGER not in one.roles:
        ask = (
            f"{name} becomes the challenger and scores the same traffic in shadow mode, replacing any other "
            "challenger. No decision changes."
        )
        found.append(forms.press("Run in shadow mode", f"{root}/shadow", ask, "secondary", "eye"))
    if one.algorithm == ENSEMBLE and ENSEMBLE not in one.roles:
        ask = (
            f"{name} becomes the fallback that an incident can switch to, replacing the current ensemble. Nothing "
            "changes until then."
        )
        found.append(forms.press("Set as fallback", f"{root}/ensemble", ask, "secondary", "lightning-charge"))
    return found


def _card(context: PageContext, one: Version) -> html.Section:
    if one.measures is None:
        why = "It was registered before cards were introduced. Train it again to get one."
        return html.Section(calm("question-circle", "No model card", why), className="panel sheet card")
    address = f"{context.prefix}model/versions/{one.version}/card"
    opens = html.A("Open the card", href=address, target="_blank", rel="noopener", className="btn btn-sm btn-secondary")
    words = "Quality by threshold, feature importance, training data and test method."
    return sheet("card", "Model card", html.P(words), tools=[opens])


def _against(auth: AuthContext, one: Version, champion: int | None) -> list[str]:
    """What speaks against promoting it instead of the present champion."""
    present = None if champion is None else training_reads.version(auth.database, champion)
    run = None if one.run is None else training_runs.one(auth.database, one.run)
    return cautions(one.features, champion, present.features if present else (), run.comparison if run else None)


def known(number: int) -> int:
    """A version's number that PostgreSQL can hold."""
    return number if 0 < number < 2**31 else abort(404, MISSING)


def _card_page(context: PageContext) -> Response:
    document = registry.card_html(context.auth.database, known(context.names["number"]))
    if not document:
        abort(404, "This model has no card.")
    return sandbox.contained(document, "text/html; charset=utf-8")


def _card_document(context: PageContext) -> Response:
    number = known(context.names["number"])
    found = registry.card(context.auth.database, number)
    if found is None:
        abort(404, "This model has no card.")
    return sandbox.download(codec.encode(found), "application/json", f"gatehouse-model-{number}-card.json")


def _artefact(context: PageContext) -> Response:
    auth, number = context.auth, known(context.names["number"])
    try:
        model = registry.load(auth.database, number, auth.model_seal)
    except BadInput:
        abort(404, MISSING)
    except UntrustedModel as error:
        abort(409, f"{error}. It cannot be downloaded.")
    with auth.database.transaction() as connection:
        auth.audit_change(connection, "model.download", f"model:{number}", None, {"fingerprint": model.fingerprint})
    return sandbox.download(model.artefact, "application/octet-stream", f"gatehouse-model-{number}.ubj")


def _assigning(path: str, role: str, step_up: bool, said: str) -> Action:
    """Give a version a role; a challenger that becomes champion leaves the shadow."""

    def run(auth: AuthContext, form: Form) -> Done:
        def does(connection: Any) -> RoleChange | None:
            user, version = g.session.user, known(int(form.names["number"]))
            if role == CHAMPION and "instead" in request.args:
                roles.expect(connection, request.args.get("instead", type=int))
            if role == CHAMPION and roles.holder(connection, CHALLENGER) == version:
                roles.release(connection, CHALLENGER, actor=user, audit=auth.audit)
            reason = " ".join(form.text("reason").replace("\0", "").split())
            return roles.assign(connection, version, role, actor=user, reason=reason, audit=auth.audit)

        model_roles.change(auth, does)
        return Done(said)

    run.__doc__ = f"Make a version the {role}."
    return action(f"model/versions/<int:number>/{path}", role="operator", name=f"version_{path}", step_up=step_up)(run)


promote = _assigning("promote", CHAMPION, True, "Model promoted. The scoring service switches within a second.")
shadow = _assigning("shadow", CHALLENGER, True, "The model now runs in shadow mode.")
ensemble = _assigning("ensemble", ENSEMBLE, True, "Set as fallback model.")

PAGE = Page(
    name="version",
    path="model/versions/<int:number>",
    title="Model version",
    role="viewer",
    content=content,
    actions=(promote, shadow, ensemble),
    files=(
        File("version_card", "model/versions/<int:number>/card", _card_page),
        File("version_json", "model/versions/<int:number>/card.json", _card_document),
        File("version_artefact", "model/versions/<int:number>/model.ubj", _artefact, "operator"),
    ),
    under="model",
)
