"""Drift reports (L7): stored predictions or a file against what a model was trained on, or one file against another."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from core import decimals
from core.cells import MISSING, is_number
from core.clock import to_datetime
from core.drift import baseline as fitted
from core.drift.baseline import Baseline, Role, Skipped
from core.drift.columns import Values
from core.drift.judge import Sources, judge
from core.drift.params import DriftParams
from core.drift.report import Report
from core.errors import BadInput
from core.settings import Settings
from core.store import baselines, models
from core.store.assembly import Stores
from core.store.queries import query
from ml import look, registry, sheet, strange
from ml.baseline import SCORE, TARGET, meant, written
from ml.columns import is_index, truths
from ml.features import Feature
from ml.sheet import Sheet

DAY = 86400.0
# More stored predictions than this are sampled by their id: the report would not get better, only slower.
MOST = 200_000
# With fewer labels than this the labelled ones are no picture of all: frauds get theirs first.
MATURE = 0.5
_TIME = "a time, which always moves on"


@dataclass(frozen=True, slots=True)
class Columns:
    """What columns of a file are: the label's, the score's, and those that are left out; and how files are encoded."""

    label: str | None = None
    score: str | None = None
    ignore: Sequence[str] = ()
    encoding: str | None = None


def params(settings: Settings, threshold: float | None = None) -> DriftParams:
    """`config/drift.toml`, with another share of drifted features from which retraining is wanted.

    Raises ConfigError, and BadInput for a share outside 0..1.
    """
    found = settings.section("drift", DriftParams)
    if threshold is None:
        return found
    if not 0 <= threshold <= 1:
        raise BadInput("--threshold", f"{threshold:g} is no share between 0 and 1")
    watch = min(found.watch_share, threshold)
    return msgspec.structs.replace(found, retrain_share=threshold, watch_share=watch)


def of_files(reference: Path, current: Path, columns: Columns, limits: DriftParams, now: float) -> Report:
    """One file against another. Raises BadInput naming file, row and column."""
    sheets = [sheet.read(path, encoding=columns.encoding) for path in (reference, current)]
    before: dict[str, Values] = dict(sheets[0].columns)
    after: dict[str, Values] = dict(sheets[1].columns)
    _check_columns(before, reference, columns)
    if columns.label in before and columns.label in after:
        named = [_labels(table[columns.label]) for table in (before, after)]
        if not any(odd for _, odd in named):  # other words are compared as they are
            before[columns.label], after[columns.label] = named[0][0], named[1][0]
    roles: dict[str, Role] = {}
    if columns.label:
        roles[columns.label] = "target"
    if columns.score:
        roles[columns.score] = "score"
    skipped = _skipped(before, columns)
    # What the reference's commas mean is known; what the current file's mean may not be, and that is no drift.
    skipped |= {name: why for name in before if name in after and (why := _unclear(_present(after[name])))}
    base = fitted.fit(before, roles, skipped)
    new = {name: values for name, values in after.items() if name in before or name not in _skipped(after, columns)}
    compared = {one.name: sheets[0].columns[one.name] for one in base.columns if not isinstance(one, Skipped)}
    notes = [note for one in sheets for note in _read(one)]
    notes += strange.to_reference(compared, sheets[1].columns)
    return judge(base, new, limits, now, Sources(reference.name, current.name, notes=notes))


def of_file(stores: Stores, current: Path, columns: Columns, limits: DriftParams, now: float) -> Report:
    """A file against the champion's training data; its columns are found by the features' names.

    Raises BadInput, also when there is no champion or nothing was kept of its data.
    """
    version, base = reference(stores)
    given = sheet.read(current, encoding=columns.encoding)
    found = given.columns
    table: dict[str, Values] = dict(found)
    features = registry.features(models.load(stores.database, version))
    words = {feature.name: sorted(set(found[feature.name])) for feature in features if feature.name in found}
    for feature in features:
        if feature.name in found:
            table[feature.name] = written(feature, found[feature.name])
    for named, own in ((columns.label, TARGET), (columns.score, SCORE)):
        if named is not None and named not in table:
            raise BadInput(f"{current}, row 1", f"has no column {named!r}; it has {', '.join(table)}")
        if named is not None and named != own:
            table[own] = table.pop(named)
    left = [c for c in base.columns if c.role == "feature" or c.name in table]
    if TARGET in table:
        table[TARGET], odd = _labels(table[TARGET])
        left = [Skipped(TARGET, "target", odd) if odd and c.name == TARGET else c for c in left]
    wanted = {column.name for column in base.columns}
    skipped = _skipped(table, columns)
    kept = {name: values for name, values in table.items() if name in wanted or name not in skipped}
    notes = [*_read(given), *strange.to_model(words, features)]
    sources = Sources(f"training data of model {version}", current.name, version, notes)
    return judge(Baseline(base.rows, left), kept, limits, now, sources)


def of_stored(stores: Stores, days: float, limits: DriftParams, now: float) -> Report:
    """The champion's stored predictions of the last `days` against its training data. Raises BadInput as `of_file`."""
    if not 0 < days <= 3650:
        raise BadInput("--days", f"{days:g} is not between 0 and 3,650 days")
    return of_span(stores, now - days * DAY, now, limits, now)


