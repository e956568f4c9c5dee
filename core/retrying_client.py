"""An HTTP client that repeats a request until the peer takes it: what is sent must then count once however often."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from core.errors import GatehouseError, HttpUnavailable
from core.http import HttpClient, HttpResponse

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0


class GaveUp(GatehouseError):
    """A peer did not take a request within the patience of the sender."""


class RetryingClient:
    """Safe to share between threads. `patience` is how many seconds one request is repeated; `tell` gets a sentence
    when the peer goes away; `wait` sleeps, and ends waiting early by returning True.
    """

    def __init__(
        self,
        client: HttpClient,
        patience: float,
        tell: Callable[[str], None],
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self.client = client
        self._patience = patience
        self._tell = tell
        self._wait = wait or _sleep

    def post(self, path: str, value: Any, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """The answer to a POST of JSON, once it is no server error and no refusal for a while. Raises GaveUp."""
        pause, waited, told = _FIRST_PAUSE, 0.0, False
        while True:
            try:
                answer = self.client.post_json(path, value, dict(headers or {}))
                if answer.status < 500 and answer.status != 429:
                    if told:
                        self._tell(f"{self.client.base_url} is back")
                    return answer
                why = f"responded {answer.status}"
            except HttpUnavailable as error:
                why = f"does not respond ({error.detail})"
            if not told:
                self._tell(f"{self.client.base_url} {why}; trying again with the same keys")
                told = True
            if waited >= self._patience or self._wait(pause):
                raise GaveUp(f"{self.client.base_url}{path} {why}")
            waited += pause
            pause = min(pause * 1.6, _LONGEST_PAUSE)

    def turned_away(self, path: str, answer: HttpResponse) -> GaveUp:
        """What the peer says that takes nothing from us, in one sentence."""
        try:
            said = str(answer.json()["detail"])
        except (ValueError, KeyError, TypeError):
            said = answer.body.decode(errors="replace")
        return GaveUp(f"{self.client.base_url}{path} responded {answer.status}: {said[:300]}")


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False
