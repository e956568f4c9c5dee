"""One training run: how far it is, what it did when, what came of it, and the decision where a person has to decide."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import Flask, Response, g, make_response, redirect, request

from console import format, training_reads
from console.auth.context import Door
from console.auth.roles import reaches
from console.figures import contest as figure
from console.figures.template import template
from console.format import sentence
from console.pages import training_form as forms
from console.pages.lookup import kept
from console.pages.partial_rendering import show_live
from console.pages.versions import announce
from core import clock, codec
from core.db.redis_client import Live
from core.errors import BadInput
from core.models import registry, training_decisions, training_runs
from core.models.roles import CHALLENGER, CHAMPION, RoleChange
from core.models.training_runs import Run

OVER = ("done", "failed", "refused", "cancelled")
WAITING_SECONDS = 15.0
DONE = {
    "cancelled": "The run is cancelled.",
    "asked": "The worker ends it at its next step.",
    "promoted": "The model is the champion; the scoring service follows within a second.",
    "refused": "The champion stays; the new model is kept and leaves the shadow.",
}
Does = Callable[[Any, str, float], str]


class Step(NamedTuple):
    """A line of the log: when a stage began, what it was, how long it took (None: it is under way)."""

    at: datetime
    what: str
    seconds: float | None


def install(server: Flask, door: Door, live: Live) -> None:
    """Add `<prefix>model/training/runs/<number>` and what people decide about a run."""
    root = f"{door.prefix}model/training/runs/<int:number>"
    audit = door.audit

    @server.get(root, endpoint="training_run")
    def page(number: int) -> Response:
        return _page(door, number)

    @server.post(f"{root}/cancel", endpoint="training_cancel")
    def cancel(number: int) -> Response:
        run = _one(door, number)
        if run.requested_by != g.session.user and not reaches(g.session.role, "operator"):
            return _page(door, number, 403, "Only who asked for it, or an operator, may stop it.")
        return _change(door, number, lambda c, who, at: training_decisions.cancel(c, audit, number, who, at))

    @server.post(f"{root}/promote", endpoint="training_promote")
    def promote(number: int) -> Response:
        change: list[RoleChange | None] = []

        def does(connection: Any, who: str, at: float) -> str:
            change.append(training_decisions.promote(connection, audit, number, who, at))
            return "promoted"

        answer = _change(door, number, does)
        for one in change:
            announce(door, live, one)
        return answer

    @server.post(f"{root}/refuse", endpoint="training_refuse")
    def refuse(number: int) -> Response:
        def does(connection: Any, who: str, at: float) -> str:
            training_decisions.refuse(connection, audit, number, who, at)
            return "refused"

        return _change(door, number, does)


def _change(door: Door, number: int, does: Does) -> Response:
    try:
        with door.database.transaction() as connection:
            done = does(connection, g.session.user, clock.now())
    except BadInput as error:
        return _page(door, number, 409, sentence(error.reason))
    return make_response(redirect(f"{door.prefix}model/training/runs/{number}?done={done}", 303))


def _one(door: Door, number: int) -> Run:
    return kept(door.database, training_runs.one, number, "There is no such training run.")


def _page(door: Door, number: int, status: int = 200, failed: str = "") -> Response:
    run, now = _one(door, number), clock.now()
    made = training_reads.version(door.database, run.version) if run.version is not None else None
    compared = run.comparison or {}
    chart = codec.encode(figure.draw(compared)).decode() if "difference" in compared else ""
    card = registry.card(door.database, run.version) if run.version is not None else None
    over = run.state in OVER
    serves, shadows = (registry.role(door.database, name) for name in (CHAMPION, CHALLENGER))
    return show_live(
        door, "training_run.html", "model", status, now=clock.to_datetime(now), run=run, over=over,
        settled=over and run.decision != "waiting", steps=steps(run), made=made, compared=compared, chart=chart,
        serves=serves, shadows=shadows,
        warnings=(card or {}).get("warnings", []), failed=failed, number=format.number, ratio=format.ratio,
        plotly_template=codec.encode(template()).decode(), algorithms=forms.ALGORITHMS, promote=forms.PROMOTE,
        mine=run.requested_by == g.session.user or reaches(g.session.role, "operator"),
        waits=not over and run.state == "queued" and now - max(run.due_at, run.requested_at).timestamp()
        > WAITING_SECONDS,
        done=DONE.get(request.args.get("done", ""), ""),
    )  # fmt: skip


def steps(run: Run) -> list[Step]:
    """The log of a run with how long each stage took. Pure."""
    times = [_moment(stage.at) for stage in run.stages]
    ends = [*times[1:], run.finished_at] if times else []
    return [
        Step(at, stage.what, None if end is None else max(0.0, (end - at).total_seconds()))
        for at, stage, end in zip(times, run.stages, ends, strict=True)
    ]


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
