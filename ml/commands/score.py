"""`python -m ml score`: every row of a file through a registered model, to a CSV file or into the product's store."""

import argparse
import hashlib
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from core import clock
from core.errors import BadInput
from core.events.types import Event, Label, Prediction
from core.input_names import spelled_out, unknown
from core.models import registry
from core.policy import Decision, Policy, decide
from core.settings import Settings
from core.stores import Stores
from core.tabular import csv_export, missing_values, sheet
from core.tabular.sheet import Sheet
from core.transactions import policies
from core.transactions.ids import MOST, is_id
from ml.data import category_mismatch, columns
from ml.data.category_encoding import Codes
from ml.data.features import Feature, Rows
from ml.progress import Bar
from ml.serve import explaining
from ml.serve.explaining import Explain

if TYPE_CHECKING:
    from ml.serve.scoring import Scorer

BATCH = 2000
CHUNK = 20_000  # rows that are scored between two looks at the clock
_FLOAT = re.compile(r"\d+\.\d*(?:[eE]\+\d+)?|\d+[eE]\+\d+")
NAMES = ("row", "id", "score", "decision", "top_feature", "top_value")


@dataclass(frozen=True, slots=True)
class Scored:
    """Rows (m, n) with their scores and decisions; `explained` leads from a row to its place in `shares` (k, n)."""

    rows: Rows
    scores: list[float]
    decisions: list[Decision]
    explained: dict[int, int]
    shares: Any


def add(commands: Any) -> None:
    """Describe the command."""
    score = commands.add_parser("score", help="score the rows of a file with a registered model")
    score.add_argument("data", type=Path, help="CSV (any delimiter; gzip, xz or bzip2) or Parquet")
    score.add_argument("--version", type=int, help="the model (default: the champion)")
    score.add_argument("--id", help="transaction id column")
    score.add_argument("--time", help="time column, for --store: the rows count as replayed")
    score.add_argument("--label", help="label column, for --store")
    score.add_argument("--delimiter", help="delimiter (default: detected)")
    score.add_argument("--encoding", help="encoding (default: detected)")
    score.add_argument("--output", type=Path, help="write here (default: standard output)")
    score.add_argument(
        "--explain",
        choices=get_args(Explain),
        default="flagged",
        help="rows that get a top feature: those not approved (default), all or none",
    )
    score.add_argument("--store", action="store_true", help="store the predictions like live ones")


def run(arguments: argparse.Namespace, stores: Stores, settings: Settings) -> int:
    """Score a file. Raises BadInput naming file, row and column."""
    from ml.serve.scoring import Scorer  # XGBoost, which the other commands do without

    version = arguments.version or registry.champion(stores.live, stores.database)
    if version is None:
        raise BadInput("--version", "no model has been promoted yet")
    scorer = Scorer(registry.load(stores.database, version, stores.model_seal))
    wanted = [name for name in (arguments.id, arguments.time, arguments.label) if name]
    data = sheet.read(arguments.data, wanted, arguments.delimiter, arguments.encoding)
    missing = [name for name in scorer.encoder.names if name not in data.columns]
    unused = unknown(data.columns.keys() - {*scorer.encoder.names, *wanted}, scorer.encoder.known, data.name)
    if len(missing) == len(scorer.encoder.names):
        said = f"; it has {spelled_out(unused)}" if unused else ""
        raise BadInput(f"{data.name}, row 1", f"has none of the columns of model {version}: {', '.join(missing)}{said}")
    if unused:
        print(f"columns unknown to model {version}, ignored: {spelled_out(unused)}", file=sys.stderr)
    if missing:
        print(f"not in the file, treated as missing: {', '.join(missing)}", file=sys.stderr)
    for sentence in (
        *data.notes,
        *category_mismatch.to_model(_words(data, scorer.encoder.features), scorer.encoder.features),
    ):
        print(sentence, file=sys.stderr)
    with Bar() as bar:
        rows = _rows(data, scorer.encoder.features, bar)
        ids = _ids(data, arguments.id, arguments.store)
        policy = policies.ensure(stores.live, stores.database, settings.config.policy)
        scored = _scored(scorer, policy, rows, arguments.explain, bar)
    if arguments.store:
        return _store(arguments, stores, data, scorer, policy, ids, scored)
    lines = csv_export.lines(NAMES, _answers(data, scorer, ids, scored))
    if arguments.output is None:
        sys.stdout.writelines(lines)
        return 0
    try:
        with arguments.output.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    except OSError as error:
        raise BadInput(str(arguments.output), f"cannot be written: {error.strerror}") from error
    print(f"{len(rows):,} rows scored by model {version}; they are in {arguments.output}")
    return 0


def _rows(data: Sheet, features: Sequence[Feature], bar: Bar) -> Rows:
    """The values of the model's features (m, n)."""
    rows = np.empty((len(data.numbers), len(features)), dtype=np.float32)
    for index, feature in enumerate(features):
        rows[:, index] = _column(data, feature)
        bar.tell(0.2 * (index + 1) / len(features), f"reading {feature.name[:30]}")
    return rows


def _plain_numbers(values: Sequence[str]) -> columns.Doubles | None:
    """A column of nothing but plain numbers, read at once; None where a value needs a second look."""
    if "_" in "".join(values):
        return None
    try:
        found = np.array(values, dtype=np.float64)
    except ValueError:
        return None
    return found if bool((np.abs(found) <= np.finfo(np.float32).max).all()) else None


