"""The charts of the page Statuses: counts, approval rate, one series against its line, the profile of the week."""

from typing import Any

from dash import html

from console import format, markup
from console.chart_panel import chart_panel
from console.figures import statuses as figures
from console.figures.bins import MINUTE
from console.pages.statuses import parts
from console.pages.statuses.reading import Shown
from core import clock
from core.statuses.codes import titled
from core.statuses.overview import Overview, Stack, Traced

APPROVED = "approved"


def counts(found: Shown, prefix: str) -> html.Section | None:
    """Counts by status or by code, stacked; a switch between the two."""
    known = found.overview
    if known is None:
        return None
    codes = found.asked.by == "code" and bool(known.codes)
    stacks = known.codes if codes else known.statuses
    switch = _switch(found, prefix) if known.codes else []
    bins, each = found.bins, "a minute" if known.step == 1 else f"bins of {known.step} minutes"
    if not any(one is not None for stack in stacks for one in stack.counts):
        empty = markup.calm("clock", "No rows in this range", "Choose a longer range, or send rows as shown below.")
        return markup.sheet("counts", "Transactions a minute", empty, tools=switch)
    drawn = figures.counts(stacks, bins, known.total, found.spans, codes)
    heads = ["Time (UTC)", *(f">{titled(one.name) if codes else one.name}" for one in stacks)]
    return chart_panel(
        "counts", "Transactions a minute by " + ("code" if codes else "status"), drawn,
        f"Transactions a minute, stacked, {each}", heads, _rows(stacks, bins.times), f"{each}; red: episode",
        switch,
    )  # fmt: skip


def _switch(found: Shown, prefix: str) -> list[Any]:
    here = found.asked.by
    return [
        html.Div(
            [
                html.A(
                    words,
                    href=f"{prefix}statuses{found.asked.query(by=key)}",
                    className=f"btn btn-sm btn-outline-secondary{' active' if here == key else ''}",
                )
                for key, words in (("status", "Statuses"), ("code", "Codes"))
            ],
            className="btn-group",
            role="group",
        )
    ]


def _rows(stacks: list[Stack], times: list[int]) -> list[list[str]]:
    rows = [
        [_time(at), *(format.number(stack.counts[place]) for stack in stacks)]
        for place, at in enumerate(times)
        if any(stack.counts[place] is not None for stack in stacks)
    ]
    return rows[::-1]


def _time(milliseconds: float) -> str:
    return f"{clock.to_datetime(milliseconds / 1000):%Y-%m-%d %H:%M}"


def approval(found: Shown) -> html.Section | None:
    """The approved share of all, where the source has a status of that name."""
    known = found.overview
    if known is None or APPROVED not in {one.name for one in known.statuses}:
        return None
    points = figures.approvals(known.statuses, found.bins, APPROVED)
    last = next((one for one in reversed(points) if one[1] is not None), None)
    if last is None:
        return None
    share = f"{100 * (last[1] or 0):.1f} %"
    rows = [
        [_time(at), *(format.percent_of(one) for one in rest)] for at, *rest in reversed(points) if rest[0] is not None
    ]
    drawn = figures.approval(known.statuses, found.bins, APPROVED, found.spans)
    return chart_panel(
        "approval", f"Approval rate {share}", drawn, f"Approved share of all transactions, last {share}",
        ["Time (UTC)", ">Approved", ">from", ">to"], rows, "of all transactions, 95 % interval",
    )  # fmt: skip


def against(found: Shown) -> html.Section | None:
    """One series against what is expected of it, and its evidence."""
    known = found.overview
    if known is None or known.traced is None or not known.traced.counts:
        return None
    return against_line(known, known.traced, found.spans, (found.bins.start, found.bins.end))


def against_line(known: Overview, traced: Traced, spans: list[figures.Span], span: tuple[float, float]) -> html.Section:
    """The chart of a series; the page of an episode has it too."""
    name = parts.label(traced.kind, traced.name)
    # A wider range than is played again shows the minutes that are.
    start = max(span[0], traced.first * MINUTE - MINUTE)
    drawn = figures.against_line(traced, known.line, spans, (start, span[1]))
    rows = [
        [_time((traced.first + place) * MINUTE), format.number(came), format.number(expected),
         format.NONE if seen is None else f"{100 * seen / known.line:.0f} %"]
        for place, (came, expected, seen) in enumerate(
            zip(traced.counts, traced.expected, traced.evidence, strict=True)
        )
    ]  # fmt: skip
    heads = ["Time (UTC)", ">Came", ">Expected at least" if traced.at_least else ">Expected at most", ">Evidence"]
    return chart_panel(
        "against", f"{name[:1].upper()}{name[1:]} against its line", drawn,
        f"{name}: counts a minute, what is expected, and evidence in percent of the line", heads, rows[::-1],
        "counts a minute; below: evidence in percent of the line",
    )  # fmt: skip


def profile(found: Shown) -> html.Section:
    """Weekday and hour as a heat map."""
    known = found.overview
    table = known.profile if known else []
    if not any(one is not None for row in table for one in row):
        text = "The profile is being computed." if not table else "No rows in four weeks."
        return markup.sheet("profile", "Usual week", markup.calm("calendar-range", text))
    rows = [[day, *(format.number(one) for one in row)] for day, row in zip(figures.DAYS, table, strict=True)]
    return chart_panel(
        "profile", "Usual week", figures.profile(table), "Mean transactions a minute by weekday and hour, UTC",
        ["Day", *(f">{hour:02}" for hour in range(24))], rows, "mean a minute by weekday and hour, 4 weeks, UTC",
    )  # fmt: skip
