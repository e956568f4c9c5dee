"""`Retry-After` (RFC 9110, 10.2.3) as a bounded number of seconds, whatever the other side wrote there."""

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

LONGEST = 3600.0  # no answer of a stranger stops a client for longer
_LONGEST_TEXT = 64  # an HTTP-date has 29 characters
_NUMBER = re.compile(r"[0-9]{1,5000}(\.[0-9]{0,20})?", re.ASCII)


def seconds(headers: Mapping[str, str], now: float, longest: float = LONGEST) -> float | None:
    """Seconds to wait, 0 to `longest`; None when the header is missing or makes no sense. Names are lower case.

    A date is read by the answer's own `Date`, since the clocks may differ; one that is past means 0.
    """
    text = headers.get("retry-after", "").strip()
    if _NUMBER.fullmatch(text):
        wait = float(text)
    else:
        then = _date(text)
        if then is None:
            return None
        sent = _date(headers.get("date", ""))
        wait = then - (now if sent is None else sent)
    return min(max(wait, 0.0), longest)


def _date(text: str) -> float | None:
    """Epoch seconds of an HTTP-date in any of its three forms; one without a zone is UTC."""
    if not text or len(text) > _LONGEST_TEXT:
        return None
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError, LookupError):
        return None
