"""How numbers read: thousands separated, at most three significant figures where more mean nothing, a dash for none."""

import math
from typing import Any

NONE = "–"


def number(value: Any, digits: int = 3) -> str:
    """`value` with thousands separated and `digits` significant figures below 1,000; a dash for None or NaN."""
    if value is None or not math.isfinite(value):
        return NONE
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(decimals, 6)}f}"
    return text.rstrip("0").rstrip(".") if "." in text and float(value).is_integer() else text


def sentence(reason: str) -> str:
    """What is wrong as a sentence: an error's reason with a capital and a full stop."""
    return f"{reason[:1].upper()}{reason[1:]}."


def percent(value: Any, digits: int = 3) -> str:
    """A percentage that is already times 100."""
    text = number(value, digits)
    return text if text == NONE else f"{text} %"


def percent_of(share: float | None) -> str:
    """A share 0..1 as hover texts give it: `12.3 %`, which plotly's own `.1%` would write without the space."""
    return NONE if share is None else f"{100 * share:.1f} %"


def money(value: Any) -> str:
    """US dollars; cents only below 100."""
    if value is None or not math.isfinite(value):
        return NONE
    sign = "-" if value < 0 else ""
    return f"{sign}${abs(value):,.2f}" if abs(value) < 100 else f"{sign}${abs(value):,.0f}"


def dollars(value: float) -> str:
    """US dollars to the cent, as lists have them under one another."""
    return f"{'-' if value < 0 else ''}${abs(value):,.2f}"


def measure(value: Any, unit: str) -> str:
    """A value with its unit, as alerts give them: `4.2 %`, `$4,310`, `104 ms`; a dash for none."""
    if value is None or not math.isfinite(value):
        return NONE
    if unit.upper().startswith("USD") or unit.startswith("$"):
        return money(value)
    if unit == "s" and abs(value) >= 90:
        return duration(value)
    return f"{number(value)} {unit}".rstrip()


def limit(value: Any, unit: str) -> str:
    """A limit as somebody configured it: `0.5 %`, where a measurement would be `0.500 %`."""
    text = measure(value, unit)
    if value is None or not math.isfinite(value) or text != f"{number(value)} {unit}".rstrip():
        return text
    return f"{value:,.6f}".rstrip("0").rstrip(".") + (f" {unit}" if unit else "")


def duration(seconds: Any) -> str:
    """A duration as people say it: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`; a dash for none."""
    if seconds is None or not math.isfinite(seconds):
        return NONE
    whole = round(seconds)
    if abs(whole) < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 2880:
        return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    return f"{minutes // 1440} d" + (f" {minutes % 1440 // 60} h" if minutes % 1440 >= 60 else "")


def ratio(value: Any) -> str:
    """A share of one with three decimals."""
    return NONE if value is None or not math.isfinite(value) else f"{value:.3f}"


def change(now: float, before: float) -> str:
    """How much more or less than `before`, which is not 0, in percent; from eleven times on, how many times as much."""
    times = now / before
    return f"{number(round(times))} ×" if times >= 11 else f"{100 * (times - 1):+.1f} %"


def size(value: Any) -> str:
    """Bytes in binary units."""
    if value is None or not math.isfinite(value):
        return NONE
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if abs(value) < 1024 or unit == "TiB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{number(value)} {unit}"
        value /= 1024
    return NONE


def milliseconds(value: Any) -> str:
    """A duration given in ms, in the unit a person would use."""
    if value is None or not math.isfinite(value):
        return NONE
    if value < 1000:
        return f"{number(value)} ms"
    if value < 120_000:
        return f"{number(value / 1000)} s"
    return f"{number(value / 60_000)} min"
