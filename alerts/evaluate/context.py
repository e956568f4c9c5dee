"""What all rules read in one tick, read once: slots, policy, and whatever a kind shares under a name of its own."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from alerts.config import LATE_SECONDS
from alerts.evaluate.windows import Windows, strict_spans
from core.clock import to_datetime
from core.db.engine import Database
from core.db.queries import query
from core.db.redis_client import Live
from core.errors import RedisUnavailable
from core.events import time_buckets
from core.pipeline import stream
from core.settings import Settings

T = TypeVar("T")


class RuleMemory:
    """What outlives a tick: values with an age, such as those of slow queries."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    def remember(self, key: Hashable, now: float, seconds: float, read: Callable[[], T]) -> T:
        """The kept value, or a new one when it is older than `seconds`."""
        known = self._kept.get(key)
        if known is not None and 0 <= now - known[0] < seconds:
            found: T = known[1]
            return found
        value = read()
        self._kept[key] = (now, value)
        return value


class RuleContext:
    """One tick's view. Times are epoch seconds; `states` are the series of each rule, and whether each is active."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        live: Live,
        memory: RuleMemory,
        now: float,
        behind_seconds: float = 30.0,
        span: int = 3600,
        states: Mapping[str, Mapping[str, bool]] | None = None,
    ) -> None:
        self.settings, self.database, self.live, self.memory = settings, database, live, memory
        self.now, self.span, self._states = now, span, states or {}
        self.rule = ""
        self._behind_seconds = behind_seconds
        self._shared: dict[Hashable, Any] = {}

    def shared(self, key: Hashable, read: Callable[[], T]) -> T:
        """The value under `key`, read at most once a tick; who asks for what could not be read gets the same error.

        So a query that runs into its limit costs a tick that once, and not once for each rule that wants it.
        """
        if key not in self._shared:
            try:
                self._shared[key] = (read(), None)
            except Exception as error:
                self._shared[key] = (None, error)
        found, failure = self._shared[key]
        if failure is not None:
            raise failure
        value: T = found
        return value

    def rows(self, name: str, **parameters: Any) -> list[Any]:
        """The rows of a named query, which gets five seconds: one slow rule must not stop the others.

        Raises DatabaseUnavailable.
        """
        with self.database.transaction() as connection:
            connection.execute(query("rules.hurry"))
            return list(connection.execute(query(name), parameters))

    def known_series(self) -> frozenset[str]:
        """The series of the rule at hand in which something is going on: they want a reading."""
        return frozenset(name for name, is_active in self._states.get(self.rule, {}).items() if is_active)

    def all_series(self) -> frozenset[str]:
        """Every series of the rule at hand that has a state."""
        return frozenset(self._states.get(self.rule, {}))

    def evaluated_since(self, length: float) -> float:
        """The newest evaluation that lies `length` seconds back: what was stored after it is new to the last `length`
        of evaluated time, so that a pause of the workers hides nothing.
        """
        before = to_datetime(self.now - length)
        found = self.shared(("evaluated", length), lambda: self.rows("rules.evaluated_before", before=before))[0][0]
        return self.now - length if found is None else float(found.timestamp())

    @property
    def as_of(self) -> float:
        """Up to when everything that came in is stored: `now`, or earlier while the collectors are behind."""
        return self.shared("as_of", self._as_of)

    @property
    def behind(self) -> str:
        """Why the windows cannot be judged now; '' when they can."""
        late = self.now - self.as_of
        return f"the collector is {late:.0f} s behind" if late > self._behind_seconds else ""

    def windows(self) -> Windows:
        """The slots of the last `span` seconds. Raises DatabaseUnavailable."""
        return self.shared("windows", self._windows)

    def history(self, start: float, end: float) -> Windows:
        """The minutes of [start, end). Raises DatabaseUnavailable."""
        first, after = (
            time_buckets.floor(start, time_buckets.MINUTE),
            time_buckets.floor(end, time_buckets.MINUTE) + time_buckets.MINUTE,
        )
        return self._slots(first, after, time_buckets.MINUTE)

    def _as_of(self) -> float:
        try:
            since = stream.waiting_since(self.live)
        except RedisUnavailable:
            return self.now  # Events then go straight to PostgreSQL.
        return self.now if since is None or self.now - since <= LATE_SECONDS else since

    def _windows(self) -> Windows:
        after = time_buckets.floor(self.now) + time_buckets.WIDTH
        first = time_buckets.floor(self.as_of) + time_buckets.WIDTH - self.span
        return self._slots(first, after, time_buckets.WIDTH)

    def _slots(self, first: int, after: int, width: int) -> Windows:
        bounds = {"start": to_datetime(first), "end": to_datetime(after)}
        found = self.rows("rollups.slots", width=width, **bounds)
        packed = [(row[0].timestamp(), time_buckets.pack(list(row[1:-1]), bytes(row[-1]))) for row in found]
        policies = self.rows("policy.spans", **bounds)
        return Windows(packed, first, after, strict_spans(policies, self.settings.config.policy, after), width)
