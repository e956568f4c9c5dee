"""Sends stored security events to the sinks of config/sinks.toml, each with a cursor in PostgreSQL (S3).

A sink that is away stops its own cursor and nothing else; it is tried again with growing pauses, for ever, and goes on
where it was, after a restart too. At least once: a crash after sending and before the cursor moved sends a batch again,
with the same ids. An event that a sink refuses for good is noted in `sink_refusals` and passed over.
"""

import random
import time
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

import msgspec

from collector.sink import Item, Sink, SinkAway, SinkRefused
from core import codec, log
from core.db.engine import Database
from core.db.queries import query
from core.discovery import discover
from core.errors import ConfigError
from core.pipeline import event_cursor
from core.security import ecs_export, ocsf
from core.settings import Settings
from core.tasks import Task

LOOK_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
RENDER = {"ecs": ecs_export.document, "ocsf": ocsf.document}


class Export:
    """One sink's way. `step` reports how many events it sent; raises DatabaseUnavailable."""

    def __init__(self, database: Database, name: str, form: str, sink: Sink) -> None:
        self._database = database
        self._name = name
        self._render = RENDER[form]
        self._sink = sink
        self._pause = FIRST_PAUSE
        self._due = 0.0

    def step(self, _: float = 0.0) -> int:
        """Send everything that is stored and complete; nothing while the sink's pause lasts."""
        if time.monotonic() < self._due:
            return 0
        upto, sent = event_cursor.complete_to(self._database, "security"), 0
        try:
            while count := self._batch(upto):
                sent += count
        except SinkAway as error:
            self._due = time.monotonic() + self._pause * random.uniform(0.8, 1.2)
            if self._pause == FIRST_PAUSE:
                log.get("export").warning("sink unreachable; events wait", sink=self._name, detail=str(error))
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            return sent
        self._pause = FIRST_PAUSE
        return sent

    def close(self) -> None:
        """End the sink's connection."""
        self._sink.close()

    def _batch(self, upto: int) -> int:
        with event_cursor.hold(self._database, f"sink:{self._name}") as cursor:
            if cursor is None:
                return 0
            rows = event_cursor.security_after(cursor.connection, cursor.seq, upto, self._sink.batch)
            if not rows:
                return 0
            items = [Item(r["id"], r["severity"], r["timestamp"].timestamp(), self._text(r)) for r in rows]
            self._deliver(cursor.connection, items)
            cursor.seq = rows[-1]["seq"]
        return len(rows)

    def _deliver(self, connection: Any, items: Sequence[Item]) -> None:
        """Send; when a batch is refused, find the event at fault by halves."""
        try:
            self._sink.send(items)
        except SinkRefused as error:
            if len(items) == 1:
                log.get("export").error(
                    "a sink refused an event", sink=self._name, event_id=items[0].id, why=str(error)
                )
                refusal = {"sink": self._name, "event_id": items[0].id, "reason": str(error)[:500]}
                connection.execute(query("feed.refuse"), refusal)
                return
            middle = len(items) // 2
            self._deliver(connection, items[:middle])
            self._deliver(connection, items[middle:])

    def _text(self, row: event_cursor.Row) -> bytes:
        return codec.encode(self._render(row))


def configured(settings: Settings) -> list[Any]:
    """The sinks of sinks.toml, each as its kind's settings. Raises ConfigError naming file and field."""
    kinds = discover("collector.sinks", "KIND")
    either: Any = reduce(or_, kinds.values())
    config: Any = settings.section(
        "sinks", msgspec.defstruct("Sinks", [("sink", list[either])], forbid_unknown_fields=True)
    )
    names = [one.name for one in config.sink]
    if len(set(names)) < len(names):
        raise ConfigError(["sinks.toml: two sinks have one name"])
    found: list[Any] = config.sink
    return found


def exports(settings: Settings, database: Database) -> list[Export]:
    """One for each sink of sinks.toml. Raises ConfigError naming file and field."""
    makers = discover("collector.sinks", "open_sink")
    maker_of = {kind: makers[name] for name, kind in discover("collector.sinks", "KIND").items()}
    return [Export(database, one.name, one.format, maker_of[type(one)](one)) for one in configured(settings)]


def duties(found: Sequence[Export]) -> list[Task]:
    """One task a sink, so that a slow one delays no other."""
    return [Task(f"sink-{number}", LOOK_SECONDS, one.step) for number, one in enumerate(found)]
