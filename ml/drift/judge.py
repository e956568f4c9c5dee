"""From a baseline and new data to a report: every column compared, all tests controlled together, one verdict. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from core import clock
from core.models.drift.baseline import Baseline, Category, Fitted, Numeric, Skipped
from core.models.drift.columns import Column, Numbers, Times, Values, Words, read
from core.models.drift.params import DriftParams
from core.models.drift.report import MATURE, ColumnDrift, Report, State, Test
from ml.drift import chunks, significance
from ml.drift.chunks import Chunks, ColumnChunks
from ml.drift.compare import Compared, compare, of_column, read_like
from ml.drift.verdict import judged, verdict

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
    baseline: Baseline,
    table: Mapping[str, Values],
    params: DriftParams,
    now: float,
    sources: Sources | None = None,
    parts: Chunks | None = None,
) -> Report:
    """The report of a table of columns against a baseline; `now` is epoch seconds.

    A column drifted when a test holds at `params.alpha` after Holm's adjustment over all tests of the report, and its
    effect is relevant; with chunks (`parts`), also when it did in one of them. The tests of the whole and those of the
    chunks have half of `params.alpha` each. Never raises for what is in the data: what cannot be compared is reported
    by name.
    """
    sources = sources or Sources()
    rows = max((len(values) for values in table.values()), default=0)
    known = {column.name for column in baseline.columns}
    enough = min(rows, baseline.rows) >= params.minimum
    made: list[tuple[Fitted, Column | None, Compared | None]] = []
    for base in baseline.columns:
        values = table.get(base.name)
        column = None if values is None else read_like(values, base)
        compared = None if column is None or isinstance(base, Skipped) else compare(base, column, params)
        # The values are done with: a report of many columns holds those of one at a time.
        made.append((base, Numbers(_NOTHING) if isinstance(column, Numbers) else column, compared))
    adjusted = iter(_adjusted([found for _, _, found in made if found and enough], 1 if parts is None else 2))
    columns = []
    for base, column, found in made:
        own = next(adjusted) if found and enough else []
        columns.append(_described(base, column, found, own, params))
    seen = [] if parts is None else chunks.columns_in(baseline, table, parts, params, params.alpha / 2)
    by_name = {one.name: one for one in seen}
    columns = [_in_chunks(c, by_name[c.name], parts) if parts and c.name in by_name else c for c in columns]
    columns += [_added(name, values) for name, values in table.items() if name not in known]
    ranked = sorted(columns, key=lambda column: (_ORDER[column.state], -_strength(column), column.name))
    share, drifted, count = judged(ranked)
    word, summary = verdict(ranked, baseline.rows, rows, params)
    return Report(
        clock.iso(now),
        sources.reference,
        sources.current,
        baseline.rows,
        rows,
        word,
        summary,
        None if share is None else round(share, 4),
        drifted,
        count,
        params,
        ranked,
        sources.model_version,
        list(sources.notes),
        parts.every if parts else "",
        chunks.described(parts, seen, params) if parts else [],
    )


def _adjusted(found: Sequence[Compared], families: int) -> list[list[float]]:
    """Each column's p-values, adjusted (Holm over all, then Bonferroni over `families`): of its findings, and last of
    its categories that came or went, where there are such.
    """
    own = [[*(one.p for one in seen.findings), *([seen.turnover.p] if seen.turnover else [])] for seen in found]
    all_adjusted = iter(significance.holm([p for each in own for p in each]))
    return [[min(1.0, families * next(all_adjusted)) for _ in each] for each in own]


def _in_chunks(column: ColumnDrift, seen: ColumnChunks, parts: Chunks) -> ColumnDrift:
    """A column with what the chunks say of it: it drifted when it did in one of them."""
    if seen.first is None or column.state in ("skipped", "absent"):
        return column
    turned = column.turned or next(iter(seen.turned.values()), "")
    if not seen.alarms:
        return msgspec.structs.replace(column, turned=turned, since=seen.since)
    where = f"in {len(seen.alarms)} of {len(parts.parts)} chunks, since {seen.since}"
    told = column.reason if column.state == "drifted" else seen.alarms[min(seen.alarms)]
    return msgspec.structs.replace(
        column,
        state="drifted",
        reason=f"{told}; {where}",
        turned=turned,
        since=seen.since,
        chunks=sorted(seen.alarms),
    )


def _described(
    base: Fitted, column: Column | None, found: Compared | None, adjusted: Sequence[float], params: DriftParams
) -> ColumnDrift:
    """One column, its tests adjusted."""
    if isinstance(base, Skipped):
        return ColumnDrift(base.name, base.role, "none", "skipped", base.why)
    if column is None and base.role == "target":
        return ColumnDrift(base.name, base.role, "none", "skipped", "no labels yet")
    if column is None:
        return ColumnDrift(base.name, base.role, "none", "absent", "missing from the current data")
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
        _turned(found, adjusted, params) if state in ("drifted", "stable") else "",
    )


def _turned(found: Compared, adjusted: Sequence[float], params: DriftParams) -> str:
    """Categories that came or went beyond chance, which is the last of the adjusted p-values where there are such."""
    return "; ".join(found.turnover.told()) if found.turnover and adjusted and adjusted[-1] <= params.alpha else ""


def _state(
    base: Numeric | Category, column: Column, found: Compared, tests: list[Test], params: DriftParams
) -> tuple[State, str]:
    """The state and why."""
    present = found.current.rows - found.current.missing
    if base.present == 0 and present == 0:
        return "skipped", "empty on both sides"
    rows = found.current.rows
    if base.role == "target" and present < MATURE * rows:
        share = 100 * present / rows
        return (
            "skipped",
            f"only {share:.0f} % have a label yet; frauds are labelled first, so a comparison would mislead",
        )
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
        return f"significant but too small to be relevant ({significant[0].effect_name} {significant[0].effect:.3f})"
    return "could be chance" if relevant else "no relevant change"


def _added(name: str, values: Values) -> ColumnDrift:
    return ColumnDrift(name, "feature", "none", "added", "missing from the reference", current=of_column(read(values)))


def _strength(column: ColumnDrift) -> float:
    return max((test.effect / test.limit for test in column.tests), default=0.0)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)
