"""Lengths of time as people write them in config/: `90s`, `10m`, `2h`, `7d`, or a plain number of seconds. Pure."""

from typing import Annotated

from msgspec import Meta

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = r"(\.[0-9]{1,6})?"
WRITTEN = rf"^([0-9]{{1,9}}{_NUMBER}(ms|s|m)|[0-9]{{1,5}}{_NUMBER}h|[0-9]{{1,4}}{_NUMBER}d)\Z"  # at most some decades
Duration = Annotated[str, Meta(pattern=WRITTEN)] | Annotated[float, Meta(ge=0, le=1e9)]


def seconds(duration: Duration) -> float:
    """Its seconds. Raises ValueError for what is no duration."""
    if not isinstance(duration, str):
        return float(duration)
    digits = duration.rstrip("msdh")
    unit = duration[len(digits) :]
    if unit not in UNITS:
        raise ValueError(f"{duration!r} is not a duration such as 90s, 10m, 2h or 7d")
    return float(digits) * UNITS[unit]


def text(length: float) -> str:
    """Seconds as people say them: `90 s`, `10 min`, `2 h`, `7 d`."""
    for size, name in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if length >= size and length % size == 0:
            return f"{length / size:g} {name}"
        if length >= 2 * size:
            return f"{length / size:.3g} {name}"
    return f"{length:g} s"


def check_least(name: str, duration: Duration, least: float, why: str = "") -> None:
    """Raise ValueError, as configuration types do, for a length below `least` seconds."""
    if seconds(duration) < least:
        raise ValueError(f"{name} must be at least {text(least)}{f': {why}' if why else ''}")


ROUNDING = 1e-3  # PostgreSQL keeps microseconds: a moment that was now may seem to lie ahead


def running(since: float, length: float, now: float) -> bool:
    """Whether `length` seconds from `since` on are not over; they are when the clock was set back before `since`."""
    return -ROUNDING <= now - since < length
