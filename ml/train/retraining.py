"""One training run (L8): learn from stored labels or a file, judge challenger and champion, decide, record.

Everything up to the decision only reads. Registering the model comes first and changes nothing that anybody sees; the
promotion, its audit row and the end of the run are one transaction, which the queue's runner makes of what `perform`
returns.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from core import clock
from core.db.engine import Connection, after_commit
from core.db.jobs.runner import Done
from core.errors import BadInput
from core.models import registry as models
from core.models import roles, training_decisions, training_runs
from core.models.performance import contest
from core.models.training_runs import Run
from core.stores import Stores
from ml import registry
from ml.artefact import Algorithm, Artefact
from ml.config import ModelConfig
from ml.data import categories, stored
from ml.data.split import DAY, Protocol
from ml.data.table import Table
from ml.serve.scoring import Scorer
from ml.train import file_training, training
from ml.train.metrics import Array
from ml.train.recipes import Tell


@dataclass(frozen=True, slots=True)
class Made:
    """A challenger with what the contest said; `comparison` is kept with the run."""

    artefact: Artefact
    comparison: dict[str, Any]


def perform(run: Run, stores: Stores, config: ModelConfig, now: float, tell: Tell) -> Done:
    """Do a claimed run; returns what is to be written with its end. Raises BadInput for what is wrong with the data."""
    champion = models.role(stores.database, roles.CHAMPION)
    if run.source == "file":
        made = Made(*file_training.challenge(stores, champion, config, run, tell))
    else:
        table, made = _from_stored(run, stores, champion, config, now, tell)
    tell(0.9, "registering the model")
    version = registry.save(stores.database, made.artefact, stores.model_seal)
    ensemble = None
    if run.kind != "manual" and champion is not None:
        ensemble = _ensemble(stores, config, run, table, champion, tell)
    return _settled(run, stores, config, made, version, ensemble)


def _from_stored(
    run: Run, stores: Stores, champion: int | None, config: ModelConfig, now: float, tell: Tell
) -> tuple[Table, Made]:
    if champion is None:
        raise BadInput("model", "no model has been promoted yet, so there are no stored predictions to train on")
    tell(0.02, "reading stored labels")
    days = int(run.options.get("days", config.retraining.history_days))
    table = stored.read(stores, champion, now - days * DAY)
    return table, challenge(table, _scorer(stores, champion), config, run, tell)


def challenge(table: Table, champion: Scorer, config: ModelConfig, run: Run, tell: Tell) -> Made:
    """Train on the rows before the newest labelled days and compare there.

    With too few frauds to judge by, a run that a person asked for trains on the usual split without a comparison;
    any other raises BadInput, as does a table that lacks a class.
    """
    rules = config.retraining
    algorithm: Algorithm = run.options.get("algorithm", "boosted")
    note = str(run.options.get("note") or f"{run.kind} run {run.id}: {run.reason}".rstrip(": "))
    search = run.kind != "emergency"  # an incident does not wait for better settings
    judges = _judges(table, rules.judge_days)
    older, newest = table.labels[:-judges], table.labels[-judges:]
    frauds = int(newest.sum())
    if frauds < rules.least_frauds or frauds == judges or not 0 < older.sum() < len(older):
        known = f"only {frauds} frauds are known in the newest {rules.judge_days} days"
        reason = f"{known}; {rules.least_frauds} are needed"
        if run.kind != "manual":
            raise BadInput("label", f"{reason}, so no model was trained")
        made = training.train(table, config, algorithm, note, Protocol(drop_known=False), tell, search)
        return Made(made, {"verdict": "not compared", "reason": reason})
    protocol = Protocol(drop_known=False, test_rows=judges)
    artefact = training.train(
        table, config, algorithm, note, protocol, lambda share, what: tell(share * 0.8, what), search
    )
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
    return Scorer(models.load(stores.database, version, stores.model_seal))


def _ensemble(stores: Stores, config: ModelConfig, run: Run, table: Table, champion: int, tell: Tell) -> int | None:
    """A fresh ensemble from the same rows, unless the ensemble serves now or is what the run was for."""
    held = models.role(stores.database, roles.ENSEMBLE)
    if not config.retraining.refresh_ensemble or held == champion or run.options.get("algorithm") == "ensemble":
        return None
    tell(0.95, "refreshing the ensemble")
    rules = Protocol(drop_known=False, test_rows=_judges(table, config.retraining.judge_days))
    made = training.train(table, config, "ensemble", f"with run {run.id}", rules, search=False)
    return registry.save(stores.database, made, stores.model_seal)


def _settled(run: Run, stores: Stores, config: ModelConfig, made: Made, version: int, ensemble: int | None) -> Done:
    """What a run comes to: its end, the roles that its models get, the decision that waits."""
    wish = run.options.get("promote", "never" if run.kind == "manual" else config.retraining.promote)
    role = _role(str(wish), str(made.comparison["verdict"]))
    state: Literal["done", "refused"] = "refused" if wish in ("better", "ask") and role is None else "done"
    message = _message(version, made.comparison, role)
    waits: Literal["waiting"] | None = "waiting" if role == roles.CHALLENGER else None
    given = [(role, version), (roles.ENSEMBLE, ensemble)]

    def write(connection: Connection) -> None:
        training_runs.settle(connection, run.id, state, version, made.comparison, waits)
        for holder, wanted in given:
            if holder is not None and wanted is not None:
                _assign(connection, stores, run, wanted, holder, f"training run {run.id}: {message}")
        if waits:
            training_decisions.supersede(connection, stores.audit, run.id, run.requested_by, clock.now())

    return Done(message, write, state)


def _assign(connection: Connection, stores: Stores, run: Run, version: int, role: str, why: str) -> None:
    change = roles.assign(
        connection,
        version,
        role,
        actor=run.requested_by,
        reason=why,
        audit=stores.audit,
        correlation_id=run.correlation_id,
    )
    if role == roles.CHAMPION:
        after_commit(connection, lambda: roles.publish(stores.live, change))


def _role(wish: str, verdict: str) -> str | None:
    """The role that a new model gets: always, only when better, or a person is asked."""
    if wish == "always":
        return roles.CHAMPION
    if verdict != "better" or wish == "never":
        return None
    return roles.CHAMPION if wish == "better" else roles.CHALLENGER


def _message(version: int, comparison: dict[str, Any], role: str | None) -> str:
    if "difference" not in comparison:
        told = f"model {version} was trained, not compared: {comparison['reason']}"
    else:
        told = (
            f"model {version} is {comparison['verdict']}: average precision {comparison['challenger']:.4f} against "
            f"{comparison['champion']:.4f} of model {comparison['champion_version']}, difference between "
            f"{comparison['low']:+.4f} and {comparison['high']:+.4f}"
        )
    given = {roles.CHAMPION: "promoted", roles.CHALLENGER: "waiting for a decision as challenger"}
    return f"{told}; {given[role]}" if role else told
