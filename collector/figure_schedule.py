"""Asks for samples of custom figures when they are due, and takes them: of several collectors one takes each.

A figure is sampled once in each of its periods, counted from the epoch. Periods in which no collector worked are not
made up for.
"""

from collections.abc import Mapping

from collector import figure_job, figure_registry
from collector.figure_job import KIND, Hands
from collector.figure_registry import Known
from core import clock
from core.clock import to_datetime
from core.db.engine import Connection, Database
from core.db.jobs import queue
from core.db.jobs.runner import Runner
from core.db.queries import query
from core.events.retention import DAY
from core.settings import Settings
from core.stores import Stores
from core.tasks import Task
from core.web.metrics import Metrics

LOOK_SECONDS = 1.0
REGISTER_SECONDS = 60.0  # how often a collector says which figures it has
AT_ONCE = 100  # samples of one round


class Schedule:
    """`step(now)` asks for what is due. Raises DatabaseUnavailable."""

    def __init__(self, database: Database, known: Mapping[str, Known]) -> None:
        self._database = database
        self._known = known
        self._asked: dict[str, float] = {}  # the newest period of each figure
        self._registered = float("-inf")

    def step(self, now: float) -> None:
        """Ask for each sample that is due, and say now and then which figures there are."""
        due = {
            name: period
            for name, one in self._known.items()
            if (period := now // one.figure.every * one.figure.every) > self._asked.get(name, float("-inf"))
        }
        registers = now - self._registered >= REGISTER_SECONDS
        if not due and not registers:
            return
        with self._database.transaction() as connection:
            if registers:
                self._register(connection, now)
            for name, period in due.items():
                asked = {"figure": name, "at": period}
                queue.enqueue(connection, KIND, key=f"{name}:{period:.0f}", payload=asked)
        self._asked |= due
        if registers:
            self._registered = now

    def _register(self, connection: Connection, now: float) -> None:
        for name, one in sorted(self._known.items()):
            values = {
                "name": name, "title": one.figure.title, "unit": one.figure.unit, "source": one.source,
                "every": one.figure.every, "seen": to_datetime(now),
            }  # fmt: skip
            connection.execute(query("figures.register"), values)
        queue.drop(connection, KIND, now - DAY)


def duties(settings: Settings, stores: Stores, metrics: Metrics) -> list[Task]:
    """What a collector does about custom figures; nothing where there are none. Raises ConfigError."""
    known = figure_registry.figures(settings)
    if not known:
        return []
    samples = metrics.counter(
        "collector_figure_samples_total", "Samples of custom figures by how they ended.", ("figure", "result")
    )
    runner = Runner(stores.database, [figure_job], Hands(settings, stores, known, samples), "collector")
    schedule = Schedule(stores.database, known)

    def take(_: float) -> None:
        for _ in range(AT_ONCE):
            if not runner.step(KIND.name, clock.now()):
                return

    return [
        Task("figures", LOOK_SECONDS, schedule.step),
        Task("figure samples", LOOK_SECONDS, take),
        Task("figure leases", KIND.lease / 4, runner.renew),
    ]
