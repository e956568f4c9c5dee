"""Sparklines as inline SVG: a line with the area under it, of a card or in a row of a table."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from console.as_html import element

HEIGHT = 40  # in its own units; it is 100 wide


def scaled(values: Sequence[float | None], from_zero: bool = False) -> list[int | None]:
    """Values as places from the top of a sparkline, the greatest at 0; nothing of fewer than two."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return []
    low, high = min(0.0, *known) if from_zero else min(known), max(known)
    if high == low:
        place = HEIGHT if from_zero else HEIGHT // 2
        return [None if value is None else place for value in values]
    return [None if value is None else round(HEIGHT * (1 - (value - low) / (high - low))) for value in values]


def spark(points: Sequence[float | None], fired: Sequence[Sequence[float]]) -> Markup:
    """A line with the area under it, gaps where nothing is known, and bars where an alert fired."""
    known = {"viewBox": f"0 0 100 {HEIGHT}", "preserveAspectRatio": "none", "aria-hidden": "true"}
    places = [(100 * at / (len(points) - 1), y) for at, y in enumerate(points) if y is not None and len(points) > 1]
    if not places:
        return element("svg", known)
    bars = [
        element(
            "rect", {"x": start, "y": 0, "width": max(1, round(end - start, 1)), "height": HEIGHT, "class": "fired"}
        )
        for start, end in fired
    ]
    starts = {at for at, y in enumerate(points) if y is not None and (at == 0 or points[at - 1] is None)}
    line = "".join(
        f"{'M' if at in starts else 'L'}{100 * at / (len(points) - 1):.1f} {y}"
        for at, y in enumerate(points)
        if y is not None
    )
    area = f"{line}L{places[-1][0]:.1f} {HEIGHT}L{places[0][0]:.1f} {HEIGHT}Z"
    return element("svg", known, *bars, element("path", {"d": area, "class": "area"}), element("path", {"d": line}))


def in_row(values: Sequence[float | None], width: int = 96) -> Markup:
    """A line from zero on that stands in a row."""
    points = scaled(values, from_zero=True)
    known: dict[str, Any] = {
        "viewBox": f"0 -2 100 {HEIGHT + 4}", "preserveAspectRatio": "none", "aria-hidden": "true",
        "class": "text-primary d-block", "style": f"width:{width}px;height:18px",
    }  # fmt: skip
    at = [(100 * place / (len(points) - 1), y) for place, y in enumerate(points) if y is not None]
    line = "".join(f"{'L' if place else 'M'}{x:.1f} {y}" for place, (x, y) in enumerate(at))
    look = {"fill": "none", "stroke": "currentColor", "stroke-width": "1.4", "vector-effect": "non-scaling-stroke"}
    return element("svg", known, element("path", {"d": line, **look}) if line else None)
