"""Figures of a period beside those of the period before and of the same weekdays before, as a table."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dash import html

from console import format
from console.panel import Column
from console.table import table
from core import clock
from core.analytics.periods import Period, Span

SAME = 0.0005  # a relative change that reads 0.0 %
COLUMNS = (
    Column("figure", "Figure", "text", "220px"), Column("now", "This period", "right"),
    Column("before", "Period before", "right"), Column("change", "Change", "right"),
    Column("weekdays", "Same weekdays before", "right"), Column("weekday_change", "Change", "right"),
)  # fmt: skip
EMPTY = "All time has no period before it. Choose another period to compare."


class Line(NamedTuple):
    """A figure in three spans; `words` is what a value reads. `better`: 1 where more is better, -1 where less is.

    The change of shares (`is_share`) is in points, of anything else in percent.
    """

    name: str
    values: tuple[float | None, float | None, float | None]
    words: Callable[[float | None], str]
    better: int = 0
    is_share: bool = False


def spans(period: Period) -> tuple[Span, Span, Span] | None:
    """The finished hours of a period, those before and those of the same weekdays before; None of all time."""
    before, weekdays = period.before, period.same_weekdays
    return None if before is None or weekdays is None else (period.finished, before, weekdays)


def panel(period: Period, lines: Sequence[Line]) -> html.Section:
    """The table; only hours that are over count."""
    found = spans(period)
    note = "" if found is None else f"finished hours, {words(found[0])}; before: {words(found[1])}"
    rows = [
        [line.name, line.name, _cell(line, 0), _cell(line, 1), _change(line, 1), _cell(line, 2), _change(line, 2)]
        for line in lines
    ]
    return table("compared", "Compared", COLUMNS, rows if found else [], EMPTY, note=note)


def words(span: Span) -> str:
    """A span as people write it, UTC."""
    return f"{clock.to_datetime(span.start):%b %-d %H:%M} to {clock.to_datetime(span.end):%b %-d %H:%M}"


def _cell(line: Line, place: int) -> list[Any]:
    value = line.values[place]
    return [line.words(value), -1.0 if value is None else value]


def _change(line: Line, place: int) -> list[Any]:
    """How far it moved, and whether that is better or worse where it is either."""
    now, before = line.values[0], line.values[place]
    if now is None or before is None or not (before or line.is_share):
        return [format.NONE, 0.0]
    change = now - before if line.is_share else now / before - 1
    text = f"{100 * change:+.1f} points" if line.is_share else format.change(now, before)
    if abs(change) < SAME:
        return [text.lstrip("+-"), 0.0]
    return [text + ("" if not line.better else ", better" if change * line.better > 0 else ", worse"), change]
