"""How the platform reaches the product: scoring requests and batches of events, repeated until taken."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from core.errors import HttpUnavailable
from core.http import HttpClient, HttpResponse
from core.retrying_client import GaveUp as GaveUp
from core.retrying_client import RetryingClient
from core.settings import Settings

EVENTS = "/api/v1/events"
STATUSES = "/api/transaction"
SCORE = "/api/v1/ml/predict/fraud"
SCORE_MANY = "/api/v1/ml/predict-batch"
MODEL = "/api/v1/ml/model"
_NAMED = 5
_ABOUT_ROWS = (400, 422)  # any other refusal (401, 403, 404, 413 …) would meet every row alike


class Refused(GaveUp):
    """A peer says that what was sent is wrong: these rows, and not who sends them, nor where to."""


class Sender:
    """Safe to share between threads. `patience` is how many seconds one request is repeated; `tell` gets a sentence
    when a peer goes away or items are rejected; `stopped` ends waiting early.
    """

    def __init__(
        self,
        settings: Settings,
        patience: float,
        tell: Callable[[str], None],
        stopped: Callable[[float], bool] | None = None,
    ) -> None:
        self._api, self._scoring = (
            RetryingClient(HttpClient(url, timeout=20.0, token=settings.own_token), patience, tell, stopped)
            for url in (settings.api_url, settings.scoring_url)
        )
        self._tell = tell
        self.rejected = 0
        self._named = 0

    def score(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer for one transaction. Raises GaveUp, also when the request itself is refused."""
        answer = self._scoring.post(SCORE, body)
        if answer.status != 200:
            raise GaveUp(f"scoring refused {body['transaction_id']}: {answer.body[:300].decode(errors='replace')}")
        scored: dict[str, Any] = answer.json()
        return scored

    def score_many(self, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The answers for up to 1,000 transactions, in their order. Raises GaveUp, Refused when one is wrong."""
        answer = self._scoring.post(SCORE_MANY, {"transactions": bodies})
        if answer.status in _ABOUT_ROWS:
            raise Refused(f"scoring refused a batch: {answer.body[:300].decode(errors='replace')}")
        if answer.status != 200:
            raise self._scoring.turned_away(SCORE_MANY, answer)
        predictions: list[dict[str, Any]] = answer.json()["predictions"]
        return predictions

    def features(self) -> list[str] | None:
        """The features of the model in service; None while that is not said."""
        try:
            answer = self._scoring.client.get(MODEL)
            return [str(one["name"]) for one in answer.json()["features"]] if answer.status == 200 else None
        except (HttpUnavailable, ValueError, KeyError, TypeError):
            return None

    def events(self, events: Iterable[dict[str, Any]], batch: int = 500) -> int:
        """Send events with their own keys; returns how many were accepted. Raises GaveUp."""
        accepted = 0
        for part in in_batches(events, batch):
            answer = self._api.post(EVENTS, {"events": part})
            if answer.status not in (202, *_ABOUT_ROWS):
                raise self._api.turned_away(EVENTS, answer)
            report = answer.json() if answer.status in (202, 400) else {}
            accepted += report.get("accepted", 0)
            refused = len(part) - report.get("accepted", 0)
            if refused:
                self._refused(refused, len(part), answer)
        return accepted

    def statuses(self, rows: list[dict[str, Any]]) -> None:
        """Send counts of transaction statuses; each replaces the one before of its key. Raises GaveUp."""
        if not rows:
            return
        answer = self._api.post(STATUSES, rows)
        if answer.status not in (200, *_ABOUT_ROWS):
            raise self._api.turned_away(STATUSES, answer)
        if refused := len(rows) - (answer.json().get("accepted", 0) if answer.status == 200 else 0):
            self._refused(refused, len(rows), answer)

    def _refused(self, refused: int, sent: int, answer: HttpResponse) -> None:
        """Count refusals and name the first few; a systematic one would fill the terminal."""
        self.rejected += refused
        self._named += 1
        if self._named <= _NAMED:
            reason = answer.body[:300].decode(errors="replace")
            self._tell(f"{refused} of {sent} refused ({answer.status}): {reason}")


def in_batches(items: Iterable[dict[str, Any]], size: int) -> Iterable[list[dict[str, Any]]]:
    """Lists of at most `size` items."""
    batch: list[dict[str, Any]] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
