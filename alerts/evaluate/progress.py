"""Whether rules are evaluated at all, by this worker or another, whatever keeps them from it.

It looks from a thread of its own at what evaluations leave behind, so that it also sees one that hangs in a query, a
duty that a dead holder has, and workers that all stand by. `/readyz` fails after three intervals; an incident follows
when PostgreSQL answers and yet nothing is evaluated for so long that no other worker can be about to take over.
"""

import time
from collections.abc import Callable

from alerts.evaluate import alert_states
from alerts.evaluate.evaluator import Evaluator
from alerts.evaluate.faults import Faults
from alerts.notify import active_problems
from core.errors import GatehouseError
from core.stores import Stores

NAME = "evaluation"
INTERVALS = 3
TITLE = "Alert rules are not being evaluated"


class Stalled(GatehouseError):
    """Nothing was evaluated for three intervals."""


class Progress:
    """`step(now)` looks and tells; `check` is for `/readyz`; `clock` gives monotonic seconds."""

    def __init__(
        self,
        stores: Stores,
        evaluator: Evaluator,
        faults: Faults,
        interval: float,
        lease: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stores, self._evaluator, self._faults, self._clock = stores, evaluator, faults, clock
        self._interval, self._lease = interval, lease
        self._seen: float | None = None
        self._moved = self._since = self._looked = clock()
        self._cause = ""
        self._has_adopted = self._has_looked = self._has_proof = False

    @property
    def age(self) -> float:
        """Seconds since something was evaluated, or since this began to look."""
        judged = self._evaluator.judged if self._evaluator.has_duty else None
        return self._clock() - max(self._moved, judged or 0.0)

    def check(self) -> None:
        """Raises Stalled when nothing was evaluated for three intervals."""
        if self.age > INTERVALS * self._interval:
            raise Stalled(self._words(self.age))

    def failed(self, error: Exception) -> None:
        """The duty met an error: what is told as the cause."""
        self._cause = f"{error.__class__.__name__}: {error}"[:500]

    def step(self, now: float) -> None:
        """Look once, and open or end the incident. Raises DatabaseUnavailable."""
        at = self._clock()
        if at - self._looked > INTERVALS * self._interval:
            self._since = at  # This process was paused, or PostgreSQL away: what it did not see proves nothing.
        with self._stores.database.transaction() as connection:
            tick = alert_states.last_tick(connection)
            if not self._has_adopted:
                self._faults.adopt(connection)
                self._has_adopted = True
        self._looked = self._clock()
        if tick != self._seen and not self._evaluator.has_duty:  # What we evaluate ourselves we know better.
            self._moved = self._looked
            # The first look only learns where the record stands: a worker that has just started knows of no evaluation.
            self._has_proof = self._has_looked
        elif self._evaluator.has_duty and self._evaluator.judged is not None:
            self._has_proof = True
        self._seen, self._has_looked = tick, True
        stalled = self._looked - max(self._since, self._looked - self.age)
        if stalled > self._lease + INTERVALS * self._interval:
            self._has_proof = False
            self._tell(now, self._words(self.age))
        elif self._has_proof and self.age <= INTERVALS * self._interval:
            self._over(now)

    def _tell(self, now: float, reason: str) -> None:
        if NAME in self._faults.known():
            return
        with self._stores.database.transaction() as connection:
            active_problems.hold(connection)
            self._faults.open(connection, NAME, reason, now, TITLE, "critical")

    def _over(self, now: float) -> None:
        self._cause = ""
        if NAME in self._faults.known():
            with self._stores.database.transaction() as connection:
                self._faults.over(connection, NAME, now)

    def _words(self, age: float) -> str:
        who = "this worker is the leader" if self._evaluator.has_duty else "no standby worker took over"
        cause = f"; the last error was {self._cause}" if self._cause else ""
        return f"no evaluation for {age:.0f} s: {who}{cause}"
