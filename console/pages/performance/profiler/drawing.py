"""The flame graph as HTML: bars below one another, each as wide as its share, the outermost function on top.

A bar leads to the graph of its function. Of a comparison red bars have a larger share than before, blue ones a smaller
one, the stronger the more; the change stands in the bar, too.
"""

from typing import Any

from dash import html
from markupsafe import Markup

from console.as_html import element
from console.attributes import attributes
from console.pages.performance.profiler.asked import Wanted
from core.endpoints.profiles import Bar, Profile

ROW = 20  # pixels
WITH_TEXT = 0.012  # of the width: a narrower bar has no room for words
WITH_LINK = 0.004
STRONGEST = 0.10  # the change of a share that is drawn in full colour
MOST_COLOUR, LEAST_COLOUR = 45, 8  # percent of the colour in a bar
EVEN = 0.0005  # a smaller change is none
LOOKS = "position-absolute text-truncate text-body text-decoration-none rounded-1 px-1"


def graph(found: Profile, wanted: Wanted) -> html.Div:
    """All bars; the address of a bar keeps the range and the filter."""
    deepest = max((bar.depth for bar in found.bars), default=0)
    bars = [_bar(found, bar, wanted) for bar in found.bars]
    about = "Flame graph: functions by their share of samples, callers on top; the table below has the numbers"
    return html.Div(
        bars,
        className="position-relative overflow-hidden mono small",
        style={"height": (deepest + 1) * ROW},
        role="group",
        **attributes({"aria-label": about}),
    )


def short(name: str) -> str:
    """A function without the packages of its module; an endpoint as it is."""
    return name if "/" in name or " " in name else ".".join(name.rsplit(".", 2)[-2:])


def change(found: Profile, now: int, before: int) -> float:
    """The difference of two shares, -1..1."""
    return now / max(1, found.samples) - before / max(1, found.base_samples)


def points(value: float) -> str:
    """A difference of shares in percentage points."""
    return f"{100 * value:+.1f} pp" if abs(value) >= EVEN else "±0 pp"


def share(samples: int, whole: int) -> str:
    """Some of all samples in percent."""
    return f"{100 * samples / max(1, whole):.1f} %"


def _bar(found: Profile, bar: Bar, wanted: Wanted) -> Markup:
    name, is_own = found.frames[bar.frame] if bar.frame >= 0 else ((wanted.frame and "all callers") or "all", True)
    moved = change(found, bar.total, bar.base_total) if found.is_compared else 0.0
    words = f"{short(name)} {points(moved)}" if found.is_compared and abs(moved) >= EVEN else short(name)
    known: dict[str, Any] = {
        "class": LOOKS,
        "style": f"left:{100 * bar.left:.3f}%;width:calc({100 * bar.width:.3f}% - 1px);top:{bar.depth * ROW}px;"
        f"height:{ROW - 1}px;background:{_colour(found, is_own, moved)}",
        "title": _title(found, bar, name, moved),
    }
    label = words if bar.width >= WITH_TEXT else None
    if bar.width < WITH_LINK or bar.frame < 0 or not _is_function(name):
        return element("span", known, label)
    return element("a", {**known, "href": wanted.query(frame=name), "tabindex": "-1"}, label)


def _is_function(name: str) -> bool:
    """A service or an endpoint is no function that one can look at."""
    return "." in name and " " not in name


def _colour(found: Profile, is_own: bool, moved: float) -> str:
    if not found.is_compared:
        return "var(--accent-soft)" if is_own else "var(--raised)"
    if abs(moved) < EVEN:
        return "var(--raised)"
    part = LEAST_COLOUR + (MOST_COLOUR - LEAST_COLOUR) * min(1.0, abs(moved) / STRONGEST)
    return f"color-mix(in srgb,var(--{'blocked' if moved > 0 else 'ok'}) {part:.0f}%,var(--panel))"


def _title(found: Profile, bar: Bar, name: str, moved: float) -> str:
    now = f"{bar.total:,} samples ({share(bar.total, found.samples)}), {bar.self:,} in itself"
    if not found.is_compared:
        return f"{name}: {now}"
    before = f"{bar.base_total:,} ({share(bar.base_total, found.base_samples)}), {bar.base_self:,} in itself"
    return f"{name}: {now}; before {before}; {points(moved)}"
