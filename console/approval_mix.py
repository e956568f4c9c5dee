"""The approval rate of two periods, plain and at one mix of segments, as pages show it wherever they compare it."""

from typing import Any

from dash import html

from console import format
from console.analytics.approval import Approval
from console.analytics.mix import LEAST, Cell, Comparison, Rate, Segment
from console.chart_panel import chart_panel, column
from console.figures import business as figures
from console.panel import Column
from console.table import table

COLUMNS = (
    Column("rate", "Approval rate", "two", "240px"), Column("before", "Before", "right"), Column("now", "Now", "right"),
    Column("change", "Change", "right"), Column("between", "95 % interval of the change", "right"),
)  # fmt: skip
MOST_NAMED = 3
SMALL = 0.0005  # a change that reads 0.0 points
EMPTY = f"Nothing to compare: fewer than {LEAST} decisions in one of the periods."


def panels(found: Approval, before: str) -> html.Div:
    """Both rates with what explains their change, and the rate of each segment; `before` names the other period."""
    rows = _rows(found.plain, "As decided")
    if found.as_normal is not None:
        rows += _rows(found.as_normal, "As the normal profile would have decided")
    says = html.P(sentence(found.plain), className="px-3 pt-3 mb-2", id="approval-sentence")
    compared = table(
        "approval", "Approval rate compared", COLUMNS, rows, EMPTY, note=f"with {before}", above=[says],
        below=[html.P(_about(found), className="small text-body-secondary px-3 pt-2 mb-2")],
    )  # fmt: skip
    drawn = chart_panel(
        "segments", "Approval rate by amount", figures.segments(found.plain.segments),
        "The approval rate of each segment, before and now",
        ["Segment", ">Decided before", ">Approved before", ">Rate before", ">Decided", ">Approved", ">Rate", ">Change",
         ">Weight in the mix"],
        [_segment(one) for one in found.plain.segments], "segments with enough decisions in both periods",
    )  # fmt: skip
    return html.Div([column(6, compared), column(6, drawn)], className="grid", id="approval-mix")


def sentence(found: Comparison) -> str:
    """What moved the rate, in a sentence: a change of it, or of the mix; a segment that moved against it is named."""
    change, adjusted = found.change, found.adjusted_change
    if change is None:
        return EMPTY
    if adjusted is None:
        shared = format.percent_of(found.covered)
        return f"The approval rate {_moved(change)}. Only {shared} of the decisions are in segments of both periods."
    if found.is_reversed:
        named = _named(found.against)
        of_segments = f" It {_way(-change)} {named}." if named else ""
        return (
            f"The approval rate {_moved(change)}, but at the same mix it {_moved(adjusted)}: "
            f"the mix of transactions changed, and hides it.{of_segments}"
        )
    words = f"The approval rate {_moved(change)}"
    if abs(change) >= SMALL or abs(adjusted) >= SMALL:
        words += f"; at the same mix it {_moved(adjusted)}, so the mix explains {_points(change - adjusted)}"
    named = _named(found.against)
    return f"{words}. Against that, it {_way(-change)} {named}." if named else f"{words}."


def _rows(found: Comparison, words: str) -> list[list[Any]]:
    """The plain rate and the one at the same mix."""
    if found.change is None:
        return []
    covered = "" if found.covered > 0.9995 else f"of {format.percent_of(found.covered)} of the decisions"
    cases = f"{found.now.cases:,} decisions now, {found.before.cases:,} before"
    plain = _pair(_rate(found.before), _rate(found.now))
    adjusted = _pair(found.adjusted_before, found.adjusted_now)
    return [
        [words, [words, cases], *plain, *_change(found.change, found.change_bounds)],
        [f"{words}, mix", [f"{words}, at the same mix", covered], *adjusted,
         *_change(found.adjusted_change, found.adjusted_bounds)],
    ]  # fmt: skip


def _pair(before: Rate | None, now: Rate | None) -> list[Any]:
    return [
        [format.NONE if one is None else format.percent_of(one.value), -1.0 if one is None else one.value]
        for one in (before, now)
    ]


def _change(change: float | None, bounds: tuple[float, float] | None) -> list[Any]:
    if change is None or bounds is None:
        return [format.NONE, format.NONE]
    return [[_signed(change), change], [f"{_signed(bounds[0])} to {_signed(bounds[1])}", bounds[0]]]


def _segment(one: Segment) -> list[str]:
    change = one.change
    return [
        one.name, *_cell(one.before), *_cell(one.now), format.NONE if change is None else _signed(change),
        format.NONE if one.weight is None else format.percent_of(one.weight),
    ]  # fmt: skip


def _cell(cell: Cell) -> list[str]:
    return [f"{cell.cases:,}", f"{cell.hits:,}", format.percent_of(cell.rate)]


def _rate(cell: Cell) -> Rate | None:
    bounds = cell.bounds
    return None if bounds is None else Rate(cell.hits / cell.cases, *bounds)


def _named(found: tuple[Segment, ...]) -> str:
    """The segments, with the rates of the first."""
    if not found:
        return ""
    first = found[0]
    told = f"{_quoted(first)} ({format.percent_of(first.before.rate)} to {format.percent_of(first.now.rate)})"
    others = [_quoted(one) for one in found[1:MOST_NAMED]]
    more = len(found) - 1 - len(others)
    listed = [told, *others, *([f"{more} more segments" if more > 1 else "1 more segment"] if more > 0 else [])]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"


def _quoted(one: Segment) -> str:
    return f"for {one.name}"


def _moved(change: float) -> str:
    if abs(change) < SMALL:
        return "did not change"
    return f"{'rose' if change > 0 else 'fell'} by {_points(abs(change))}"


def _way(change: float) -> str:
    return "rose" if change > 0 else "fell"


def _points(change: float) -> str:
    return f"{100 * change:.1f} points".replace("-0.0", "0.0")


def _signed(change: float) -> str:
    return f"{100 * change:+.1f} points".replace("-0.0", "0.0").replace("+0.0", "0.0")


def _about(found: Approval) -> str:
    """How the second rate is made, and which profiles were in force."""
    words = (
        "At the same mix: each segment's rate, weighted by its mean share of both periods (direct standardisation). "
        "Segments are amount bands, and what another system reported."
    )
    if found.as_normal is not None:
        words += f" Profiles in force: {', '.join(found.profiles)}."
    return words
