"""A steady, bounded load of keyed events and scoring requests, by a client that remembers every 2xx answer.

A request without a 2xx answer is sent again with the same keys, as a well-behaved platform does, until the load is told
to finish; what was never acknowledged may be stored once or not at all.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.errors import HttpUnavailable
from core.http import HttpClient

EVENTS = "/api/v1/events"
SCORE = "/api/v1/ml/predict/fraud"
STATUSES = "/api/transaction"
KINDS = ("transaction", "security", "request", "prediction", "status")
RETRY_SECONDS = 0.25


@dataclass
class Ledger:
    """What was sent and what was acknowledged, by kind; `answers` counts statuses (0: no answer at all).

    `unsaid` counts answers 503 that do not say when to come again.
    """

    sent: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    acknowledged: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    answers: Counter[int] = field(default_factory=Counter)
    unsaid: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Load:
    """Sends from threads: `posts` bodies of three events, `scores` scoring requests and `statuses` bodies of counts a
    second, named after `run`.
    """

    def __init__(
        self,
        api_url: str,
        scoring_url: str,
        token: str,
        run: str,
        posts: float = 12.0,
        scores: float = 12.0,
        statuses: float = 0.0,
    ) -> None:
        self.run = run
        self.ledger = Ledger()
        self._finish = threading.Event()
        self._abandon = threading.Event()
        api, scoring = (HttpClient(url, timeout=4.0, token=token) for url in (api_url, scoring_url))
        self._threads = [
            threading.Thread(
                target=self._pace, args=(posts / 2, lambda n, w=w: self._post(api, f"{w}-{n}")), daemon=True
            )
            for w in range(2)
        ]
        self._threads += [
            threading.Thread(
                target=self._pace, args=(scores / 2, lambda n, w=w: self._score(scoring, f"{w}-{n}")), daemon=True
            )
            for w in range(2)
        ]

        if statuses:
            self._threads.append(
                threading.Thread(target=self._pace, args=(statuses, lambda n: self._count(api, str(n))), daemon=True)
            )

    def start(self) -> None:
        """Begins to send."""
        for thread in self._threads:
            thread.start()

    def finish(self, patience: float = 30.0) -> Ledger:
        """Sends nothing new, gives open requests `patience` seconds to be acknowledged, and returns the ledger."""
        self._finish.set()
        deadline = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._abandon.set()
        for thread in self._threads:
            thread.join(10.0)
        return self.ledger

    def _pace(self, rate: float, send: Callable[[int], None]) -> None:
        due, number = time.monotonic(), 0
        while not self._finish.wait(max(0.0, due - time.monotonic())):
            send(number)
            number += 1
            due = max(due + 1 / rate, time.monotonic() - 1.0)

    def _post(self, api: HttpClient, name: str) -> None:
        key = f"{self.run}-{name}"
        sale = {"transaction_id": f"t-{key}", "type": "purchase", "amount": 120.5, "platform_fee": 6.02}
        visit = {"ip": "203.0.113.7", "method": "GET", "path": "/tickets", "status": 200, "duration_ms": 12}
        events: list[dict[str, Any]] = [
            {"kind": "transaction", **sale},
            {"kind": "security", "id": f"s-{key}", "severity": "low", "text": "a login", "action": "login"},
            {"kind": "request", "id": f"r-{key}", "user": f"r-{key}", "service": "fault-load", **visit},
        ]
        keys = {"transaction": f"t-{key}", "security": f"s-{key}", "request": f"r-{key}"}
        self._until_acknowledged(api, EVENTS, {"events": events}, keys)

    def _score(self, scoring: HttpClient, name: str) -> None:
        key = f"p-{self.run}-{name}"
        body = {"transaction_id": key, "amount": 80, "features": {"amount": 80}}
        self._until_acknowledged(scoring, SCORE, body, {"prediction": key})

    def _count(self, api: HttpClient, name: str) -> None:
        """A row that is added, so that one that counts twice shows, among rows that are the same every time."""
        key = f"c-{self.run}-{name}"
        body = [{"status": f"same-{self.run}-{n}", "count": n, "timestamp": 1_750_000_000} for n in range(20)]
        body.append({"status": key, "count": 1, "add": True, "timestamp": 1_749_999_000})
        self._until_acknowledged(api, STATUSES, body, {"status": key}, {"Idempotency-Key": key})

    def _until_acknowledged(
        self, client: HttpClient, path: str, body: Any, keys: dict[str, str], headers: dict[str, str] | None = None
    ) -> None:
        self._note(self.ledger.sent, keys)
        while True:
            try:
                answer = client.post_json(path, body, headers)
                status, unsaid = answer.status, answer.status == 503 and "retry-after" not in answer.headers
            except HttpUnavailable:
                status, unsaid = 0, False
            with self.ledger.lock:
                self.ledger.answers[status] += 1
                self.ledger.unsaid += unsaid
            if 200 <= status < 300:
                self._note(self.ledger.acknowledged, keys)
                return
            if 400 <= status < 500 and status != 429:
                raise AssertionError(f"{path} refused a good request with {status}")
            if self._abandon.wait(RETRY_SECONDS):
                return

    def _note(self, book: dict[str, set[str]], keys: dict[str, str]) -> None:
        with self.ledger.lock:
            for kind, key in keys.items():
                book[kind].add(key)
