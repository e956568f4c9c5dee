"""An interval as two fields of a figure. Pure."""

from core.models.performance.interval import Interval


def bounds(found: Interval | None) -> tuple[float | None, float | None]:
    """Its ends, both None where there is none."""
    return found if found else (None, None)
