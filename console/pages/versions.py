"""The registry (L4): every version with its roles, and who changes them: promote, roll back, shadow; on record."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, g, make_response, redirect, request

from console import format, training_reads
from console.auth.context import Door
from console.format import sentence
from console.pages import sandbox, version_compare
from console.pages.partial_rendering import show_live
from console.pages.promotion_warnings import cautions
from console.training_reads import Version
from core import clock, codec
from core.db.redis_client import Live
from core.errors import BadInput, UntrustedModel
from core.models import registry, roles, training_runs
from core.models.roles import CHALLENGER, CHAMPION, ENSEMBLE, RoleChange

CHANGES = 30
DONE = {
    CHAMPION: "It is the champion; the scoring service follows within a second.",
    CHALLENGER: "It scores in shadow now: unseen, beside the champion.",
    ENSEMBLE: "It is what an incident may switch to.",
    "rolled": "The champion before serves again; the scoring service follows within a second.",
    "unshadowed": "Nothing scores in shadow any more.",
}
Does = Callable[[Any], RoleChange | None]


def install(server: Flask, door: Door, live: Live) -> None:
    """Add `<prefix>model/versions`, one version with its card, two side by side, and the changes of roles."""
    root = f"{door.prefix}model/versions"

    @server.get(root, endpoint="model_versions")
    def page() -> Response:
        return _list(door)

    @server.get(f"{root}/compare", endpoint="version_compare")
    def compare() -> Response:
        return _compare(door)

    @server.get(f"{root}/<int:number>", endpoint="version")
    def one(number: int) -> Response:
        return _one(door, number)

    @server.get(f"{root}/<int:number>/card", endpoint="version_card")
    def card(number: int) -> Response:
        html = registry.card_html(door.database, _known(number))
        return sandbox.contained(html, "text/html; charset=utf-8") if html else abort(404, "This model has no card.")

    @server.get(f"{root}/<int:number>/card.json", endpoint="version_json")
    def document(number: int) -> Response:
        found = registry.card(door.database, _known(number))
        if found is None:
            abort(404, "This model has no card.")
        return sandbox.download(codec.encode(found), "application/json", f"gatehouse-model-{number}-card.json")

    @server.get(f"{root}/<int:number>/model.ubj", endpoint="version_artefact")
    def artefact(number: int) -> Response:
        try:
            model = registry.load(door.database, _known(number), door.model_seal)
        except BadInput:
            abort(404, "There is no such model.")
        except UntrustedModel as error:
            abort(409, f"{error}. It cannot be downloaded.")
        with door.database.transaction() as connection:
            door.record(connection, "model.download", f"model:{number}", None, {"fingerprint": model.fingerprint})
        return sandbox.download(model.artefact, "application/octet-stream", f"gatehouse-model-{number}.ubj")

    def assign(path: str, role: str) -> None:
        """Give a version a role; a challenger that becomes champion leaves the shadow."""

        @server.post(f"{root}/<int:number>/{path}", endpoint=f"version_{path}")
        def act(number: int) -> Response:
            def does(connection: Any) -> RoleChange | None:
                user, version = g.session.user, _known(number)
                if role == CHAMPION and "instead" in request.args:
                    roles.expect(connection, request.args.get("instead", type=int))
                if role == CHAMPION and roles.holder(connection, CHALLENGER) == version:
                    roles.release(connection, CHALLENGER, actor=user, audit=door.audit)
                reason = " ".join(request.form.get("reason", "").replace("\0", "").split())[:200]
                return roles.assign(connection, version, role, actor=user, reason=reason, audit=door.audit)

            return _change(door, live, does, role, f"{root}/{number}")

    assign("promote", CHAMPION)
    assign("shadow", CHALLENGER)
    assign("ensemble", ENSEMBLE)

    @server.post(f"{root}/rollback", endpoint="version_rollback")
    def rollback() -> Response:
        def does(connection: Any) -> RoleChange | None:
            before = request.form.get("to", "")
            roles.lock(connection)
            newest = roles.newest_change(connection)
            if newest is not None and before != str(newest.before):
                raise BadInput("version", "the champion has changed since this page was shown; look again")
            return roles.roll_back(connection, door.audit, g.session.user, reason="rolled back on the page")

        return _change(door, live, does, "rolled", root)

    @server.post(f"{root}/unshadow", endpoint="version_unshadow")
    def unshadow() -> Response:
        def does(connection: Any) -> None:
            roles.release(connection, CHALLENGER, actor=g.session.user, audit=door.audit)

        return _change(door, live, does, "unshadowed", root)


def _change(door: Door, live: Live, does: Does, done: str, place: str) -> Response:
    """Make a change of roles, tell readers and the security log, and go back to the page."""
    try:
        with door.database.transaction() as connection:
            change = does(connection)
    except BadInput as error:
        return _list(door, 409, sentence(error.reason))
    announce(door, live, change)
    return make_response(redirect(f"{place}?done={done}", 303))


def announce(door: Door, live: Live, change: RoleChange | None) -> None:
    """Tell readers and the security log of a change that is committed."""
    roles.publish(live, change)
    if change is not None:
        before = "nobody" if change.before is None else f"model {change.before}"
        text = f"{g.session.user} made model {change.after} the {change.role}, in place of {before}"
        door.tell("medium", "model-change", "success", text, g.session.user)


def _list(door: Door, status: int = 200, failed: str = "") -> Response:
    with door.database.transaction() as connection:
        changes = roles.changes(connection, CHANGES)
    newest = next((change for change in changes if change.role == CHAMPION), None)
    return show_live(
        door, "versions.html", "model", status, now=clock.to_datetime(clock.now()), changes=changes, newest=newest,
        versions=training_reads.versions(door.database), failed=failed, ratio=format.ratio, size=format.size,
        done=DONE.get(request.args.get("done", ""), ""),
    )  # fmt: skip


def _one(door: Door, number: int) -> Response:
    found = training_reads.version(door.database, _known(number))
    if found is None:
        abort(404, "There is no such model.")
    with door.database.transaction() as connection:
        changes = [change for change in roles.changes(connection, 200) if number in (change.before, change.after)]
        champion = roles.holder(connection, CHAMPION)
    return show_live(
        door, "version.html", "model", now=clock.to_datetime(clock.now()), one=found, changes=changes,
        champion=champion, has_card=found.measures is not None, ratio=format.ratio, size=format.size,
        warnings=(registry.card(door.database, number) or {}).get("warnings", []),
        against=[] if champion == number else _against(door, found, champion),
        done=DONE.get(request.args.get("done", ""), ""),
    )  # fmt: skip


def _against(door: Door, one: Version, champion: int | None) -> list[str]:
    """What speaks against promoting it instead of the present champion."""
    present = None if champion is None else training_reads.version(door.database, champion)
    run = None if one.run is None else training_runs.one(door.database, one.run)
    return cautions(one.features, champion, present.features if present else (), run.comparison if run else None)


def _compare(door: Door) -> Response:
    versions = training_reads.versions(door.database)
    chosen = [request.args.get(name, "") for name in ("first", "second")]
    found = [next((one for one in versions if str(one.version) == text), None) for text in chosen]
    first, second = found
    side, missing = None, ""
    if first is None or second is None:
        missing = "Choose two registered models."
    elif first.version == second.version:
        missing = "Choose two different models."
    else:
        cards = [registry.card(door.database, one.version) for one in (first, second)]
        side, missing = _side(cards, (first, second))
    return show_live(
        door, "version_compare.html", "model", versions=versions, chosen=chosen, first=first, second=second, side=side,
        missing=missing, ratio=format.ratio, number=format.number, now=clock.to_datetime(clock.now()),
    )  # fmt: skip


def _side(
    cards: list[dict[str, Any] | None], versions: tuple[Version, Version]
) -> tuple[version_compare.Side | None, str]:
    for card, one in zip(cards, versions, strict=True):
        if card is None:
            return None, f"Model {one.version} has no card: it was registered before there were any."
    first, second = cards
    assert first is not None
    assert second is not None
    return version_compare.between(first, second), ""


def _known(number: int) -> int:
    """A version's number that PostgreSQL can hold."""
    return number if 0 < number < 2**31 else abort(404, "There is no such model.")
