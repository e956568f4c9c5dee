"""A delivery on real PostgreSQL and local receivers; time is the test's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from alerts.notify.delivery import Deliver
from alerts.notify.http_transport import Wire
from core import settings
from core.alerting import incidents, outbox
from core.alerting.incident import Opening
from core.alerting.notification import Notice
from core.alerting.outbox import Intent
from core.db.queries import query
from core.stores import Stores, assemble
from core.web.metrics import Metrics
from simulator.receiving.run import Receivers
from tests.receiving import NOTICE, notice, receiving

START = NOTICE.at


@dataclass
class Office:
    """Everything a test of delivery needs; `now` is virtual seconds."""

    stores: Stores
    receivers: Receivers
    deliver: Deliver
    environ: dict[str, str]
    now: float = START
    metrics: Metrics = field(default_factory=Metrics)

    def open(self, incident_id: str = NOTICE.incident_id, *channels: str, series: str = "") -> None:
        """An incident with its trigger in the outbox."""
        opening = Opening(incident_id, "A1", series, "alert", "high", NOTICE.title, NOTICE.summary, START, START)
        with self.stores.database.transaction() as connection:
            incidents.open_incident(connection, opening)
        self.tell("trigger", incident_id, *channels, series=series)

    def tell(self, event: Any, incident_id: str, *channels: str, series: str = "") -> None:
        """One more message about it."""
        said: Notice = notice(event=event, incident_id=incident_id, at=self.now, series=series)
        intents = [Intent(outbox.key(said, name), name, said) for name in channels]
        with self.stores.database.transaction() as connection:
            outbox.enqueue(connection, intents)

    def run(self, seconds: float = 0.0, step: float = 1.0) -> None:
        """Deliver now, and again every `step` until `seconds` are over."""
        end = self.now + seconds
        self.deliver.step(self.now)
        while self.now < end:
            self.now += step
            self.deliver.step(self.now)

    def rows(self) -> list[tuple[Any, ...]]:
        """(channel, event, state, attempts) of the outbox by number."""
        sql = "SELECT channel, event, state, attempts FROM outbox ORDER BY id"
        return [tuple(row) for row in self.select(sql)]

    def select(self, sql: str) -> list[Any]:
        """Rows of a statement."""
        with self.stores.database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def timeline(self, incident_id: str = NOTICE.incident_id) -> list[dict[str, Any]]:
        """The delivery lines of an incident."""
        with self.stores.database.transaction() as connection:
            rows = connection.execute(query("incidents.timeline"), {"id": incident_id}).mappings()
            return [dict(row) for row in rows if row["kind"] == "delivery"]


@pytest.fixture
def office(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Office]:
    """Every channel configured, pointing at receivers without faults."""
    with receiving(tmp_path / "receivers") as receivers:
        environ = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GATEHOUSE_SECRET_KEY": "k" * 40,
            "GATEHOUSE_DATA": str(tmp_path),
            **receivers.variables,
        }
        office = make(environ, receivers)
        yield office
        office.stores.close()


def make(environ: dict[str, str], receivers: Receivers) -> Office:
    """An office with these variables; its wire tells the test's time."""
    known = settings.load(environ)
    stores = assemble(known)
    metrics = Metrics()
    wire = Wire(known.secret)
    deliver = Deliver(known, stores, metrics, wire)
    office = Office(stores, receivers, deliver, environ, metrics=metrics)
    deliver.publish(office.now)
    return office
