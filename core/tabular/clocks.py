"""Times whose day, time of day and zone stand in columns of their own, as PayPal's and Adyen's exports have them. Pure.

`Date` is completed by `Time` where it holds days alone, `Record Date` by `Record Date TimeZone`, and any by `TimeZone`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from core.errors import BadInput
from core.tabular import dates, missing_values, times

_OF_DAY = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?: ?([AaPp])\.?[Mm]\.?)?$")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$")
# Hours from UTC. What means several zones (IST) is not here: it is refused by name.
_ABBREVIATED = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10, "JST": 9, "KST": 9, "SGT": 8, "HKT": 8, "AWST": 8, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13,
}  # fmt: skip


def completed(columns: Mapping[str, Sequence[str]], name: str) -> tuple[Sequence[str], list[str]]:
    """The column of times `name`, with what other columns say of each: times of day joined, zones applied (then the
    values are ISO 8601 in UTC); and a sentence on each such column. As it is where there is none.

    Raises BadInput for a zone that is none, and where the day or the month may come first.
    """
    values, said = columns[name], []
    if of_day := _of_day(columns, name):
        values = [_joined(day, time) for day, time in zip(values, columns[of_day], strict=True)]
        said.append(f"The times of {name!r} are completed by {of_day!r}.")
    if zone := _zone(columns, name):
        values = _zoned(values, columns[zone], name, zone)
        said.append(f"The times of {name!r} are on the clock of {zone!r}.")
    return values, said


def _key(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _of_day(columns: Mapping[str, Sequence[str]], name: str) -> str:
    """The column of the times of day that belong to days; "" for none."""
    key, keys = _key(name), {_key(other): other for other in columns}
    other = keys.get(key.removesuffix("date") + "time", "") if key.endswith("date") else ""
    if not other or any(":" in day for day in columns[name]):
        return ""
    given = [value.strip() for value in columns[other] if not missing_values.is_missing(value)]
    return other if given and all(map(_OF_DAY.match, given)) else ""


def _zone(columns: Mapping[str, Sequence[str]], name: str) -> str:
    keys = {_key(other): other for other in columns}
    return keys.get(f"{_key(name)}timezone") or keys.get("timezone") or ""


def _joined(day: str, time: str) -> str:
    found = _OF_DAY.match(time.strip())
    if missing_values.is_missing(day) or found is None:
        return day
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4] in "Pp" else 0)
    return f"{day.strip()} {hour:02d}:{found[2]}:{found[3] or '00'}"


def _zoned(values: Sequence[str], zones: Sequence[str], name: str, zone: str) -> list[str]:
    given = [value.strip() for value in values if not missing_values.is_missing(value)]
    try:
        read = iter(times.plain(given, name))
    except dates.Ambiguous as error:
        reason = f"{str(error)[:40]!r} is ambiguous: day or month may come first; use ISO 8601"
        raise BadInput(f"column {name!r}", reason) from None
    known = {text: _of_text(text.strip(), zone) for text in {*zones} if not missing_values.is_missing(text)}
    found = []
    for value, text in zip(values, zones, strict=True):
        if missing_values.is_missing(value):
            found.append(value)
            continue
        plain = next(read)
        found.append(_in_utc(plain, known[text]) if text in known else plain)
    return found


def _in_utc(text: str, zone: tzinfo) -> str:
    """A time without a zone on a clock, as ISO 8601 in UTC; what is none, or has a zone, stays as it is."""
    if missing_values.is_number(text):
        return text
    try:
        seconds = dates.instant(text)
        if text.endswith(" UTC") or datetime.fromisoformat(text).tzinfo is not None:
            return text
        local = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=zone)
        return local.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return text


def _of_text(text: str, column: str) -> tzinfo:
    if (hours := _ABBREVIATED.get(text.upper())) is not None:
        return timezone(timedelta(hours=hours))
    if (found := _OFFSET.match(text)) and int(found[2]) <= 14 and int(found[3] or 0) < 60:
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(-ahead if found[1] == "-" else ahead)
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        said = f"{text[:40]!r} is not a known time zone; use one such as Europe/Amsterdam or +02:00"
        raise BadInput(f"column {column!r}", said) from None
