"""What is different between two reports: which columns began or ceased to drift, and how far the others moved. Pure."""

from msgspec import Struct

from core.models.drift.report import ColumnDrift, Report


class InputChange(Struct, frozen=True):
    """One column in two reports. `effect` is its strongest in units of the limit of relevance; None: not tested."""

    name: str
    role: str
    kind: str
    before: str | None
    after: str | None
    effect_before: float | None
    effect_after: float | None


class Changes(Struct, frozen=True):
    """Two reports side by side; columns whose state changed first, then by how much the effect changed."""

    verdict_before: str
    verdict_after: str
    share_before: float | None
    share_after: float | None
    columns: list[InputChange]


def between(first: Report, second: Report) -> Changes:
    """What `second` says differently from `first`. `kind` is `began`, `ceased`, `other` (another state) or `same`."""
    old, new = ({column.name: column for column in report.columns} for report in (first, second))
    columns = [_change(name, old.get(name), new.get(name)) for name in {**new, **old}]
    order = {"began": 0, "ceased": 1, "other": 2, "same": 3}
    columns.sort(key=lambda change: (order[change.kind], -_moved(change), change.name))
    return Changes(first.verdict, second.verdict, first.share, second.share, columns)


def _change(name: str, old: ColumnDrift | None, new: ColumnDrift | None) -> InputChange:
    before, after = (None if column is None else column.state for column in (old, new))
    kind = (
        "same" if before == after else "began" if after == "drifted" else "ceased" if before == "drifted" else "other"
    )
    role = next(column.role for column in (new, old) if column is not None)
    return InputChange(name, role, kind, before, after, _effect(old), _effect(new))


def _effect(column: ColumnDrift | None) -> float | None:
    strengths = [test.effect / test.limit for test in column.tests] if column else []
    return round(max(strengths), 4) if strengths else None


def _moved(change: InputChange) -> float:
    return abs((change.effect_after or 0.0) - (change.effect_before or 0.0))
