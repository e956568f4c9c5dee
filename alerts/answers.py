"""What an HTTP answer means for a message: taken, try again, or never (A8)."""

import math
from email.utils import parsedate_to_datetime

from alerts.channel import Permanent, Transient
from alerts.wire import Unanswered, Wire
from core.http import Answer

AGAIN = (408, 425, 429)
LONGEST_WORDS = 300


def post(wire: Wire, url: str, body: bytes, headers: dict[str, str], timeout: float) -> Answer:
    """POST and return a 2xx answer. Raises Transient for none, 408, 425, 429 and 5xx; Permanent for any other."""
    try:
        answer = wire.post(url, body, headers, timeout)
    except Unanswered as error:
        raise Transient(str(error)) from None
    if 200 <= answer.status < 300:
        return answer
    if answer.status in AGAIN or answer.status >= 500:
        raise Transient(words(answer), retry_after(answer.headers, wire.now()))
    raise Permanent(words(answer))


def words(answer: Answer) -> str:
    """Status and the beginning of the body, on one line."""
    said = " ".join(answer.body[: 4 * LONGEST_WORDS].decode("utf-8", "replace").split())[:LONGEST_WORDS]
    return f"it answered {answer.status}" + (f": {said}" if said else "")


def retry_after(headers: dict[str, str], now: float) -> float | None:
    """Seconds of `Retry-After` (RFC 9110, 10.2.3): a number, or a date, which is read by the answer's own `Date`.

    None when there is none or it makes no sense; a date that is past means 0.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        then = _date(text)
        return None if then is None else max(0.0, then - (_date(headers.get("date", "")) or now))
    return seconds if seconds >= 0 and math.isfinite(seconds) else None


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None
