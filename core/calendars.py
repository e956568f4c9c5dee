"""Is an instant inside a named calendar of windows.toml? Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.clock import to_datetime
from core.config import Calendar
from core.config_values import instant, second_of_day

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def inside(calendar: Calendar, now: float) -> bool:
    """True when `now` (epoch seconds) lies in one of the calendar's windows; a window may cross midnight."""
    local = to_datetime(now).astimezone(ZoneInfo(calendar.zone))
    return (
        any(_between(local, w.start, w.end) for w in calendar.daily)
        or any(_in_week(local, w.day, w.start, w.end) for w in calendar.weekly)
        or any(instant(w.start) <= local < instant(w.end) for w in calendar.dated)
    )


def _between(local: datetime, start: str, end: str) -> bool:
    first, last, at = second_of_day(start), second_of_day(end), _clock(local)
    return first <= at < last if first <= last else at >= first or at < last


def _in_week(local: datetime, day: str, start: str, end: str) -> bool:
    first, last, at = second_of_day(start), second_of_day(end), _clock(local)
    today, yesterday = _DAYS[local.weekday()], _DAYS[local.weekday() - 1]
    if first <= last:
        return day == today and first <= at < last
    return (day == today and at >= first) or (day == yesterday and at < last)


def _clock(local: datetime) -> int:
    return 3600 * local.hour + 60 * local.minute + local.second
