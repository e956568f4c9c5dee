"""How messages about incidents write numbers with their units, and lengths of time. Pure."""


def quantity(value: float, unit: str) -> str:
    """A number with at most four significant figures and its unit: `1,250 ms`, `4.21 %`, `$5,000`."""
    figures = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    if unit.upper() in ("USD", "$"):
        return f"${figures}"
    return f"{figures} {unit}".strip()


def duration(seconds: float) -> str:
    """`40 s`, `14 min`, `3 h 20 min`, `2 d 4 h`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
