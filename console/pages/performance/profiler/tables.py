"""The functions of a profile as a table, and the profiles on demand."""

from typing import Any

from dash import html

from console import format
from console.pages.performance.profiler.asked import Wanted
from console.pages.performance.profiler.drawing import change, points, short
from console.panel import Column
from console.table import table
from core.endpoints.profile_runs import ProfileRun
from core.endpoints.profiles import Function, Profile

PATH = "performance/profiler"
PLAIN = (
    Column("function", "Function", "two", "340px"), Column("code", "Code", "text", "100px"),
    Column("self", "Self", "meter", "140px"), Column("total", "Total", "meter", "140px"),
    Column("samples", "Self samples", "int", "110px"), Column("all", "Total samples", "int", "110px"),
)  # fmt: skip
COMPARED = (
    Column("function", "Function", "two", "340px"), Column("code", "Code", "text", "100px"),
    Column("change", "Change of self", "right", "110px"), Column("sure", "Significant", "state", "120px"),
    Column("now", "Self now", "right", "90px"), Column("before", "Self before", "right", "90px"),
    Column("total", "Change of total", "right", "110px"), Column("samples", "Self samples", "int", "110px"),
)  # fmt: skip
RUNS = (
    Column("started", "Started (UTC)", "second", "150px"), Column("service", "Service", "page", "110px"),
    Column("by", "Requested by", "text"), Column("seconds", "Seconds", "int", "80px"),
    Column("rate", "A second", "int", "80px"), Column("samples", "Samples", "int", "90px"),
)  # fmt: skip
NONE = "No samples."
NO_RUNS = "No profile on demand yet."


def functions(found: Profile, wanted: Wanted) -> html.Section:
    """Most samples of its own first, of a comparison the largest change."""
    more = f"; {found.more:,} with less are not listed" if found.more else ""
    if found.is_compared:
        rows = [_compared(found, one, wanted) for one in found.functions]
        note = f"significant changes of self first{more}"
        return table("functions", "Changes by function", COMPARED, rows, NONE, note=note)
    rows = [_plain(found, one, wanted) for one in found.functions]
    return table("functions", "Functions", PLAIN, rows, NONE, note=f"most self samples first{more}")


def _head(found: Profile, one: Function, wanted: Wanted) -> list[Any]:
    name, is_own = found.frames[one.frame]
    small = name.removesuffix(short(name)).rstrip(".")
    return [name, [short(name), small, PATH + wanted.query(frame=name)], "application" if is_own else "library"]


def _plain(found: Profile, one: Function, wanted: Wanted) -> list[Any]:
    whole = max(1, found.samples)
    return [
        *_head(found, one, wanted), _meter(one.self / whole), _meter(one.total / whole), one.self, one.total,
    ]  # fmt: skip


def _meter(share: float) -> list[Any]:
    return [f"{100 * share:.1f} %", share]


def _compared(found: Profile, one: Function, wanted: Wanted) -> list[Any]:
    own, whole = change(found, one.self, one.base_self), change(found, one.total, one.base_total)
    now, before = one.self / max(1, found.samples), one.base_self / max(1, found.base_samples)
    chance = ["", "dash-circle", "no", "May be chance: too few samples, or too small a change."]
    more, less = ("blocked", "arrow-up", "more"), ("ok", "arrow-down", "less")
    return [
        *_head(found, one, wanted), [points(own), own],
        list(more if own > 0 else less) if one.is_sure else chance,
        [format.percent(100 * now), now], [format.percent(100 * before), before], [points(whole), whole], one.self,
    ]  # fmt: skip


def runs(found: list[ProfileRun], wanted: Wanted) -> html.Section:
    """The newest first; each leads to its profile."""
    rows = [
        [
            one.id, one.started_at * 1000,
            [one.service, PATH + wanted.query(service=one.service, run=one.id, route="", method="", version="",
                                              frame="", base="", base_version="", base_run="")],
            one.requested_by, one.seconds, one.rate, one.samples,
        ]
        for one in found
    ]  # fmt: skip
    return table("runs", "Profiles on demand", RUNS, rows, NO_RUNS, note="newest first", whole=False)
