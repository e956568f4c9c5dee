"""What an HTTP answer means for a message: taken, try again, or never (A8)."""

from alerts.notify.channel import Permanent, Transient
from alerts.notify.http_transport import Unanswered, Wire
from alerts.notify.retry_after import seconds as retry_after
from core.http import HttpResponse

AGAIN = (408, 425, 429)
LONGEST_WORDS = 300


def post(wire: Wire, url: str, body: bytes, headers: dict[str, str], timeout: float) -> HttpResponse:
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


def words(answer: HttpResponse) -> str:
    """Status and the beginning of the body, on one line."""
    said = " ".join(answer.body[: 4 * LONGEST_WORDS].decode("utf-8", "replace").split())[:LONGEST_WORDS]
    return f"it responded {answer.status}" + (f": {said}" if said else "")
