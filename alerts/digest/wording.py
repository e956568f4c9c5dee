"""Numbers and changes as lines of a digest say them. Pure."""

from alerts.digest.model import Tone

ARROW = {True: "▲", False: "▼"}


def times(seconds: float | None) -> str:
    """A duration as people say it."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return f"{1000 * seconds:.3g} ms"
    return f"{seconds:.3g} s"


def count(value: int) -> str:
    """A count, short where it is large."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**4, "k")):
        if value >= size:
            return f"{value / (1000 if unit == 'k' else size):.3g}{unit}"
    return f"{value:,}"


def share(value: float | None) -> str:
    """A share in percent."""
    return "–" if value is None else f"{100 * value:.2g} %"


def change(now: float | None, before: float | None) -> str:
    """By how much something changed, in percent or, where it is much, times; '' where nothing can be said."""
    if not now or not before:
        return ""
    ratio = now / before
    if 0.995 < ratio < 1.005:
        return "unchanged"
    if ratio >= 3:
        return f"{ARROW[True]} {ratio:.2g} times"
    return f"{ARROW[ratio > 1]} {abs(100 * (ratio - 1)):.0f} %"


def tone(now: float | None, before: float | None, limit: float = 1.2) -> Tone:
    """Whether a figure that should be low is much higher or lower than before."""
    if not now or not before:
        return ""
    return "bad" if now / before >= limit else "good" if now / before <= 1 / limit else ""
