"""The policy's profiles: what was approved and blocked over time, beside what the normal profile would have."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from console import format
from console.analytics import business
from console.analytics.business import Bin, Kind
from console.analytics.mix import LEAST
from console.chart_panel import chart_panel
from console.figures.bins import Bins
from console.figures.lines import Series, lines
from console.panel import Column
from console.table import table
from core import clock

COLUMNS = (
    Column("profile", "Profile in force", "text"), Column("predictions", "Predictions", "int"),
    Column("approved", "Approved", "right"), Column("review", "Review", "right"), Column("blocked", "Blocked", "right"),
    Column("normal_approved", "Approved as normal", "right"), Column("normal_blocked", "Blocked as normal", "right"),
)  # fmt: skip
EMPTY = "No predictions in this period. Choose a longer one."
HEADS = ["From (UTC)", ">Decided", ">Approved", ">Approved as normal", ">Blocked", ">Blocked as normal"]


def chart(found: Sequence[Bin], bins: Bins) -> html.Section:
    """Shares approved and blocked by bin; as the normal profile would have decided where that differs."""
    by_start = {one.start: one for one in found}
    at = [by_start.get(start * 60) for start in range(bins.first, bins.after, bins.step)]
    differs = any(one.decided != one.as_normal for one in found)
    drawn = lines(
        [
            Series("approved", [_share(one and one.decided, "APPROVED") for one in at], "ok"),
            Series("blocked", [_share(one and one.decided, "BLOCKED") for one in at], "blocked"),
            *((
                Series("approved as normal", [_share(one and one.as_normal, "APPROVED") for one in at], "accent"),
                Series("blocked as normal", [_share(one and one.as_normal, "BLOCKED") for one in at], "review"),
            ) if differs else ()),
        ],
        bins, lambda value: f"{value:.4g} %", "profiles", 100.0, height=300,
    )  # fmt: skip
    rows = [
        [f"{clock.to_datetime(one.start):%Y-%m-%d %H:%M}", f"{sum(one.decided.values()):,}",
         *(_told(counts, name) for name in ("APPROVED", "BLOCKED") for counts in (one.decided, one.as_normal))]
        for one in found[::-1]
    ]  # fmt: skip
    note = "as the normal profile would have decided beside it" if differs else "the normal profile decided the same"
    return chart_panel(
        "decisions", "Approved and blocked", drawn, f"Shares approved and blocked in bins of one {bins.words}", HEADS,
        rows, f"{note}; bins of {bins.words}" if found else "nothing in this period",
    )  # fmt: skip


def table_of(found: Sequence[Kind]) -> html.Section:
    """What was decided while each profile was in force."""
    rows = [
        [profile or "none", profile or "none yet", sum(decided.values()),
         *(_cell(counts, name) for counts, name in (
             (decided, "APPROVED"), (decided, "REVIEW"), (decided, "BLOCKED"), (normal, "APPROVED"),
             (normal, "BLOCKED")))]
        for profile, (decided, normal) in business.by_profile(found).items()
    ]  # fmt: skip
    return table("profiles", "Profiles", COLUMNS, rows, EMPTY, note=f"shares from {LEAST} predictions on")


def _share(counts: Mapping[str, int] | None, name: str) -> float | None:
    """In percent; None where too few were decided."""
    whole = sum(counts.values()) if counts else 0
    return 100 * counts[name] / whole if counts and whole >= LEAST else None


def _told(counts: Mapping[str, int], name: str) -> str:
    return format.percent(_share(counts, name))


def _cell(counts: Mapping[str, int], name: str) -> list[Any]:
    share = _share(counts, name)
    return [format.percent(share), -1.0 if share is None else share]
