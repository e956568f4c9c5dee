"""Is an instant inside a named calendar of windows.toml? Pure."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from core.clock import to_datetime
from core.config import Calendar

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def inside(calendar: Calendar, now: float) -> bool:
    """True when `now` (epoch seconds) lies in one of the calendar's windows; a window may cross midnight."""
    local = to_datetime(now).astimezone(ZoneInfo(calendar.zone))
    return (
        any(_between(local.time(), w.start, w.end) for w in calendar.daily)
        or any(_in_week(local, w.day, w.start, w.end) for w in calendar.weekly)
        or any(datetime.fromisoformat(w.start) <= local < datetime.fromisoformat(w.end) for w in calendar.dated)
    )


def _between(clock: time, start: str, end: str) -> bool:
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    return first <= clock < last if first <= last else clock >= first or clock < last


def _in_week(local: datetime, day: str, start: str, end: str) -> bool:
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    today, yesterday = _DAYS[local.weekday()], _DAYS[local.weekday() - 1]
    if first <= last:
        return day == today and first <= local.time() < last
    return (day == today and local.time() >= first) or (day == yesterday and local.time() < last)
