"""A training run on a file that somebody gave: by the mapping that they chose, compared with the champion where it can.

The champion can be judged on a file that has all its features, by name and kind. Both then score the rows that the new
model did not learn from.
"""

from typing import Any

import msgspec
import numpy as np

from core.errors import BadInput
from core.models import registry as models
from core.models import uploads
from core.models.performance import contest
from core.models.training_runs import Run
from core.stores import Stores
from core.tabular import sheet
from ml import registry
from ml.artefact import Algorithm, Artefact
from ml.config import ModelConfig
from ml.data import categories, category_mismatch, identifiers, split, table
from ml.data.column_errors import FORM, worded
from ml.data.split import Protocol
from ml.data.table import Mapping, Table
from ml.serve.scoring import Scorer
from ml.train import training
from ml.train.recipes import Tell

Comparison = dict[str, Any]


def challenge(
    stores: Stores, champion: int | None, config: ModelConfig, run: Run, tell: Tell
) -> tuple[Artefact, Comparison]:
    """The model of a run's file, and how it compares. Raises BadInput naming file, row and column of what is wrong."""
    tell(0.01, "reading the file")
    if run.upload is None:
        raise BadInput("file", "the file has been deleted; upload it again")
    content = uploads.content(stores.database, run.upload)
    mapping = msgspec.convert(run.options["mapping"], Mapping)
    encoding = mapping.encoding
    given = sheet.parse(content, run.options["file"], mapping.wanted(), mapping.delimiter, encoding=encoding)
    del content
    delay = float(run.options.get("delay_days", 0.0))
    drop_known = not run.options.get("keep_known", False)
    protocol = Protocol(delay, drop_known, assumed=not delay, **run.options.get("split", {}))
    algorithm: Algorithm = run.options.get("algorithm", "boosted")
    note = str(run.options.get("note") or f"run {run.id} on {run.options['file']}")
    try:
        data = table.of(given, mapping)
        artefact = training.train(
            identifiers.without(data, mapping),
            config,
            algorithm,
            note,
            protocol,
            lambda share, what: tell(0.05 + share * 0.75, what),
        )
    except BadInput as error:
        raise worded(error, FORM) from None  # who gave the file sees a form, and no options
    tell(0.82, "comparing with the champion")
    return artefact, _compared(stores, champion, config, artefact, data, protocol)


def _compared(
    stores: Stores, champion: int | None, config: ModelConfig, artefact: Artefact, data: Table, protocol: Protocol
) -> Comparison:
    if champion is None:
        return _none("there is no champion yet")
    model = models.load(stores.database, champion, stores.model_seal)
    if lacking := _lacking(data, registry.features(model)):
        count = len(registry.features(model))
        reason = f"the file lacks {len(lacking)} of the {count} features of model {champion} (first: {lacking[0]})"
        return _none(f"{reason}, so the champion cannot be tested on it")
    words = {feature.name: feature.categories for feature in data.features if feature.kind == "category"}
    if odd := next(category_mismatch.to_model(words, registry.features(model)), ""):
        return _none(f"{odd}, so model {champion} would be tested on values it cannot read")
    rules = config.retraining
    newer = split.by_time(data, config.test_share, protocol, config.seed).newer
    frauds = int(data.labels[newer].sum())
    if frauds < rules.least_frauds:
        return _none(f"only {frauds} frauds are in the test rows; {rules.least_frauds} are needed")
    scorer = Scorer(model)
    outcome = contest.compare(
        data.labels[newer],
        scorer.score_many(categories.coded(data, scorer.encoder.features)[newer]).astype(np.float64),
        training.predict(training.loaded(artefact), categories.coded(data, artefact.features)[newer]),
        rules.resamples,
        rules.confidence,
        config.seed,
    )
    judged = {"rows": len(newer), "frauds": frauds, "champion_version": champion}
    return outcome.as_json(**judged, resamples=rules.resamples, confidence=rules.confidence)


def _lacking(data: Table, features: tuple[Any, ...]) -> list[str]:
    """Features of a model that a table has not, or has as another kind."""
    kinds = {feature.name: feature.kind == "category" for feature in data.features}
    return [feature.name for feature in features if kinds.get(feature.name) is not (feature.kind == "category")]


def _none(reason: str) -> Comparison:
    return {"verdict": "not compared", "reason": reason}
