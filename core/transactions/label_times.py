"""When labels were said: a column of times as files write them, on the clock of whoever wrote the file. Pure.

A day or a time without a zone may be of a country where it is tomorrow already, up to 14 hours ahead of UTC: such a
time is not in the future, it is now.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.errors import BadInput
from core.tabular import dates, missing_values
from core.tabular import times as moments

EASTERNMOST = 14 * 3600.0
_NUMBER = re.compile(r"[\d.]+$")


class Times:
    """The times of a column by row; `said` are sentences on how they were read."""

    def __init__(self, column: str, values: Sequence[str], now: float, zone: str = "") -> None:
        """Raises BadInput where no value tells whether the day or the month comes first, and for an unknown zone."""
        self._now = now
        self._zone = _zone(zone)
        given = [value.strip() for value in values if not missing_values.is_missing(value)]
        try:
            plain = moments.plain(given, column)
        except dates.Ambiguous as error:
            reason = f"{str(error)[:40]!r} is ambiguous: day or month may come first; use ISO 8601"
            raise BadInput(f"column {column!r}", reason) from None
        self._plain = dict(zip(given, plain, strict=True))
        self._ahead = 0
        self._read: dict[str, tuple[float | str | None, bool]] = {}
        self._serial = moments.serial_said(column, given)

    def at(self, text: str) -> float | str | None:
        """Epoch seconds of a value, None for none, the value itself where it is no time."""
        if text not in self._read:
            self._read[text] = self._of(text.strip())
        found, ahead = self._read[text]
        self._ahead += ahead
        return found

    def _of(self, text: str) -> tuple[float | str | None, bool]:
        """A value's time, and whether it is ahead of UTC's clock and counts as now."""
        if missing_values.is_missing(text):
            return None, False
        plain = self._plain.get(text, text)
        try:
            seconds = dates.instant(plain)
        except (ValueError, OverflowError):
            return text, False
        if _is_zoned(plain) or (_NUMBER.match(text) and not self._serial and _NUMBER.match(plain)):
            return seconds, False
        if self._zone is not None:
            local = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=self._zone)
            seconds = local.timestamp()
        if self._now < seconds <= self._now + EASTERNMOST:
            return self._now, True
        return seconds, False

    @property
    def said(self) -> list[str]:
        """How times were read, where a person may have meant otherwise."""
        found = [self._serial] if self._serial else []
        if self._ahead:
            times = "1 time" if self._ahead == 1 else f"{self._ahead:,} times"
            found.append(f"Read as now: {times} without a zone, ahead of UTC's clock as clocks east of it are.")
        return found


def _is_zoned(plain: str) -> bool:
    """Whether a time says how far from UTC its clock is; `days.instant` has read it."""
    if missing_values.is_number(plain):
        return False
    return plain.endswith(" UTC") or datetime.fromisoformat(plain).tzinfo is not None


def _zone(name: str) -> ZoneInfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise BadInput("zone", f"there is no time zone {name[:40]!r}: write one such as Asia/Tokyo") from None
