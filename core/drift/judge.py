"""From a baseline and new data to a report: every column compared, all tests controlled together, one verdict. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core import clock
from core.drift import significance
from core.drift.baseline import Baseline, Category, Fitted, Numeric, Skipped
from core.drift.columns import Column, Numbers, Times, Values, Words, read
from core.drift.compare import Compared, compare, of_column
from core.drift.params import DriftParams
from core.drift.report import ColumnDrift, Report, State, Test, Verdict

# A column of numbers stays one until most of what comes is none: the rest is reported as unreadable.
STILL_NUMBERS = 0.5
_NOTHING = np.empty(0, dtype=np.float32)
_ORDER: dict[State, int] = {"drifted": 0, "absent": 1, "added": 2, "insufficient": 3, "stable": 4, "skipped": 5}


@dataclass(frozen=True, slots=True)
class Sources:
    """What was compared, for the reader: descriptions of both sides, the model that the reference belongs to, and
    sentences on how files were read."""

    reference: str = "reference"
    current: str = "current"
    model_version: int | None = None
    notes: Sequence[str] = ()


def judge(
    baseline: Baseline, table: Mapping[str, Values], params: DriftParams, now: float, sources: Sources | None = None
) -> Report:
    """The report of a table of columns against a baseline; `now` is epoch seconds.

    A column drifted when a test holds at `params.alpha` after Holm's adjustment over all tests of the report, and its
    effect is relevant. Never raises for what is in the data: what cannot be compared is reported by name.
    """
    sources = sources or Sources()
    rows = max((len(values) for values in table.values()), default=0)
    known = {column.name for column in baseline.columns}
    enough = min(rows, baseline.rows) >= params.minimum
    made: list[tuple[Fitted, Column | None, Compared | None]] = []
    for base in baseline.columns:
        values = table.get(base.name)
        numeric = isinstance(base, Numeric) or (isinstance(base, Category) and base.numeric and bool(base.counts))
        column = None if values is None else _read(values, base, numeric)
        compared = None if column is None or isinstance(base, Skipped) else compare(base, column, params)
        # The values are done with: a report of many columns holds those of one at a time.
        made.append((base, Numbers(_NOTHING) if isinstance(column, Numbers) else column, compared))
    findings = [finding for _, _, found in made if found and enough for finding in found.findings]
    adjusted = iter(significance.holm([finding.p for finding in findings]))
    columns = [
        _described(base, column, found, [next(adjusted) for _ in found.findings] if found and enough else [], params)
        for base, column, found in made
    ]
    columns += [_added(name, values) for name, values in table.items() if name not in known]
    ranked = sorted(columns, key=lambda column: (_ORDER[column.state], -_strength(column), column.name))
    return _summed(ranked, baseline.rows, rows, params, now, sources)


def _read(values: Values, base: Fitted, numeric: bool) -> Column:
    """The column as its reference was read: one that was of words, `True` among them, is of words again, and one that
    was of truths knows each truth beside words that are none.
    """
    if numeric:
        of_truths = isinstance(base, Category) and base.counts.keys() <= {"0", "1"}
        return read(values, STILL_NUMBERS, "each" if of_truths else "alone")
    return read(values, truths="never" if isinstance(base, Category) and not base.numeric else "alone")


def _described(
    base: Fitted, column: Column | None, found: Compared | None, adjusted: Sequence[float], params: DriftParams
) -> ColumnDrift:
    """One column, its tests adjusted."""
    if isinstance(base, Skipped):
        return ColumnDrift(base.name, base.role, "none", "skipped", base.why)
    if column is None:
        return ColumnDrift(base.name, base.role, "none", "absent", "the current data has no such column")
    if isinstance(column, Times):
        reason = f"times now ({column.first} to {column.last}), not what it was"
        return ColumnDrift(base.name, base.role, "none", "drifted", reason, current=of_column(column))
    assert found is not None
    tests = [
        Test(
            finding.name,
            round(finding.statistic, 6),
            finding.p,
            p,
            finding.effect_name,
            round(finding.effect, 6),
            finding.limit,
            p <= params.alpha and finding.relevant,
        )
        for finding, p in zip(found.findings, adjusted, strict=False)
    ]
    state, reason = _state(base, column, found, tests, params)
    return ColumnDrift(
        base.name,
        base.role,
        "number" if isinstance(base, Numeric) else "category",
        state,
        reason,
        tests,
        _rounded(found.kl),
        _rounded(found.psi),
        _rounded(found.superiority),
        found.reference,
        found.current,
        found.plot,
        found.notes,
    )


def _state(
    base: Numeric | Category, column: Column, found: Compared, tests: list[Test], params: DriftParams
) -> tuple[State, str]:
    """The state and why."""
    present = found.current.rows - found.current.missing
    if base.present == 0 and present == 0:
        return "skipped", "empty on both sides"
    if isinstance(base, Numeric) and isinstance(column, Words) and column.counts:
        return "drifted", f"text now, such as {next(iter(column.counts))[:40]!r}, where there were numbers"
    told = [finding.text for finding, test in zip(found.findings, tests, strict=False) if test.alarm]
    if told:
        return "drifted", "; ".join(told)
    if found.plot and len(found.plot.labels) == 1 and min(present, base.present) >= params.minimum:
        return "stable", f"always {found.plot.labels[0]!r}"
    if not tests or min(present, base.present) < params.minimum:
        fewest = min(present, base.present)
        side = "current" if present <= base.present else "reference"
        return "insufficient", f"{fewest:,} present values in the {side} data, {params.minimum:,} are needed"
    return "stable", _quiet(found, tests, params)


def _quiet(found: Compared, tests: list[Test], params: DriftParams) -> str:
    """Why there is no alarm."""
    significant = [test for test in tests if test.adjusted <= params.alpha]
    relevant = [f for f in found.findings if f.relevant]
    if significant:
        return f"a real change, too small to matter ({significant[0].effect_name} {significant[0].effect:.3f})"
    return "could be chance" if relevant else "no change to speak of"


def _added(name: str, values: Values) -> ColumnDrift:
    return ColumnDrift(
        name, "feature", "none", "added", "the reference has no such column", current=of_column(read(values))
    )


def _strength(column: ColumnDrift) -> float:
    return max((test.effect / test.limit for test in column.tests), default=0.0)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def _summed(
    columns: list[ColumnDrift], before: int, after: int, params: DriftParams, now: float, sources: Sources
) -> Report:
    """The verdict of all columns."""
    features = [column for column in columns if column.role == "feature"]
    judged = [column for column in features if column.state in ("drifted", "stable")]
    drifted = sum(column.state == "drifted" for column in judged)
    share = drifted / len(judged) if judged else None
    absent = [column.name for column in columns if column.state == "absent"]
    verdict, summary = _verdict(share, drifted, len(judged), before, after, params)
    others = [f"{column.role} {column.name!r}" for column in columns if _other(column)]
    if others:
        summary += f" The {' and the '.join(others)} drifted too."
        verdict = "watch" if verdict == "ok" else verdict
    if absent and verdict != "insufficient":
        summary += f" Missing from the current data: {', '.join(absent)}."
        verdict = "watch" if verdict == "ok" else verdict
    return Report(
        clock.iso(now),
        sources.reference,
        sources.current,
        before,
        after,
        verdict,
        summary,
        None if share is None else round(share, 4),
        drifted,
        len(judged),
        params,
        columns,
        sources.model_version,
        list(sources.notes),
    )


def _other(column: ColumnDrift) -> bool:
    return column.role != "feature" and column.state == "drifted"


def _verdict(
    share: float | None, drifted: int, judged: int, before: int, after: int, params: DriftParams
) -> tuple[Verdict, str]:
    if min(before, after) < params.minimum:
        side = f"{after:,} current" if after <= before else f"{before:,} reference"
        return "insufficient", f"{side} rows are not enough: at least {params.minimum:,} are needed."
    if share is None:
        return "insufficient", "No column could be compared."
    said = f"{drifted} of {judged} features drifted ({100 * share:.0f} %)"
    if share > params.retrain_share:
        return "retrain", f"{said}, more than {100 * params.retrain_share:.0f} %: retrain the model."
    if share >= params.watch_share:
        return "watch", f"{said}: watch it."
    return "ok", f"{said}." if drifted else f"None of {judged} features drifted."
