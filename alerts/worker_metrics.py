"""The worker's own metrics (O4): how late evaluation is, how long it takes, what waits, what is open."""

import time
from collections.abc import Callable

from alerts import housekeeping_queries
from alerts.evaluate.evaluator import Evaluator
from alerts.evaluate.progress import Progress
from core.stores import Stores
from core.web.metrics import Metrics

EDGES = tuple(0.005 * 2 ** (step / 2) for step in range(24))  # 5 ms .. 14 s


class Measures:
    """Counts what the evaluator does."""

    def __init__(self, metrics: Metrics, evaluator: Evaluator, stores: Stores, progress: Progress) -> None:
        self._evaluator, self._progress = evaluator, progress
        self._duration = metrics.histogram("alerts_tick_seconds", "Seconds one evaluation took", [], EDGES)
        self._ticks = metrics.counter("alerts_ticks_total", "Evaluations by result", ["result"])
        self._leader = metrics.gauge("alerts_evaluating", "1 on the worker that evaluates", [])

        self._stores = stores
        self._lag = metrics.gauge(
            "alerts_evaluation_age_seconds", "Seconds since rules were evaluated, by any worker", []
        )
        self._oldest = metrics.gauge("alerts_outbox_age_seconds", "Age of the oldest message that is due", [])
        self._messages = metrics.gauge("alerts_outbox_pending", "Messages waiting", [])
        self._incidents = metrics.gauge("alerts_incidents_open", "Incidents that are not resolved", [])

    def look(self, now: float) -> None:
        """Take the gauges. Raises DatabaseUnavailable."""
        self._lag.set(round(self._progress.age, 3))
        with self._stores.database.transaction() as connection:
            found = housekeeping_queries.waiting(connection, now)
        self._messages.set(found.messages)
        self._oldest.set(max(0.0, found.oldest))
        self._incidents.set(found.incidents)

    def timed(self, step: Callable[[float], bool]) -> Callable[[float], bool]:
        """The duty, measured."""

        def measured(now: float) -> bool:
            began = time.monotonic()
            result = "failed"
            try:
                done = step(now)
                result = "evaluated" if done else "stood by"
                return done
            except Exception as error:
                self._progress.failed(error)
                raise
            finally:
                self._ticks.inc(result)
                self._leader.set(1 if self._evaluator.has_duty else 0)
                if result == "evaluated":
                    self._duration.observe(time.monotonic() - began)

        return measured
