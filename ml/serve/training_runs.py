"""Training runs as the scoring service offers them: asked for here, done by `python -m ml worker`, known to all."""

import secrets
from datetime import datetime
from typing import Any

from core import clock
from core.db.engine import Database
from core.errors import GatehouseError
from core.models import training_runs
from core.models.training_runs import Run
from ml.serve.schemas import Train, Training, Trainings

MOST = 50


class Busy(GatehouseError):
    """A run that a person asked for is waiting or under way."""


class Runs:
    """Asks for runs and tells of them. Opens nothing before its first use."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, order: Train, actor: str) -> Training:
        """Ask for a run that is due now. Raises Busy while another one that was asked for is not done."""
        with self._database.transaction() as connection:
            open_run = training_runs.open_run(connection, "manual")
            if open_run is not None:
                raise Busy(f"training run {open_run} is waiting or under way")
            made = training_runs.request(
                connection,
                "manual",
                clock.now(),
                order.note,
                f"manual:{secrets.token_hex(8)}",
                actor,
                options=options(order),
            )
        found = training_runs.one(self._database, made)
        assert found is not None
        return told(found)

    def newest(self) -> Training | None:
        """The newest run that was started, or waits because it was asked for; None when there has been none."""
        runs = training_runs.listed(self._database, MOST)
        return next((told(run) for run in runs if run.state != "queued" or run.kind != "scheduled"), None)

    def listed(self) -> Trainings:
        """The newest runs."""
        return Trainings([told(run) for run in training_runs.listed(self._database, MOST)])


def options(order: Train) -> dict[str, Any]:
    """What a run keeps of an order."""
    wish = order.promote if isinstance(order.promote, str) else "always" if order.promote else "never"
    return {"days": order.days, "algorithm": order.algorithm, "promote": wish, "note": order.note}


def told(run: Run) -> Training:
    """A run as an answer."""
    return Training(
        run=run.id,
        kind=run.kind,
        state=run.state,
        progress=round(run.progress, 3),
        message=run.message,
        requested_by=run.requested_by,
        requested_at=clock.iso(run.requested_at.timestamp()),
        due_at=clock.iso(run.due_at.timestamp()),
        reason=run.reason,
        started_at=_iso(run.started_at),
        finished_at=_iso(run.finished_at),
        version=run.version,
        comparison=run.comparison,
        decision=run.decision,
        decided_by=run.decided_by,
        decided_at=_iso(run.decided_at),
        superseded_by=run.superseded_by,
    )


def _iso(value: datetime | None) -> str | None:
    return None if value is None else clock.iso(value.timestamp())
