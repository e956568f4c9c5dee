"""Training from the console (L3): give a file or take stored labels, and see every run.

What follows for one file is in `training_file.py`, for one run in `training_run.py`.
"""

import secrets
import threading
import time
from typing import Any

from flask import Flask, Response, g, make_response, redirect, request
from werkzeug.exceptions import RequestEntityTooLarge

from console import format, training_reads
from console.auth.audited import address
from console.auth.context import Door, clean
from console.auth.guard import confirm
from console.auth.roles import reaches
from console.format import sentence
from console.pages import training_form as forms
from console.pages.partial_rendering import show_live
from console.training_reads import Available
from core import clock
from core.config import UploadsConfig
from core.errors import BadInput
from core.models import training_runs, uploads
from core.web.app import App
from core.web.problems import problem

DAYS = (7, 14, 30, 60, 90)
RUNS = 50
FORM_BYTES = 65_536  # what a form weighs beside its file
KEPT_SECONDS, KEPT_TIMES = 60.0, 100.0  # a count stands so long, and so many times as long as it took
HOUR = 3600.0
DONE = {"discarded": "The file is let go.", "cancelled": "The run is cancelled."}


class Known:
    """How many stored labels there are to learn from; counting them costs one percent of the time at most."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._until = 0.0
        self._kept: list[Available] = []
        self._lock = threading.Lock()

    def now(self, now: float) -> list[Available]:
        """By span of `DAYS`. Raises DatabaseAway."""
        with self._lock:
            if now > self._until:
                began = time.monotonic()
                self._kept = training_reads.available(self._door.database, now, DAYS)
                self._until = now + max(KEPT_SECONDS, KEPT_TIMES * (time.monotonic() - began))
            return self._kept


def allow_files(server: App, path: str, limit: UploadsConfig) -> None:
    """Let the one route that takes training files take large ones; call it before the guard reads the form."""

    server.large_bodies[path] = limit.max_bytes + FORM_BYTES

    @server.before_request
    def allow() -> None:
        if request.endpoint == "training_upload":
            request.max_content_length = limit.max_bytes + FORM_BYTES


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>model/training`: the page, the file that somebody gives, a run from stored labels."""
    root = f"{door.prefix}model/training"
    limits, known = door.settings.config.uploads, Known(door)

    @server.get(root, endpoint="model_training")
    def page() -> Response:
        return _page(door, known)

    @server.post(f"{root}/files", endpoint="training_upload")
    def upload() -> Response:
        given = request.files.get("file")
        if given is None or not given.filename:
            return _page(door, known, 400, wrong={"file": "Choose a file."})
        name = clean(given.filename.replace("\\", "/").rsplit("/", 1)[-1])[:120] or "file"
        try:
            number = uploads.store(
                door.database, door.audit, name, given.stream, g.session.user, clock.now(),
                most_bytes=limits.max_bytes, keep_seconds=limits.keep_hours * HOUR, most_files=limits.most,
            )  # fmt: skip
        except BadInput as error:
            return _page(door, known, 400, wrong={"file": sentence(error.reason)})
        return make_response(redirect(f"{root}/files/{number}", 303))

    @server.post(f"{root}/stored", endpoint="training_stored")
    def stored() -> Response:
        wrong: dict[str, str] = {}
        options = forms.how(request.form, g.session.role, wrong)
        days = request.form.get("days", "")
        if not days.isdecimal() or len(days) > 4 or not 1 <= int(days) <= 3650:
            wrong["days"] = "Between 1 and 3,650 days."
        if wrong:
            return _page(door, known, 400, typed=request.form, wrong=wrong)
        if unsure := sure(door, options):
            return unsure
        run = ask(door, {**options, "days": int(days)})
        return make_response(redirect(f"{root}/runs/{run}", 303))

    @server.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Response:
        if request.endpoint != "training_upload" or "session" not in g:
            return problem(413, error.description or "The request is too large.")
        most = f"{format.size(limits.max_bytes)}"
        return _page(door, known, 413, wrong={"file": f"The file is larger than {most}; use the command line instead."})


def sure(door: Door, options: dict[str, Any]) -> Response | None:
    """A run that changes by itself who scores wants what a promotion wants: a second factor that was shown lately."""
    return None if options["promote"] == "never" else confirm(door)


def ask(door: Door, options: dict[str, Any], upload: int | None = None) -> int:
    """Ask for a run that is due now, on record; its number. The same that is not over stands for it (a double click).

    Raises BadInput when the file has been let go meanwhile.
    """
    now, user = clock.now(), g.session.user
    how: Any = {"correlation_id": g.get("correlation_id")}
    with door.database.transaction() as connection:
        if (same := training_runs.alike(connection, user, options, upload)) is not None:
            return same
        if upload is not None:
            uploads.hold(connection, upload)
        key = f"page:{secrets.token_hex(8)}"
        run = training_runs.request(
            connection, "manual", now, options.get("note", ""), key, user, options=options, upload=upload, **how
        )
        after = {"source": "stored" if upload is None else options["file"], "promote": options["promote"]}
        door.audit.append(connection, user, "training.request", f"run:{run}", None, after, address(), **how)
    return run


def _page(
    door: Door, known: Known, status: int = 200, typed: Any = None, wrong: dict[str, str] | None = None
) -> Response:
    now = clock.now()
    runs = training_runs.listed(door.database, RUNS)
    counts = reaches(g.session.role, "analyst") and request.args.get("fragment") != "1"
    return show_live(
        door, "training.html", "model", status, now=clock.to_datetime(now), available=known.now(now) if counts else [],
        runs=runs, busy=any(run.state == "running" for run in runs), files=uploads.listed(door.database),
        limits=door.settings.config.uploads, size=format.size, number=format.number, algorithms=forms.ALGORITHMS,
        promote=forms.PROMOTE, typed=typed or {"days": "60"}, wrong=wrong or {},
        done=DONE.get(request.args.get("done", ""), ""),
    )  # fmt: skip
