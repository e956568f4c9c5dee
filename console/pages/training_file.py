"""One file that somebody gave to train on: what a worker saw in it, which column is what, and the run that follows."""

from collections.abc import Mapping

from flask import Flask, Response, abort, g, make_response, redirect, request

from console import format
from console.auth.context import Door
from console.auth.roles import reaches
from console.format import sentence
from console.pages import file_preview
from console.pages import training_form as forms
from console.pages.lookup import kept
from console.pages.partial_rendering import show_live
from console.pages.training import ask, sure
from core import clock
from core.errors import BadInput
from core.models import training_runs, uploads
from core.models.uploads import Upload

WAITING_SECONDS = 10.0  # a file that nobody looked at for so long wants a word


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>model/training/files/<number>`: the mapping, the run, and letting the file go."""
    root = f"{door.prefix}model/training/files/<int:number>"

    @server.get(root, endpoint="training_file")
    def page(number: int) -> Response:
        one = _one(door, number)
        form: Mapping[str, str] = {}
        if one.look:
            earlier = request.args.get("run", "")
            run = training_runs.one(door.database, int(earlier)) if earlier.isdecimal() and len(earlier) < 10 else None
            again = run is not None and run.upload == number
            form = forms.of_options(run.options, one.look) if run and again else forms.guessed(one.look)
        return _page(door, one, form)

    @server.post(root, endpoint="training_start")
    def start(number: int) -> Response:
        one = _one(door, number)
        if one.look is None:
            return _page(door, one, {}, 409)
        options, wrong = forms.parsed(request.form, one.look, g.session.role)
        if wrong:
            return _page(door, one, forms.typed(request.form, one.look), 400, wrong)
        if unsure := sure(door, options):
            return unsure
        try:
            run = ask(door, {**options, "file": one.name}, number)
        except BadInput as error:
            abort(404, sentence(error.reason))
        return make_response(redirect(f"{door.prefix}model/training/runs/{run}", 303))

    @server.post(f"{root}/discard", endpoint="training_discard")
    def discard(number: int) -> Response:
        if not _may_discard(one := _one(door, number)):
            return _page(
                door, one, _first_form(one), 403, {"file": "Only who gave the file, or an operator, may let it go."}
            )
        try:
            with door.database.transaction() as connection:
                uploads.discard(connection, door.audit, number, g.session.user)
        except BadInput as error:
            return _page(door, one, _first_form(one), 409, {"file": sentence(error.reason)})
        return make_response(redirect(f"{door.prefix}model/training?done=discarded", 303))


def _may_discard(one: Upload) -> bool:
    return bool(one.uploaded_by == g.session.user or reaches(g.session.role, "operator"))


def _first_form(one: Upload) -> Mapping[str, str]:
    return forms.guessed(one.look) if one.look else {}


def _one(door: Door, number: int) -> Upload:
    return kept(door.database, uploads.one, number, "This file is not kept any more; give it again.")


def _page(
    door: Door, one: Upload, form: Mapping[str, str], status: int = 200, wrong: Mapping[str, str] | None = None
) -> Response:
    now = clock.now()
    return show_live(
        door, "training_file.html", "model", status, now=clock.to_datetime(now), one=one, form=form, wrong=wrong or {},
        settled=one.state in ("looked", "refused"), may_discard=_may_discard(one),
        late=now - one.uploaded_at.timestamp() > WAITING_SECONDS,
        size=format.size, number=format.number, algorithms=forms.ALGORITHMS, promote=forms.PROMOTE,
        shown=file_preview.shown(one.look) if one.look else [], parts=file_preview.PARTS, uses=file_preview.USES,
    )  # fmt: skip
