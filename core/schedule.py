"""When a weekly or daily duty is due next, and when it was due last. Pure."""

from datetime import datetime, timedelta

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def next_weekly(day: str, time: str, now: datetime) -> datetime:
    """The first `day` at `time` (HH:MM) after `now`, in the zone of `now`."""
    hour, minute = map(int, time.split(":"))
    due = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    due += timedelta(days=(DAYS.index(day) - now.weekday()) % 7)
    return due if due > now else due + timedelta(days=7)


def last_weekly(day: str, time: str, now: datetime) -> datetime:
    """The last `day` at `time` (HH:MM) up to `now`, in the zone of `now`."""
    return next_weekly(day, time, now) - timedelta(days=7)


def last_daily(hour: int, now: datetime) -> datetime:
    """The last time that it was `hour` o'clock up to `now`, in the zone of `now`."""
    due = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return due if due <= now else due - timedelta(days=1)
