"""The base of configuration types, and hours, zones, instants, networks and addresses as people write them. Pure.

Each function raises ValueError with what would be right, so that a file is refused when it is loaded and not when one
of its values is used.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from ipaddress import ip_network
from string import Formatter
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

DAY = 86400
_HOUR = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?\Z")


class Frozen(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of configuration types: immutable, and an unknown field is an error."""


@lru_cache(maxsize=1024)
def second_of_day(text: str) -> int:
    """Seconds after midnight of `18:00`, `18:00:30` or `24:00`, the end of the day."""
    match = _HOUR.match(text)
    if match is not None:
        hour, minute, second = (int(part or 0) for part in match.groups())
        found = 3600 * hour + 60 * minute + second
        if minute < 60 and second < 60 and found <= DAY:
            return found
    raise ValueError(f"{text!r} is not a time of day: write HH:MM from 00:00 to 24:00, such as 09:00 or 22:00")


def check_span(start: str, end: str) -> None:
    """A daily window: it may cross midnight, but it must say which part of the day it is."""
    first, last = second_of_day(start), second_of_day(end)
    if first == DAY:
        raise ValueError("from must not be 24:00: write 00:00 for the beginning of the day")
    if first == last:
        raise ValueError(f"from and to are both {start}: write from 00:00 to 24:00 for the whole day")


def check_instants(start: str, end: str) -> None:
    """A dated window: two whole instants with an offset, the second after the first."""
    first, last = instant(start), instant(end)
    if last <= first:
        raise ValueError(f"to ({end}) must be after from ({start})")


@lru_cache(maxsize=1024)
def instant(text: str) -> datetime:
    """The instant of an ISO 8601 text with date, time and offset."""
    wanted = "write date, time and offset, such as 2026-11-20T10:00:00+00:00 or 2026-11-20T10:00:00Z"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not an instant: {wanted}") from None
    if "T" not in text.upper() and " " not in text:
        raise ValueError(f"{text!r} has no time of day: {wanted}")
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC: {wanted}")
    return found


def check_zone(name: str) -> None:
    """An IANA zone; abbreviations are refused, since CET and EST do not change with summer time or mean several."""
    if name == "UTC":
        return
    wanted = "write an IANA name such as Europe/Berlin, or UTC"
    if "/" not in name:
        raise ValueError(f"{name!r} is not the name of a time zone: {wanted}{_near(name)}")
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"there is no time zone {name!r}: {wanted}{_near(name)}") from None


def _near(name: str) -> str:
    known = sorted(available_timezones())
    parts = {zone.rpartition("/")[2].lower(): zone for zone in known if "/" in zone}
    found = get_close_matches(name, known, 1) or [
        parts[one] for one in get_close_matches(name.rpartition("/")[2].lower(), parts, 1)
    ]
    return f"; did you mean {found[0]}?" if found else ""


def check_networks(texts: Iterable[str]) -> None:
    """Addresses or networks in CIDR notation."""
    for text in texts:
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise ValueError(f"{text!r} is not a network: write it as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32") from None


def check_origins(texts: Iterable[str]) -> None:
    """Origins as browsers send them."""
    for text in texts:
        parts = url_parts(text)
        if parts is None or text != f"{parts[0]}://{parts[1]}":
            raise ValueError(f"{text!r} is not an origin: write scheme and host only, such as https://app.example.org")


def check_url(text: str) -> None:
    """An absolute http or https URL."""
    if url_parts(text) is None:
        raise ValueError(f"{text!r} is not a URL: it must begin with http:// or https:// and name a host")


def url_parts(text: str) -> tuple[str, str] | None:
    """(scheme, host and port) of an http or https URL; None for anything else."""
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        return None
    is_clean = known and not re.search(r"[\s\x00-\x1f\x7f]", text) and re.fullmatch(r"[\w.:\[\]@%+~-]+", parts.netloc)
    return (parts.scheme, parts.netloc) if is_clean else None


def check_names(template: str, known: Iterable[str]) -> None:
    """A text with names of settings in braces, such as {api_url}, and nothing else in braces."""
    names = sorted(known)
    wanted = f"names in braces are {', '.join(names)}"
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"{template!r} cannot be filled in ({error}): {wanted}") from None
    for _, name, spec, conversion in pieces:
        if name is not None and (name not in names or spec or conversion):
            raise ValueError(f"{template!r} cannot be filled in: {wanted}")
