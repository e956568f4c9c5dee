"""The world outside, as a channel may touch it: secrets by name, HTTP, the time. Nothing secret comes back out.

Every secret that was handed out is remembered; `clean` takes them out of a text before it is logged or stored.
"""

from collections.abc import Callable
from threading import Lock
from urllib.parse import quote, urlsplit

from core import clock
from core.errors import HttpUnavailable
from core.http import HttpClient, HttpResponse

HIDDEN = "[secret]"
_SHORTEST = 4


class Unanswered(Exception):
    """No answer came; the text names host and reason, never path or query."""


class Wire:
    """Safe to share between threads. `secret` is `Settings.secret`; `now` gives epoch seconds."""

    def __init__(self, secret: Callable[[str], str], now: Callable[[], float] = clock.now, callback: str = "") -> None:
        self._secret = secret
        self._handed_out: frozenset[str] = frozenset()
        self._lock = Lock()
        self._clients: dict[tuple[str, float], HttpClient] = {}
        self.now = now
        self.callback = callback

    def secret(self, name: str) -> str:
        """The secret of that name, '' when it is not set. Raises ConfigError when its file cannot be read."""
        value = self._secret(name)
        self.hide(value)
        return value

    def hide(self, *values: str) -> None:
        """Treat these texts as secrets from now on."""
        found = {form for value in values for form in (value, quote(value, safe="")) if len(value) >= _SHORTEST}
        if not found <= self._handed_out:
            with self._lock:
                self._handed_out = self._handed_out | found

    def clean(self, text: str) -> str:
        """The text without any secret."""
        for value in sorted(self._handed_out, key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        return text

    def post(self, url: str, body: bytes, headers: dict[str, str], timeout: float) -> HttpResponse:
        """POST to an absolute URL; redirects are not followed. Raises Unanswered."""
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        client = self._clients.get((base, timeout))
        if client is None:
            client = self._clients[base, timeout] = HttpClient(base, timeout, 2)
        path = url[len(base) :] or "/"
        try:
            return client.request("POST", path, body=body, headers={"User-Agent": "gatehouse", **headers})
        except HttpUnavailable as error:
            why = error.__cause__.__class__.__name__ if error.__cause__ else "no answer"
            raise Unanswered(f"{parts.hostname} did not respond ({why})") from None
