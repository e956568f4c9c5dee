"""One training run (L8): learn from stored labels or a file, judge challenger and champion, decide, record.

Everything up to the decision only reads. Registering the model comes first and changes nothing that anybody sees; the
promotion, its audit row and the end of the run are one transaction, and it fails when the run is no longer ours.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from core import clock
from core.errors import BadInput
from core.performance import contest
from core.store import model_roles, models, training_decisions, training_runs
from core.store.assembly import Stores
from core.store.model_roles import RoleChange
from core.store.training_runs import Ended, Run
from ml import categories, file_run, registry, stored, training
from ml.artefact import Algorithm, Artefact
from ml.config import ModelConfig
from ml.metrics import Array
from ml.scoring import Scorer
from ml.split import DAY, Protocol
from ml.table import Table
from ml.training import Tell


class Lost(Exception):
    """The run belongs to another worker by now."""


class Stopped(Exception):
    """A person asked for the end of the run."""


@dataclass(frozen=True, slots=True)
class Made:
    """A challenger with what the contest said; `comparison` is kept with the run."""

    artefact: Artefact
    comparison: dict[str, Any]


def perform(run: Run, worker: str, stores: Stores, config: ModelConfig, now: float, tell: Tell) -> str:
    """Do a claimed run to its end and return its state. Raises Lost; what is wrong with the data fails the run."""
    try:
        champion = models.role(stores.database, model_roles.CHAMPION)
        if run.source == "file":
            made = Made(*file_run.challenge(stores, champion, config, run, tell))
        else:
            table, made = _from_stored(run, stores, champion, config, now, tell)
    except BadInput as error:
        return end(run, worker, stores, "failed", str(error))
    tell(0.9, "registering the model")
    version = registry.save(stores.database, made.artefact)
    ensemble = None
    if run.kind != "manual" and champion is not None:
        ensemble = _ensemble(stores, config, run, table, champion, tell)
    return _settle(run, worker, stores, config, made, version, ensemble)


def _from_stored(
    run: Run, stores: Stores, champion: int | None, config: ModelConfig, now: float, tell: Tell
) -> tuple[Table, Made]:
    if champion is None:
        raise BadInput("model", "no model has been promoted yet, so no prediction is stored to learn from")
    tell(0.02, "reading stored labels")
    days = int(run.options.get("days", config.retraining.history_days))
    table = stored.read(stores.database, champion, now - days * DAY)
    return table, challenge(table, _scorer(stores, champion), config, run, tell)


def challenge(table: Table, champion: Scorer, config: ModelConfig, run: Run, tell: Tell) -> Made:
    """Train on the rows before the newest labelled days and compare there.

    With too few frauds to judge by, a run that a person asked for trains on the usual split without a comparison;
    any other raises BadInput, as does a table that lacks a class.
    """
    rules = config.retraining
    algorithm: Algorithm = run.options.get("algorithm", "boosted")
    note = str(run.options.get("note") or f"{run.kind} run {run.id}: {run.reason}".rstrip(": "))
    judges = _judges(table, rules.judge_days)
    older, newest = table.labels[:-judges], table.labels[-judges:]
    frauds = int(newest.sum())
    if frauds < rules.least_frauds or frauds == judges or not 0 < older.sum() < len(older):
        known = f"only {frauds} frauds are known in the newest {rules.judge_days} days"
        reason = f"{known}; {rules.least_frauds} are needed"
        if run.kind != "manual":
            raise BadInput("label", f"{reason}, so nothing was trained")
        made = training.train(table, config, algorithm, note, Protocol(drop_known=False), tell)
        return Made(made, {"verdict": "not compared", "reason": reason})
    protocol = Protocol(drop_known=False, test_rows=judges)
    artefact = training.train(table, config, algorithm, note, protocol, lambda share, what: tell(share * 0.8, what))
    tell(0.85, "comparing with the champion")
    outcome = contest.compare(
        table.labels[-judges:],
        champion.score_many(categories.coded(table, champion.encoder.features)[-judges:]).astype(np.float64),
        scores_of(artefact, table, judges),
        rules.resamples,
        rules.confidence,
        config.seed,
    )
    judged = {"rows": judges, "frauds": frauds, "days": rules.judge_days, "champion_version": champion.version}
    return Made(artefact, outcome.as_json(**judged, resamples=rules.resamples, confidence=rules.confidence))


def scores_of(artefact: Artefact, table: Table, newest: int) -> Array:
    """Scores of the newest rows by a model that is not registered yet."""
    booster = training.loaded(artefact)
    return training.predict(booster, categories.coded(table, artefact.features)[-newest:])


def _judges(table: Table, days: int) -> int:
    """How many rows lie in the newest `days`, but never more than half of all."""
    assert table.times is not None
    count = int((table.times > table.times[-1] - days * DAY).sum())
    return max(1, min(count, len(table.labels) // 2))


def _scorer(stores: Stores, version: int) -> Scorer:
    return Scorer(models.load(stores.database, version))


def _ensemble(stores: Stores, config: ModelConfig, run: Run, table: Table, champion: int, tell: Tell) -> int | None:
    """A fresh ensemble from the same rows, unless the ensemble serves now or is what the run was for."""
    held = models.role(stores.database, model_roles.ENSEMBLE)
    if not config.retraining.refresh_ensemble or held == champion or run.options.get("algorithm") == "ensemble":
        return None
    tell(0.95, "refreshing the ensemble")
    rules = Protocol(drop_known=False, test_rows=_judges(table, config.retraining.judge_days))
    return registry.save(stores.database, training.train(table, config, "ensemble", f"with run {run.id}", rules))


def _settle(
    run: Run,
    worker: str,
    stores: Stores,
    config: ModelConfig,
    made: Made,
    version: int,
    ensemble: int | None,
) -> str:
    wish = run.options.get("promote", "never" if run.kind == "manual" else config.retraining.promote)
    verdict = str(made.comparison["verdict"])
    role = _role(str(wish), verdict)
    state: Literal["done", "refused"] = "refused" if wish in ("better", "ask") and role is None else "done"
    message = _message(version, made.comparison, role)
    why = f"training run {run.id}: {message}"
    waits: Literal["waiting"] | None = "waiting" if role == model_roles.CHALLENGER else None
    change: RoleChange | None = None
    with stores.database.transaction() as connection:
        if not training_runs.finish(
            connection, run.id, worker, state, message, clock.now(), version, made.comparison, waits
        ):
            raise _ended(stores, run)
        for holder, wanted in ((role, version), (model_roles.ENSEMBLE if ensemble else None, ensemble)):
            if holder is not None and wanted is not None:
                found = model_roles.assign(
                    connection,
                    wanted,
                    holder,
                    actor=run.requested_by,
                    reason=why,
                    audit=stores.audit,
                    correlation_id=run.correlation_id,
                )
                change = found if holder == model_roles.CHAMPION else change
        if waits:
            training_decisions.supersede(connection, stores.audit, run.id, run.requested_by, clock.now())
    model_roles.publish(stores.live, change)
    return state


def _ended(stores: Stores, run: Run) -> Exception:
    """Why the end of a run could not be written: somebody stopped it at the last moment, or it is another's."""
    by = training_runs.stop_asked(stores.database, run.id)
    return Lost() if by is None else Stopped(by)


def _role(wish: str, verdict: str) -> str | None:
    """The role that a new model gets: always, only when better, or a person is asked."""
    if wish == "always":
        return model_roles.CHAMPION
    if verdict != "better" or wish == "never":
        return None
    return model_roles.CHAMPION if wish == "better" else model_roles.CHALLENGER


def _message(version: int, comparison: dict[str, Any], role: str | None) -> str:
    if "difference" not in comparison:
        told = f"model {version} was trained, not compared: {comparison['reason']}"
    else:
        told = (
            f"model {version} is {comparison['verdict']}: average precision {comparison['challenger']:.4f} against "
            f"{comparison['champion']:.4f} of model {comparison['champion_version']}, difference between "
            f"{comparison['low']:+.4f} and {comparison['high']:+.4f}"
        )
    given = {model_roles.CHAMPION: "promoted", model_roles.CHALLENGER: "waits for a person as challenger"}
    return f"{told}; {given[role]}" if role else told


def end(run: Run, worker: str, stores: Stores, state: Ended, message: str) -> str:
    """End a run that made nothing; returns its state. Raises Lost."""
    with stores.database.transaction() as connection:
        if not training_runs.finish(connection, run.id, worker, state, message, clock.now()):
            raise Lost
    return state
