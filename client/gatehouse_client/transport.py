"""One POST to the server, and what its answer means. Nothing here raises."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

MOST_ANSWER = 65_536
LONGEST_PAUSE = 60.0
REFUSED = frozenset({400, 413, 422})  # another try of the same body ends the same way


class Answer(NamedTuple):
    """`delivered`: the server has it. `again`: it may have it later, not before `pause` seconds.

    `rejected` are the indexes of the events that it did not take, None for all; `problem` says why, empty when all is
    well.
    """

    delivered: bool
    again: bool = False
    pause: float = 0.0
    rejected: tuple[int, ...] | None = ()
    problem: str = ""


class Transport:
    """Posts to one address with one token. Redirects are not followed: they would take the token elsewhere."""

    def __init__(self, url: str, token: str) -> None:
        self._address = url.rstrip("/") + "/api/v1/events"
        self._token = token
        self._opener: urllib.request.OpenerDirector | None = None

    def post(self, body: bytes, key: str, timeout: float) -> Answer:
        """Send a gzipped body."""
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Idempotency-Key": key,
            "User-Agent": "gatehouse-client",
        }
        try:
            if self._opener is None:  # once: reading the certificates takes tens of milliseconds
                proxies = urllib.request.ProxyHandler(urllib.request.getproxies_environment())
                self._opener = urllib.request.build_opener(proxies, _NoRedirect)
            request = urllib.request.Request(self._address, body, headers, method="POST")
            with self._opener.open(request, timeout=timeout) as response:
                return _taken(response.status, response.read(MOST_ANSWER))
        except urllib.error.HTTPError as error:
            try:
                with error:
                    return _refused(error.code, error.headers.get("Retry-After", ""), error.read(MOST_ANSWER))
            except Exception:
                return Answer(False, True, problem=f"HTTP {error.code}")
        except Exception as error:
            reason = getattr(error, "reason", error)
            return Answer(False, True, problem=f"{type(error).__name__}: {reason}"[:300])


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _taken(status: int, body: bytes) -> Answer:
    found = _read(body)
    if type(found.get("accepted")) is not int:  # some proxy's page: nobody has taken anything
        return Answer(False, True, problem=f"HTTP {status}: not an answer of Gatehouse")
    rejected = found.get("rejected")
    if not isinstance(rejected, list) or not rejected:
        return Answer(True)
    indexes = tuple(item["index"] for item in rejected if isinstance(item, dict) and type(item.get("index")) is int)
    return Answer(True, rejected=indexes, problem=f"HTTP {status}: {_reason(rejected[0])}")


def _refused(status: int, retry_after: str, body: bytes) -> Answer:
    document = _read(body)
    problem = f"HTTP {status}: {str(document.get('detail', ''))[:200]}".rstrip(": ")
    if status in REFUSED:
        return Answer(False, rejected=None, problem=problem)
    return Answer(False, True, pause_of(retry_after, time.time()), problem=problem)


def pause_of(retry_after: str, now: float) -> float:
    """The seconds of a Retry-After header, a number or a date; bounded, 0 when it says nothing."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(retry_after).timestamp() - now
        except (TypeError, ValueError, IndexError, OverflowError):
            return 0.0
    return min(max(seconds, 0.0), LONGEST_PAUSE) if seconds == seconds else 0.0


def _read(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer; empty for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _reason(rejection: Any) -> str:
    if not isinstance(rejection, dict):
        return "an event was rejected"
    return f"{rejection.get('field', '')} {rejection.get('reason', '')}"[:200]
