"""Drift reports (L7): stored predictions or a file against what a model was trained on, or one file against another."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from core import nfc
from core.clock import to_datetime
from core.db.queries import query
from core.errors import BadInput
from core.models import baselines
from core.models import registry as models
from core.models.drift import baseline as fitted
from core.models.drift.baseline import Baseline, Role, Skipped
from core.models.drift.columns import Values
from core.models.drift.params import DriftParams
from core.models.drift.report import MATURE, Report
from core.settings import Settings
from core.stores import Stores
from core.tabular import decimals, missing_values, sheet
from core.tabular.missing_values import MISSING, is_number
from core.tabular.sheet import Sheet
from ml import registry
from ml.data import category_mismatch, file_preview
from ml.data.columns import is_index, truths
from ml.data.features import Feature
from ml.drift import chunked_data, within
from ml.drift.chunked_data import Chunking, Every
from ml.drift.chunks import Chunks
from ml.drift.judge import Sources, judge
from ml.train.baseline import SCORE, TARGET, meant, written

DAY = 86400.0
# More stored predictions than this are sampled by their id: the report would not get better, only slower.
MOST = 200_000
WHOLE = Chunking()
_TIME = "a time, which always increases"


@dataclass(frozen=True, slots=True)
class Columns:
    """What columns of a file are: the label's, the score's, those that are left out, and those that are categories
    whatever their values look like; and how files are encoded."""

    label: str | None = None
    score: str | None = None
    ignore: Sequence[str] = ()
    encoding: str | None = None
    categorical: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Names as the file has them once it is read: in NFC."""
        for name in self.__slots__:
            object.__setattr__(self, name, nfc.every(getattr(self, name)))


def params(settings: Settings, threshold: float | None = None) -> DriftParams:
    """`config/drift.toml`, with another share of drifted features from which retraining is wanted.

    Raises ConfigError, and BadInput for a share outside 0..1.
    """
    found = settings.section("drift", DriftParams)
    if threshold is None:
        return found
    if not 0 <= threshold <= 1:
        raise BadInput("--threshold", f"{threshold:g} is not a share between 0 and 1")
    watch = min(found.watch_share, threshold)
    return msgspec.structs.replace(found, retrain_share=threshold, watch_share=watch)


def of_files(
    reference: Path, current: Path, columns: Columns, limits: DriftParams, now: float, chunking: Chunking = WHOLE
) -> Report:
    """One file against another, chunk by chunk where that is asked. Raises BadInput naming file, row and column."""
    sheets = [sheet.read(path, encoding=columns.encoding) for path in (reference, current)]
    before: dict[str, Values] = dict(sheets[0].columns)
    after: dict[str, Values] = dict(sheets[1].columns)
    _check_columns(before, reference, columns)
    if columns.label in before and columns.label in after:
        named = [_labels(table[columns.label]) for table in (before, after)]
        if not any(odd for _, odd in named):  # other words are compared as they are
            before[columns.label], after[columns.label] = named[0][0], named[1][0]
    roles: dict[str, Role] = {}
    label = columns.label or _late_label(before, after)
    if label:
        roles[label] = "target"
    if columns.score:
        roles[columns.score] = "score"
    skipped = _skipped(before, columns)
    # What the reference's commas mean is known; what the current file's mean may not be, and that is no drift.
    skipped |= {name: why for name in before if name in after and (why := _unclear(_present(after[name])))}
    base = fitted.fit(before, roles, skipped, {*sheets[0].categories, *sheets[1].categories, *columns.categorical})
    new = {name: values for name, values in after.items() if name in before or name not in _skipped(after, columns)}
    compared = {one.name: sheets[0].columns[one.name] for one in base.columns if not isinstance(one, Skipped)}
    notes = [note for one in sheets for note in _read(one)]
    notes += category_mismatch.to_reference(compared, sheets[1].columns)
    chunks, said = chunked_data.of_sheet(sheets[1], chunking)
    sources = Sources(reference.name, current.name, notes=notes + said)
    report = judge(base, new, limits, now, sources, chunks)
    if chunks is not None and len(chunks.parts) > 1:
        return report
    return within.told(report, base, (new, _parts(sheets[1])), (before, _parts(sheets[0])))


def of_file(
    stores: Stores, current: Path, columns: Columns, limits: DriftParams, now: float, chunking: Chunking = WHOLE
) -> Report:
    """A file against the champion's training data, chunk by chunk where that is asked; its columns are found by the
    features' names.

    Raises BadInput, also when there is no champion or nothing was kept of its data.
    """
    version, base = reference(stores)
    given = sheet.read(current, encoding=columns.encoding)
    found = given.columns
    table: dict[str, Values] = dict(found)
    features = registry.features(models.load(stores.database, version, stores.model_seal))
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
    chunks, said = chunked_data.of_sheet(given, chunking)
    notes = [*_read(given), *category_mismatch.to_model(words, features), *said]
    sources = Sources(f"training data of model {version}", current.name, version, notes)
    report = judge(Baseline(base.rows, left), kept, limits, now, sources, chunks)
    if chunks is not None and len(chunks.parts) > 1:
        return report
    return within.told(report, Baseline(base.rows, left), (kept, _parts(given)))


