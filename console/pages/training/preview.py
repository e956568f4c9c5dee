"""How the mapping step words what a worker saw in a file: kinds, values and extents as a person reads them. Pure."""

from typing import NamedTuple

from console import format
from core.models.file_preview import FIELDS, ColumnLook, FilePreview


class ColumnRole(NamedTuple):
    """A part that a column may have: what it is called, and what it is for."""

    name: str
    words: str
    why: str


PARTS = (
    ColumnRole("label", FIELDS["label"], "what was fraud"),
    ColumnRole("time", FIELDS["time"], "splits the rows by time; without it the file order counts"),
    ColumnRole("id", FIELDS["id"], "must be unique"),
    ColumnRole("entity", FIELDS["entity"], "removes known frauds from the test; needed for card precision"),
    ColumnRole("amount", FIELDS["amount"], "for the cost curve; also used as a feature"),
)
USES = {"auto": "feature", "words": FIELDS["categorical"], "ignore": FIELDS["ignore"]}
KINDS = {"flag": "flag", "number": "number", "category": "words", "time": "time", "empty": "empty"}


class Row(NamedTuple):
    """A column in the table of the mapping step."""

    position: int
    name: str
    kind: str
    missing: str
    distinct: str
    examples: str
    extent: str
    why_not: str


def shown(look: FilePreview) -> list[Row]:
    """The columns as rows."""
    return [_row(index, column) for index, column in enumerate(look.columns)]


def _plain(value: float) -> str:
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:g}"


def _row(index: int, column: ColumnLook) -> Row:
    examples = (
        " · ".join(f"{value} ({count:,})" for value, count in column.values)
        if column.values
        else " · ".join(column.examples)
    )
    extent = ""
    if column.low is not None and column.high is not None:
        extent = f"{_plain(column.low)} … {_plain(column.high)}"
    missing = format.NONE if not column.missing else f"{max(0.1, 100 * column.missing):.1f} %"
    return Row(
        index, column.name, KINDS[column.kind], missing, f"{column.distinct:,}", examples, extent, column.why_not
    )
