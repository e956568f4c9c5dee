"""`python -m ml score`: every row of a file through a registered model, to a CSV file or into the product's store."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core import clock, csv_text
from core.errors import BadInput
from core.events import Event, Label, Prediction
from core.policy import Policy, decide
from core.settings import Settings
from core.store import models, policies
from core.store.assembly import Stores
from ml import columns, sheet, strange
from ml.features import Feature
from ml.scoring import Scorer
from ml.sheet import Sheet
from ml.words import Codes

BATCH = 2000
NAMES = ("row", "id", "score", "decision", "top_feature", "top_value")


def add(commands: Any) -> None:
    """Describe the command."""
    score = commands.add_parser("score", help="score the rows of a file with a registered model")
    score.add_argument("data", type=Path, help="CSV (any delimiter, also gzip) or Parquet")
    score.add_argument("--version", type=int, help="the model (default: the champion)")
    score.add_argument("--id", help="column of transaction ids")
    score.add_argument("--time", help="column of times, for --store")
    score.add_argument("--label", help="column that says what is fraud, for --store")
    score.add_argument("--delimiter", help="what separates values (default: found out)")
    score.add_argument("--encoding", help="how a text file is encoded (default: found out)")
    score.add_argument("--output", type=Path, help="write here (default: standard output)")
    score.add_argument("--store", action="store_true", help="publish the predictions as if they had been asked for")


def run(arguments: argparse.Namespace, stores: Stores, settings: Settings) -> int:
    """Score a file. Raises BadInput naming file, row and column."""
    version = arguments.version or models.champion(stores.live, stores.database)
    if version is None:
        raise BadInput("--version", "no model has been promoted yet")
    scorer = Scorer(models.load(stores.database, version))
    wanted = [name for name in (arguments.id, arguments.time, arguments.label) if name]
    data = sheet.read(arguments.data, wanted, arguments.delimiter, arguments.encoding)
    missing = [name for name in scorer.encoder.names if name not in data.columns]
    if len(missing) == len(scorer.encoder.names):
        raise BadInput(f"{data.name}, row 1", f"has none of the columns of model {version}: {', '.join(missing)}")
    if missing:
        print(f"not in the file, so missing in every row: {', '.join(missing)}", file=sys.stderr)
    for sentence in (*data.notes, *strange.to_model(_words(data, scorer.encoder.features), scorer.encoder.features)):
        print(sentence, file=sys.stderr)
    rows = np.column_stack([_column(data, feature) for feature in scorer.encoder.features]).astype(np.float32)
    ids = columns.distinct(data, arguments.id) if arguments.id else tuple(f"row-{n}" for n in data.numbers)
    policy = policies.ensure(stores.live, stores.database, settings.config.policy)
    scores = [float(score) for score in scorer.score_many(rows)]
    if arguments.store:
        return _store(arguments, stores, data, scorer, policy, rows, list(zip(ids, scores, strict=True)))
    lines = csv_text.lines(NAMES, _answers(data, scorer, policy, rows, ids, scores))
    if arguments.output is None:
        sys.stdout.writelines(lines)
        return 0
    try:
        with arguments.output.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    except OSError as error:
        raise BadInput(str(arguments.output), f"cannot be written: {error.strerror}") from error
    print(f"{len(scores):,} rows scored by model {version}; they are in {arguments.output}")
    return 0


def _words(data: Sheet, features: Sequence[Feature]) -> dict[str, tuple[str, ...]]:
    """The different words of the columns that the model takes as such."""
    named = [feature.name for feature in features if feature.kind == "category" and feature.name in data.columns]
    return {name: columns.categories(data, name)[0] for name in named}


def _column(data: Sheet, feature: Feature) -> columns.Doubles:
    """A feature's values in the model's terms; a column that is not there is missing throughout."""
    if feature.name not in data.columns:
        return np.full(len(data.numbers), np.nan)
    if feature.kind != "category":
        return columns.numbers(data, feature.name)
    words, index = columns.categories(data, feature.name)
    found = np.array([*map(Codes(feature.categories, feature.unseen), words), np.nan])
    return found[np.where(np.isnan(index), len(words), index).astype(np.int64)]


def _answers(
    data: Sheet, scorer: Scorer, policy: Policy, rows: Any, ids: tuple[str, ...], scores: list[float]
) -> list[list[Any]]:
    """The lines of the output, with the word of a category as its value."""
    features = {feature.name: feature for feature in scorer.encoder.features}
    found = []
    for index, score in enumerate(scores):
        values = rows[index].tolist()
        name, value = scorer.top(values, scorer.contributions(rows[index : index + 1])[0])
        meant = features[name].word(value)
        shown = "" if meant is None else meant
        found.append([data.numbers[index], ids[index], f"{score:.6f}", decide(score, policy), name, shown])
    return found


def _store(
    arguments: argparse.Namespace,
    stores: Stores,
    data: Sheet,
    scorer: Scorer,
    policy: Policy,
    rows: Any,
    scored: list[tuple[str, float]],
) -> int:
    """Publish predictions (and labels, where a column has them) through the outlet, as the service does."""
    now = clock.now()
    times = columns.times(data, arguments.time).tolist() if arguments.time else [now] * len(scored)
    labels = columns.labels(data, arguments.label).tolist() if arguments.label else [None] * len(scored)
    events: list[Event] = []
    for (name, score), row, when, label in zip(scored, rows.tolist(), times, labels, strict=True):
        events.append(
            Prediction(
                id=name,
                timestamp=min(when, now),
                transaction_id=name,
                score=score,
                decision=decide(score, policy),
                threshold=policy.fraud_threshold,
                model_version=scorer.version,
                feature_values=[None if value != value else value for value in row],
            )
        )
        if label is not None and label == label:
            truth: Any = "fraud" if label else "legit"
            events.append(Label(id=f"{name}:file", timestamp=now, transaction_id=name, label=truth, source="analyst"))
    for start in range(0, len(events), BATCH):
        stores.outlet.publish(events[start : start + BATCH])
    print(f"{len(scored):,} predictions of model {scorer.version} published")
    return 0