def _ids(data: Sheet, column: str | None, unique: bool) -> Sequence[str]:
    """Each row's id, whole; only what is stored needs ids that are there and differ."""
    if column is None:
        return [f"row-{number}" for number in data.numbers]
    found = columns.distinct(data, column) if unique else [value.strip() for value in data.columns[column]]
    return [_whole(word) for word in found]


def _whole(word: str) -> str:
    """An id that a tool kept as a floating-point number, such as 4.53958e+15, with all its digits."""
    number = float(word) if _FLOAT.fullmatch(word) else 0.0
    return str(int(number)) if number.is_integer() and 1e15 <= number < 2**63 else missing_values.pointless(word)


def _scored(scorer: "Scorer", policy: Policy, rows: Rows, explain: Explain, bar: Bar) -> Scored:
    """Scores and decisions of all rows, contributions of those that are to be explained."""
    scores = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), CHUNK):
        scores[start : start + CHUNK] = scorer.score_many(rows[start : start + CHUNK])
        bar.tell(0.2 + 0.2 * min(1.0, (start + CHUNK) / len(rows)), f"scoring {len(rows):,} rows")
    decisions = [decide(score, policy) for score in scores.tolist()]
    which = explaining.chosen(np.array(decisions), explain)
    said = f"explaining {len(which):,} of {len(rows):,} rows"
    shares = explaining.contributions(scorer, rows[which], lambda share: bar.tell(0.4 + 0.6 * share, said))
    bar.tell(1.0, "done")
    return Scored(rows, scores.tolist(), decisions, dict(zip(which.tolist(), range(len(which)), strict=True)), shares)


def _words(data: Sheet, features: Sequence[Feature]) -> dict[str, tuple[str, ...]]:
    """The different words of the columns that the model takes as such."""
    named = [feature.name for feature in features if feature.kind == "category" and feature.name in data.columns]
    return {name: columns.categories(data, name)[0] for name in named}


def _column(data: Sheet, feature: Feature) -> columns.Doubles:
    """A feature's values in the model's terms; a column that is not there is missing throughout."""
    if feature.name not in data.columns:
        return np.full(len(data.numbers), np.nan)
    if feature.kind != "category":
        quick = _plain_numbers(data.columns[feature.name])
        return columns.numbers(data, feature.name) if quick is None else quick
    words, index = columns.categories(data, feature.name)
    found = np.array([*map(Codes(feature.categories, feature.unseen), words), np.nan])
    return found[np.where(np.isnan(index), len(words), index).astype(np.int64)]


def _answers(data: Sheet, scorer: "Scorer", ids: Sequence[str], scored: Scored) -> Iterator[list[Any]]:
    """The lines of the output, with the word of a category as its value; what was not explained is empty there."""
    features = {feature.name: feature for feature in scorer.encoder.features}
    for index, (score, decision) in enumerate(zip(scored.scores, scored.decisions, strict=True)):
        name, shown = "", None
        if (place := scored.explained.get(index)) is not None:
            name, value = scorer.top(scored.rows[index].tolist(), scored.shares[place])
            shown = features[name].word(value)
        yield [data.numbers[index], ids[index], f"{score:.6f}", decision, name, "" if shown is None else shown]


def _key(name: str) -> str:
    """The idempotency key of a transaction's label; of a long id its digest, for a key has 200 characters at most."""
    key = f"{name}:file"
    return key if len(key) <= MOST else f"{hashlib.sha256(name.encode()).hexdigest()}:file"


def _store(
    arguments: argparse.Namespace,
    stores: Stores,
    data: Sheet,
    scorer: "Scorer",
    policy: Policy,
    ids: Sequence[str],
    scored: Scored,
) -> int:
    """Publish predictions (and labels, where a column has them) through the outlet, as the service does."""
    for number, name in zip(data.numbers, ids, strict=True):
        if not is_id(name):
            raise BadInput(f"{data.name}, row {number}", f"{name[:40]!r} is not a valid id: at most {MOST} characters")
    now = clock.now()
    times = columns.times(data, arguments.time).tolist() if arguments.time else [now] * len(ids)
    labels = columns.labels(data, arguments.label).tolist() if arguments.label else [None] * len(ids)
    events: list[Event] = []
    for index, (name, when, label) in enumerate(zip(ids, times, labels, strict=True)):
        row = scored.rows[index].tolist()
        prediction = Prediction(
            id=name,
            timestamp=min(when, now),
            transaction_id=name,
            score=scored.scores[index],
            decision=scored.decisions[index],
            threshold=policy.fraud_threshold,
            model_version=scorer.version,
            feature_values=[None if value != value else value for value in row],
            replayed=bool(arguments.time),
            policy_version=policy.version,
        )
        if (place := scored.explained.get(index)) is not None:
            shares = np.round(scored.shares[place], 5)
            prediction.contribution_values = shares.tolist()
            prediction.top_feature, value = scorer.top(row, shares)
            meant = scorer.encoder.meant(prediction.top_feature, value)
            prediction.top_value = None if isinstance(meant, str) else meant
        events.append(prediction)
        if label is not None and label == label:
            truth: Any = "fraud" if label else "legit"
            events.append(Label(id=_key(name), timestamp=now, transaction_id=name, label=truth, source="analyst"))
    for start in range(0, len(events), BATCH):
        stores.publisher.publish(events[start : start + BATCH])
    print(f"{len(ids):,} predictions of model {scorer.version} published")
    return 0
