"""How figures of Analytics read: rates with intervals, differences against another span."""

from typing import Any

from dash import html

from console import format
from console.panel_layout import icon
from core.analytics.rates import LEAST, Decided

FEW = f"no rate below {LEAST} decided"


def rate(one: Decided) -> str:
    """The approval rate in percent; a dash for none."""
    return format.NONE if one.rate is None else f"{100 * one.rate:.1f} %"


def interval(one: Decided) -> str:
    """Its 95 % interval."""
    found = one.interval
    return format.NONE if found is None else f"{100 * found[0]:.1f} to {100 * found[1]:.1f} %"


def more(value: float, before: float | None) -> str:
    """How many percent more or less than before; a dash where there was nothing before."""
    return format.change(value, before) if before else format.NONE


def points(one: Decided, before: Decided | None) -> str:
    """How many percentage points the approval rate rose or fell."""
    if before is None or one.rate is None or before.rate is None:
        return format.NONE
    return f"{100 * (one.rate - before.rate):+.1f} points"


def against(change: str, than: str) -> Any:
    """A difference with its arrow and with what it is against; up is no better than down."""
    if change == format.NONE:
        return f"nothing to compare with: {than}"
    arrow = "arrow-down" if change[:1] == "-" else "arrow-up"
    return html.Span([icon(arrow), f" {change} against {than}"])
