"""Changes inside a file that its whole hides: a look at ten parts of it when nobody asked for chunks. Pure.

Opposite changes cancel in the whole, and categories that went and came back leave its shares as they were. The parts
are tested at a level of their own, so this adds at most 1 % to the chance of a false alarm. A column whose reference
moves from part to part as well (a sorted file, the hour of the day) is left alone.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from core.models.drift.baseline import Baseline
from core.models.drift.columns import Values
from core.models.drift.params import DriftParams
from core.models.drift.report import ColumnDrift, Report
from ml.drift import chunks
from ml.drift.chunks import Chunk, Chunks, ColumnChunks

PARTS, LEAST = 10, 200
ALPHA = 0.01


def in_parts(rows: int, place: Callable[[int], str]) -> Chunks | None:
    """Equal parts of so many rows; None when they are too few for two."""
    count = min(PARTS, rows // LEAST)
    if count < 2:
        return None
    split = np.array_split(np.arange(rows), count)
    return Chunks(f"{len(split[0]):,} rows", [Chunk(f"part {i}", part) for i, part in enumerate(split, 1)], place)


def told(
    report: Report,
    baseline: Baseline,
    tables: tuple[Mapping[str, Values], Chunks | None],
    reference: tuple[Mapping[str, Values], Chunks | None] = ({}, None),
) -> Report:
    """The report with what the parts of the current data (a table and its parts) say, given those of the reference."""
    table, parts = tables
    if parts is None or report.verdict == "insufficient":
        return report
    seen = _changed(baseline, table, parts, report.params)
    if seen and reference[1] is not None:
        steady = {one.name: reference[0][one.name] for one in seen if one.name in reference[0]}
        moving = {one.name for one in _changed(baseline, steady, reference[1], report.params)}
        seen = [one for one in seen if one.name not in moving]
    by_name = {one.name: one for one in seen}
    columns = [_said(c, by_name[c.name]) if c.name in by_name else c for c in report.columns]
    hidden = [c.name for c, was in zip(columns, report.columns, strict=True) if c.since and was.state == "stable"]
    since = [f"{c.name!r} since {c.since}" for c in columns if c.since]
    if not since:
        return report
    summary = report.summary
    if hidden:
        names = ", ".join(map(repr, hidden[:5]))
        summary += f" Overall {names} is unchanged, but parts of the file differ: --chunk shows where."
    summary += f" First change of {', '.join(since[:5])}."
    word = "watch" if report.verdict == "ok" and hidden else report.verdict
    return msgspec.structs.replace(report, columns=columns, summary=summary, verdict=word)


def _changed(
    baseline: Baseline, table: Mapping[str, Values], parts: Chunks, params: DriftParams
) -> Sequence[ColumnChunks]:
    found = chunks.columns_in(baseline, table, parts, params, ALPHA)
    return [one for one in found if one.first is not None]


def _said(column: ColumnDrift, seen: ColumnChunks) -> ColumnDrift:
    if column.state == "drifted":
        return msgspec.structs.replace(column, since=seen.since)
    if column.state != "stable":
        return column
    first = {**seen.turned, **seen.alarms}[seen.first or 0]
    turned = column.turned or next(iter(seen.turned.values()), "")
    reason = f"unchanged overall, but not since {seen.since}: {first}"
    return msgspec.structs.replace(column, since=seen.since, turned=turned, reason=reason)
