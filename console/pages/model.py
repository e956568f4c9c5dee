"""The Model page: is it good, is it drifting, what changed, what to do; and an emergency retraining on request.

`model_reads` gathers, `model_situation` finds what is judged, `model_story` says it in words, `model_charts` draws it;
this module answers requests.
"""

from typing import Any

from flask import Flask, Response, g, make_response, redirect, request

from console.auth.audited import address
from console.auth.context import Door
from console.auth.roles import reaches
from console.figures.template import template
from console.format import percent, sentence
from console.model_page.charts import charts, misnamed, share
from console.model_page.data import USUAL, WINDOWS, gather
from console.model_page.narrative import story
from console.model_page.status import SPANS
from console.pages.partial_rendering import show_live
from core import clock, codec
from core.db.redis_client import Live
from core.errors import BadInput
from core.http import HttpClient
from core.models import training_runs

EMERGENCY_SECONDS = 86_400  # the latest start of an emergency (A3)
# How the levels of verdict and advice look: colour role and icon.
ROLES = {
    "good": ("good", "check-circle-fill"), "watch": ("review", "exclamation-triangle-fill"),
    "bad": ("blocked", "x-octagon-fill"), "unknown": ("", "question-circle"),
    "act": ("blocked", "exclamation-circle-fill"), "soon": ("review", "exclamation-triangle-fill"),
    "idea": ("ok", "info-circle-fill"), "calm": ("good", "check-circle-fill"),
}  # fmt: skip
DONE = {"asked": "The retraining is asked for; a training worker takes it as soon as one is free."}


def install(server: Flask, door: Door, live: Live, client: HttpClient) -> None:
    """Add `<prefix>model` and the request for an emergency retraining."""
    root = f"{door.prefix}model"

    @server.get(root, endpoint="model")
    def page() -> Response:
        return _page(door, live, client)

    @server.post(f"{root}/retrain", endpoint="model_retrain")
    def retrain() -> Response:
        try:
            _request(door, request.form.get("reason", ""))
        except BadInput as error:
            return _page(door, live, client, 400, wrong={"reason": sentence(error.reason)})
        text = f"{g.session.user} asked for an emergency retraining"
        door.tell("medium", "retraining-request", "success", text, g.session.user)
        return make_response(redirect(f"{root}?done=asked", 303))


def _request(door: Door, text: str) -> int:
    """Ask for the run, audited; one that waits or is under way stands for it. Raises BadInput without a reason."""
    reason = " ".join(text.replace("\0", "").split())
    if not 0 < len(reason) <= 500:
        raise BadInput("reason", "say why in at most 500 characters; it is kept with the run")
    now = clock.now()
    with door.database.transaction() as connection:
        waiting = training_runs.open_run(connection, "emergency")
        if waiting is not None:
            return waiting
        key = f"page:{int(now * 1000)}:{g.session.user}"
        due = now + EMERGENCY_SECONDS
        how: Any = {"correlation_id": g.get("correlation_id")}
        run = training_runs.request(connection, "emergency", due, reason, key, g.session.user, **how)
        after = {"kind": "emergency", "reason": reason}
        door.audit.append(connection, g.session.user, "training.request", f"run:{run}", None, after, address(), **how)
        return run


def _page(
    door: Door, live: Live, client: HttpClient, status: int = 200, wrong: dict[str, str] | None = None
) -> Response:
    window = request.args.get("window", USUAL)
    unknown = window not in WINDOWS
    found = gather(door, live, client, USUAL if unknown else window, clock.now())
    told = story(found)
    made = charts(found, told)
    return show_live(
        door, "model.html", "model", 400 if unknown else status, found=found, told=told, charts=made,
        version=told.version, parts=found.resources, stored=found.stored, windows=list(WINDOWS), spans=SPANS,
        window=found.window, unknown=unknown, away=found.away, wrong=wrong or {}, typed=request.form,
        can_retrain=reaches(g.session.role, "operator"), plotly_template=codec.encode(template()).decode(),
        now=clock.to_datetime(found.now), share=share, misnamed=misnamed(found), percent=percent, roles=ROLES,
        done=DONE.get(request.args.get("done", ""), ""),
    )  # fmt: skip
