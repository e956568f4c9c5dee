"""Shadow mode (L4): a challenger scores the live traffic that the champion answers, unseen, in its own time.

A request only leaves a reference in a queue; one thread scores what waits, many rows at once, and stores it apart.
What the challenger says can delay, change or fail no answer: the queue is bounded, and what does not fit is counted.
"""

import threading
from collections import deque
from collections.abc import Mapping

from core import log
from core.db.engine import Database
from core.errors import GatehouseError, Unreachable
from core.events.types import Prediction
from core.models import registry, roles, shadow
from core.models.shadow import Shadowed
from core.policy import Policy, decide
from core.web.metrics import Metrics
from ml.data.features import Value
from ml.serve.current_model import Serving
from ml.serve.scoring import Scorer

MOST_WAITING = 20_000
BATCH = 1000
PAUSE, LOOK = 0.5, 2.0
_log = log.get(__name__)
Waiting = tuple[Prediction, Mapping[str, Value], Policy]


class Shadow:
    """Takes what was answered; safe from any thread. Its own thread starts with the first answer."""

    def __init__(self, serving: Serving, database: Database, metrics: Metrics) -> None:
        self._serving = serving
        self._database = database
        self._scored = metrics.counter("fraud_shadow_predictions_total", "Transactions scored in shadow mode.")
        self._dropped = metrics.counter(
            "fraud_shadow_dropped_total", "Transactions skipped by shadow mode because its queue was full."
        )
        self._waiting: deque[Waiting] = deque()
        self._challenger: Scorer | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def offer(self, event: Prediction, features: Mapping[str, Value], policy: Policy) -> None:
        """Hand over one answered transaction with the features it came with."""
        if self._thread is None:
            self._start()
        if self._challenger is None:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._dropped.inc()
        else:
            self._waiting.append((event, features, policy))

    def look(self) -> None:
        """Find out who is the challenger. Raises Unreachable."""
        version = registry.role(self._database, roles.CHALLENGER)
        known = self._challenger.version if self._challenger else None
        if version != known:
            self._challenger = None if version is None else self._serving.scorer(version)
            _log.info("shadow", challenger=version)

    def step(self) -> int:
        """Score and store what waits, a batch; returns how many. Raises Unreachable, and then they still wait."""
        challenger = self._challenger
        taken = [self._waiting[i] for i in range(min(BATCH, len(self._waiting)))]
        if challenger is not None:
            shadow.store(self._database, shadowed(challenger, taken))
            self._scored.inc(by=len(taken))
        for _ in taken:
            self._waiting.popleft()
        return len(taken)

    def close(self) -> None:
        """End the thread."""
        self._stop.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="shadow", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        turn = 0
        while True:
            try:
                if turn % round(LOOK / PAUSE) == 0:
                    self.look()
                while self.step() == BATCH and not self._stop.is_set():
                    continue
            except Unreachable:
                pass  # they wait in the queue
            except GatehouseError as error:
                _log.warning("the challenger cannot be loaded", reason=str(error))
            except Exception as error:  # a challenger that fails must not end the thread
                _log.error("shadow mode failed; its batch was skipped", exc_info=error)
                self._waiting.clear()
            turn += 1
            if self._stop.wait(PAUSE):
                return


def shadowed(challenger: Scorer, waiting: list[Waiting]) -> list[Shadowed]:
    """What a challenger says of answered transactions; one whose features it cannot read is left out."""
    rows, kept = [], []
    for event, features, policy in waiting:
        try:
            rows.append(challenger.encoder.values(features))
        except GatehouseError:
            continue
        kept.append((event, policy))
    if not rows:
        return []
    scores = challenger.score_many(challenger.encoder.rows(rows)).tolist()
    return [
        Shadowed(
            timestamp=float(event.timestamp or 0),
            transaction_id=event.transaction_id,
            version=challenger.version,
            champion_version=event.model_version or 0,
            score=score,
            champion_score=event.score,
            decision=decide(score, policy),
            champion_decision=decide(event.score, policy),
        )
        for (event, policy), score in zip(kept, scores, strict=True)
    ]
