"""Whether people are told now: a silence or a quiet calendar holds the trigger back, never the incident."""

from collections.abc import Mapping, Sequence

from core import calendars
from core.alerting import silences
from core.alerting.silences import Silence
from core.config import Calendar


def muted(
    found: Sequence[Silence],
    quiet: Sequence[str],
    windows: Mapping[str, Calendar],
    rule: str,
    series: str,
    severity: str,
    now: float,
) -> str:
    """Why nobody is told now; '' when people are."""
    silence = silences.first(found, rule, series, severity, now)
    if silence is not None:
        return f"silenced by {silence.owner} until {silence.ends_at:%Y-%m-%d %H:%M} UTC: {silence.reason}"
    for name in quiet:
        if calendars.inside(windows[name], now):
            return f"in the quiet hours {name!r}"
    return ""