def of_span(
    stores: Stores, start: float, end: float, limits: DriftParams, now: float, version: int | None = None
) -> Report:
    """Stored predictions of a model (None: the champion) from `start` to `end` (epoch seconds) against its data.

    Raises BadInput as `of_file`.
    """
    version, base = reference(stores, version)
    span = {"version": version, "start": to_datetime(start), "end": to_datetime(end)}
    with stores.database.transaction() as connection:
        total = int(connection.execute(query("drift_reports.count"), span).scalar_one())
        every = max(1, math.ceil(total / MOST))
        rows = connection.execute(query("drift_reports.predictions"), {**span, "every": every}).all()
    features = registry.features(models.load(stores.database, version))
    columns = list(base.columns)
    table = _table(features, rows)
    labelled = [row.label for row in rows if row.label is not None]
    if len(labelled) >= MATURE * max(len(rows), 1):
        table[TARGET] = labelled
    else:
        share = 100 * len(labelled) / max(len(rows), 1)
        why = f"only {share:.0f} % of these predictions have a label yet; frauds get theirs first, so it would mislead"
        columns = [Skipped(TARGET, "target", why) if column.name == TARGET else column for column in columns]
    current = f"predictions {to_datetime(start):%Y-%m-%d %H:%M} to {to_datetime(end):%Y-%m-%d %H:%M} UTC"
    if every > 1:
        current += f", one in {every} of {total:,}"
    sources = Sources(f"training data of model {version}", current, version)
    return judge(replace(base, columns=columns), table, limits, now, sources)


def reference(stores: Stores, version: int | None = None) -> tuple[int, Baseline]:
    """A model's version (None: the champion's) and reference. Raises BadInput when there is none."""
    version = version if version is not None else models.champion(stores.live, stores.database)
    if version is None:
        raise BadInput("drift", "no model has been promoted yet: python -m ml train … --promote")
    base = baselines.baseline(stores.database, version)
    if base is None:
        raise BadInput("drift", f"nothing was kept of the data of model {version}; train it again, or give two files")
    return version, base


def _read(given: Sheet) -> list[str]:
    """How a file was read, where a person may have meant otherwise, and which of its columns are not compared."""
    left_out = [f"column {name!r} is left out: {why}" for name, why in given.left_out.items()]
    return [f"{Path(given.name).name}: {note}" for note in (*given.notes, *left_out)]


def _table(features: Sequence[Feature], rows: Sequence[Any]) -> dict[str, Values]:
    """Columns of stored rows, categories as words; a row of another length than the model's features is left out."""
    good = [row.features for row in rows if len(row.features) == len(features)]
    values = np.array(good, dtype=np.float32).reshape(len(good), len(features))
    table: dict[str, Values] = {f.name: meant(f, values[:, index]) for index, f in enumerate(features)}
    table[SCORE] = np.array([row.score for row in rows], dtype=np.float32)
    return table


def _skipped(table: Mapping[str, Values], columns: Columns) -> dict[str, str]:
    """Columns that are never compared, and why."""
    given = {name: _present(values) for name, values in table.items() if name not in (columns.label, columns.score)}
    why = {name: "an identifier: every value is its own" for name, words in given.items() if look.is_id(name, words)}
    numbers = {name: words for name, words in given.items() if words and is_number(words[0])}
    why |= {name: _TIME for name, words in numbers.items() if look.tells_time(name, words)}
    why |= {name: reason for name, words in given.items() if (reason := _unclear(words))}
    why |= {name: "a row index, as its header says" for name in table if is_index(name)}
    why |= {"transaction_id": "an identifier"} if "transaction_id" in table else {}
    return why | dict.fromkeys(columns.ignore, "left out on request")


def _unclear(words: Sequence[str]) -> str:
    """Why numbers with commas are not compared, "" when they can be: by guess they might be wrong a thousandfold."""
    if not any("," in word for word in words):
        return ""
    said = decimals.commas(dict.fromkeys(words))
    numbers = sum(is_number(word) or decimals.is_marked(word) for word in words)
    if said.are != "unclear" or 2 * numbers < len(words):
        return ""
    return f"numbers whose commas may mark decimals or thousands, such as {said.example[:40]!r}"


def _present(values: Values) -> list[str]:
    return [word for value in values if (word := str(value).strip()).lower() not in MISSING]


def _labels(values: Values) -> tuple[Values, str]:
    """Labels by the names that the reference has for them, and what is odd where one is no label."""
    told = truths(map(str, values))
    odd = next((v for v, said in told.items() if said is None and v.strip().lower() not in MISSING), "")
    names = {value: "" if said is None else ("legit", "fraud")[int(said)] for value, said in told.items()}
    return [
        names[str(value)] for value in values
    ], f"{odd[:40]!r} is not a label: 0/1, true/false, yes/no, fraud/legit" if odd else ""


def _check_columns(table: Mapping[str, Values], path: Path, columns: Columns) -> None:
    for name in (columns.label, columns.score, *columns.ignore):
        if name is not None and name not in table:
            raise BadInput(f"{path}, row 1", f"has no column {name!r}; it has {', '.join(table)}")
