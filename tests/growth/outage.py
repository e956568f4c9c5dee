"""An incident that begins while copies die: blocked traffic that lasts, a rule that fires on it, and who was told."""

import shutil
import threading
from pathlib import Path
from typing import Any

from core import settings
from core.db.engine import Database
from core.errors import HttpUnavailable
from core.http import HttpClient
from simulator.receivers.pagerduty import PagerDuty
from tests.faults.audit import rows
from tests.faults.load import EVENTS, RETRY_SECONDS

RULE = "growth"
RULES = f"""
[[rule]]
id = "{RULE}"
title = "Blocked share while copies die"
summary = "{{value:.1f}} % of the last minute's transactions are blocked (limit {{limit:g}} %)"
kind = "window"
severity = "high"
for = "10s"
keep_firing_for = "20s"
unit = "%"
channels = ["pagerduty"]
parameters = {{ metric = "fraud_rate", window = "1m", above = 3.0, recovered_below = 2.0, minimum = 10 }}
"""


def configuration(folder: Path) -> Path:
    """The shipped configuration and one rule more, which fires within seconds."""
    config = folder / "config"
    shutil.copytree(settings.ROOT / "config", config)
    with (config / "rules.toml").open("a") as file:
        file.write(RULES)
    return config


class Outage:
    """Blocked predictions, four a second, each sent until it is acknowledged; `acknowledged` are their ids."""

    def __init__(self, api_url: str, token: str, run: str) -> None:
        self.acknowledged: set[str] = set()
        self._client = HttpClient(api_url, timeout=4.0, token=token)
        self._run = run
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)

    def begin(self) -> None:
        """From now on."""
        self._thread.start()

    def end(self) -> None:
        """No more."""
        self._over.set()
        self._thread.join(30.0)

    def _send(self) -> None:
        number = 0
        while not self._over.wait(RETRY_SECONDS):
            name = f"o-{self._run}-{number}"
            blocked = {"kind": "prediction", "transaction_id": name, "score": 0.97, "decision": "BLOCKED"}
            try:
                if self._client.post_json(EVENTS, {"events": [blocked]}).status == 202:
                    self.acknowledged.add(name)
                    number += 1
            except HttpUnavailable:
                continue


def incidents(database: Database, rule: str = RULE) -> list[tuple[Any, ...]]:
    """(id, status) of every incident of a rule."""
    return rows(database, "SELECT id, status FROM incidents WHERE rule = %s ORDER BY opened_at", rule)


def timeline(database: Database, incident: str) -> dict[str, int]:
    """How often each kind of line stands on an incident's timeline."""
    return dict(
        rows(database, "SELECT kind, count(*) FROM incident_events WHERE incident_id = %s GROUP BY 1", incident)
    )


def untold(database: Database) -> int:
    """Messages that still wait to be delivered."""
    return int(rows(database, "SELECT count(*) FROM outbox WHERE state = 'pending'")[0][0])


def wrong_pages(database: Database, pagerduty: PagerDuty) -> list[str]:
    """What PagerDuty shows and should not, or should and does not: one incident there for each of ours, same state."""
    told = rows(
        database,
        "SELECT i.id, i.status FROM incidents i WHERE EXISTS (SELECT FROM outbox o WHERE o.incident_id = i.id"
        " AND o.channel = 'pagerduty' AND o.event = 'trigger' AND o.state = 'sent')",
    )
    wrong = [f"{key} is nobody's" for key in pagerduty.incidents.keys() - {incident for incident, _ in told}]
    for incident, status in told:
        there = [one["status"] for one in pagerduty.incidents.get(incident, [])]
        if len(there) != 1 or (there[0] == "resolved") != (status == "resolved"):
            wrong.append(f"{incident} is {status} here and {there} there")
    return wrong


def stale_evaluations(database: Database) -> int:
    """Evaluations that were committed under an older lease than one before them."""
    found = rows(
        database,
        "SELECT count(*) FROM (SELECT token < max(token) OVER (ORDER BY at ROWS UNBOUNDED PRECEDING) AS stale"
        " FROM alert_ticks) t WHERE stale",
    )
    return int(found[0][0])