def of_stored(stores: Stores, days: float, limits: DriftParams, now: float, every: Every | None = None) -> Report:
    """The champion's stored predictions of the last `days` against its training data. Raises BadInput as `of_file`."""
    if not 0 < days <= 3650:
        raise BadInput("--days", f"{days:g} is not between 0 and 3,650 days")
    return of_span(stores, now - days * DAY, now, limits, now, chunks_every=every)


def of_span(
    stores: Stores,
    start: float,
    end: float,
    limits: DriftParams,
    now: float,
    version: int | None = None,
    chunks_every: Every | None = None,
) -> Report:
    """Stored predictions of a model (None: the champion) from `start` to `end` (epoch seconds) against its data, as a
    whole and, where asked, every hour, day, week or month.

    Raises BadInput as `of_file`.
    """
    version, base = reference(stores, version)
    span = {"version": version, "start": to_datetime(start), "end": to_datetime(end)}
    with stores.database.transaction() as connection:
        total = int(connection.execute(query("drift_reports.count"), span).scalar_one())
        every = max(1, math.ceil(total / MOST))
        rows = connection.execute(query("drift_reports.predictions"), {**span, "every": every}).all()
    features = registry.features(models.load(stores.database, version, stores.model_seal))
    columns = list(base.columns)
    rows = [row for row in rows if len(row.features) == len(features)]  # else of another model's features
    table = _table(features, rows)
    labelled = [row.label for row in rows if row.label is not None]
    if len(labelled) >= MATURE * max(len(rows), 1):
        table[TARGET] = [row.label or "" for row in rows] if chunks_every else labelled
    else:
        share = 100 * len(labelled) / max(len(rows), 1)
        why = (
            f"only {share:.0f} % of these predictions have a label yet; frauds are labelled first, so a comparison "
            "would mislead"
        )
        columns = [Skipped(TARGET, "target", why) if column.name == TARGET else column for column in columns]
    current = f"predictions {to_datetime(start):%Y-%m-%d %H:%M} to {to_datetime(end):%Y-%m-%d %H:%M} UTC"
    if every > 1:
        current += f", one in {every} of {total:,}"
    sources = Sources(f"training data of model {version}", current, version)
    seconds = np.array([row.seconds for row in rows], dtype=float)
    chunks = chunked_data.by_time(seconds, chunks_every) if chunks_every else None
    return judge(replace(base, columns=columns), table, limits, now, sources, chunks)


def reference(stores: Stores, version: int | None = None) -> tuple[int, Baseline]:
    """A model's version (None: the champion's) and reference. Raises BadInput when there is none."""
    version = version if version is not None else models.champion(stores.live, stores.database)
    if version is None:
        raise BadInput("drift", "no model has been promoted yet: python -m ml train … --promote")
    base = baselines.baseline(stores.database, version)
    if base is None:
        raise BadInput("drift", f"no training data is stored for model {version}; train it again or compare two files")
    return version, base


def _parts(given: Sheet) -> Chunks | None:
    return within.in_parts(len(given.numbers), chunked_data.place_in(given))


def _late_label(before: Mapping[str, Values], after: Mapping[str, Values]) -> str | None:
    """A column of the reference that is gone and can only be the label, which nobody named: it comes later."""
    gone = [name for name in before if name not in after and file_preview.names_label(name)]
    said = [name for name in gone if None not in truths(_present(before[name])).values()]
    return said[0] if len(said) == 1 else None


def _read(given: Sheet) -> list[str]:
    """How a file was read, where a person may have meant otherwise, and which of its columns are not compared."""
    left_out = [f"column {name!r} is left out: {why}" for name, why in given.left_out.items()]
    return [f"{Path(given.name).name}: {note}" for note in (*given.notes, *left_out)]


def _table(features: Sequence[Feature], rows: Sequence[Any]) -> dict[str, Values]:
    """Columns of stored rows, categories as words."""
    values = np.array([row.features for row in rows], dtype=np.float32).reshape(len(rows), len(features))
    table: dict[str, Values] = {f.name: meant(f, values[:, index]) for index, f in enumerate(features)}
    table[SCORE] = np.array([row.score for row in rows], dtype=np.float32)
    return table


def _skipped(table: Mapping[str, Values], columns: Columns) -> dict[str, str]:
    """Columns that are never compared, and why."""
    given = {name: _present(values) for name, values in table.items() if name not in (columns.label, columns.score)}
    why = {
        name: "an identifier: every value is unique" for name, words in given.items() if file_preview.is_id(name, words)
    }
    numbers = {name: words for name, words in given.items() if words and is_number(words[0])}
    why |= {name: _TIME for name, words in numbers.items() if file_preview.tells_time(name, words)}
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
    odd = next((v for v, said in told.items() if said is None and not missing_values.is_undecided(v)), "")
    names = {value: "" if said is None else ("legit", "fraud")[int(said)] for value, said in told.items()}
    return [
        names[str(value)] for value in values
    ], f"{odd[:40]!r} is not a label: 0/1, true/false, yes/no, fraud/legit" if odd else ""


def _check_columns(table: Mapping[str, Values], path: Path, columns: Columns) -> None:
    for name in (columns.label, columns.score, *columns.ignore, *columns.categorical):
        if name is not None and name not in table:
            raise BadInput(f"{path}, row 1", f"has no column {name!r}; it has {', '.join(table)}")
