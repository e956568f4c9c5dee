"""Asking for a training run, whatever it learns from; and how many stored labels there are to learn from."""

import secrets
import threading
import time
from typing import Any

from flask import Response, current_app, g

from console import training_reads
from console.auth.audited import address
from console.auth.context import AuthContext
from console.auth.guard import confirm
from console.training_reads import Available
from core import clock
from core.models import training_runs, uploads

DAYS = (7, 14, 30, 60, 90)
KEPT_SECONDS, KEPT_TIMES = 60.0, 100.0  # a count stands so long, and so many times as long as it took


class Known:
    """How many stored labels there are to learn from; counting them costs one percent of the time at most."""

    def __init__(self, auth: AuthContext) -> None:
        self._door = auth
        self._until = 0.0
        self._kept: list[Available] = []
        self._lock = threading.Lock()

    def now(self, now: float) -> list[Available]:
        """By span of `DAYS`. Raises DatabaseUnavailable."""
        with self._lock:
            if now > self._until:
                began = time.monotonic()
                self._kept = training_reads.available(self._door.database, now, DAYS)
                self._until = now + max(KEPT_SECONDS, KEPT_TIMES * (time.monotonic() - began))
            return self._kept


def available(auth: AuthContext) -> list[Available]:
    """How much there is to learn from, counted once for all who look."""
    known: Known = current_app.extensions.setdefault("labels-to-learn-from", Known(auth))
    return known.now(clock.now())


def sure(auth: AuthContext, options: dict[str, Any]) -> Response | None:
    """A run that changes by itself who scores wants what a promotion wants: a second factor that was shown lately."""
    return None if options["promote"] == "never" else confirm(auth)


def ask(auth: AuthContext, options: dict[str, Any], upload: int | None = None) -> int:
    """Ask for a run that is due now, on record; its number. The same that is not over stands for it (a double click).

    Raises BadInput when the file has been let go meanwhile.
    """
    now, user = clock.now(), g.session.user
    how: Any = {"correlation_id": g.get("correlation_id")}
    with auth.database.transaction() as connection:
        if (same := training_runs.alike(connection, user, options, upload)) is not None:
            return same
        if upload is not None:
            uploads.hold(connection, upload)
        key = f"page:{secrets.token_hex(8)}"
        run = training_runs.request(
            connection, "manual", now, options.get("note", ""), key, user, options=options, upload=upload, **how
        )
        after = {"source": "stored" if upload is None else options["file"], "promote": options["promote"]}
        auth.audit.append(connection, user, "training.request", f"run:{run}", None, after, address(), **how)
    return run
