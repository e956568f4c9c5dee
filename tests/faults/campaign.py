"""The crash campaign (A7): kill -9 at every step of evaluate → commit → send → record, and faults at every receiver.

A run: the fraud rate goes bad; a worker lives and is killed, again and again, at fail points and at random moments;
then one may live on until everything is told; the rate recovers; the same again. Then the receivers' books are compared
with the database: nobody may have missed the alert or its end, and PagerDuty must show exactly one incident.

In a storm several series of a rule fire at once or one after another: each is an incident, PagerDuty shows one for all,
and every receiver has heard of all of them.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from core import clock, settings
from core.db.engine import Database
from core.events.types import Prediction, Request
from core.pipeline.writer import Writer
from simulator.receiving.plan import Plan
from simulator.receiving.run import Receivers
from tests.tree import ROOT

POINTS = (
    "alerts.before_commit",
    "alerts.after_commit",
    "delivery.claimed",
    "delivery.sent",
    "delivery.recording",
    "delivery.recorded",
)
FAULTY_SHARE = 0.35
TIMEOUT, HANG = 0.2, 0.3
CLAIM_SECONDS = 20.0
MOST_LIVES = 60
TABLES = (
    "outbox, incident_events, action_runs, incidents, alert_states, alert_ticks, leases, channel_states, audit_log, "
    "audit_head, rollups, event_keys, fraud_predictions, api_requests, channel_turns"
)
RULES = """
[[rule]]
id = "A1"
title = "Fraud rate is high"
summary = "{value:.1f} % blocked (limit {limit:g} %)"
kind = "window"
severity = "high"
for = "10s"
unit = "%"
channels = ["pagerduty", "slack-engineering", "email-ml", "sms-security", "webhook"]
parameters = { metric = "fraud_rate", window = "1h", above = 3.0, recovered_below = 2.5, minimum = 10 }
"""
STORM = """
[[rule]]
id = "A1"
title = "Errors are high"
summary = "{value:.1f} % failed (limit {limit:g} %)"
kind = "requests"
severity = "high"
unit = "%"
channels = ["pagerduty", "slack-engineering", "email-ml", "sms-security", "webhook"]
parameters = { metric = "errors", window = "10h", above = 60 }
"""


def configure(folder: Path, rules: str = RULES) -> None:
    """The product's configuration with one rule, hasty channels that never give up, and leases that end at once."""
    shutil.copytree(settings.ROOT / "config", folder)
    (folder / "rules.toml").write_text(rules)
    text = (folder / "channels.toml").read_text()
    text = text.replace("claim_seconds = 60.0", f"claim_seconds = {CLAIM_SECONDS}").replace(
        "_minutes = 15", "_minutes = 9999"
    )
    lines = [
        f"{line}\ntimeout = {TIMEOUT}\nattempts = 200" if line.startswith("kind = ") else line
        for line in text.splitlines()
    ]
    text = "\n".join(lines).replace("_minutes = 240", "_minutes = 9999")
    text = text.replace('kind = "webhook"', 'kind = "webhook"\nexpect = \'"ok":true\'')
    (folder / "channels.toml").write_text(text)
    alerts = (folder / "alerts.toml").read_text()
    alerts = alerts.replace("lapse = 60.0", "lapse = 100000.0")
    (folder / "alerts.toml").write_text(alerts)


@dataclass
class Verdict:
    """What one run showed. `lost` names receivers that missed something; `doubled` counts what came more than once."""

    seed: int
    lost: list[str]
    incidents: int
    at_pagerduty: int
    doubled: Counter[str] = field(default_factory=Counter)
    series: int = 1
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def is_good(self) -> bool:
        """Nothing lost, one incident a series here, one there."""
        return not self.lost and self.incidents == self.series and self.at_pagerduty == 1


class Campaign:
    """Runs on one database, cleaned between runs, with one set of receivers; `series` above 1 make a storm."""

    def __init__(self, environ: dict[str, str], receivers: Receivers, folder: Path, series: int = 1) -> None:
        configure(folder / "config", RULES if series == 1 else STORM)
        self.series = series
        self.receivers = receivers
        known = {**os.environ, **environ, **receivers.variables}
        known |= {"GATEHOUSE_CONFIG": str(folder / "config"), "GATEHOUSE_SECRET_KEY": "k" * 40}
        self._errors = (folder / "lives.log").open("w+")
        self._lives = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.lives"],
            cwd=ROOT,
            env=known,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._database = Database(environ["DATABASE_URL"])

    def close(self) -> None:
        """No more lives."""
        assert self._lives.stdin is not None
        self._lives.stdin.close()
        self._lives.wait(10)
        self._errors.close()
        self._database.close()

    def run(self, seed: int) -> Verdict:
        """One incident from first to last."""
        rng = Random(seed)
        self._clean(seed)
        kills: Counter[str] = Counter()
        now = clock.now()
        self._fails(now, seed)
        now = self._part(rng, now, kills, lambda: self._told("trigger"))
        self._recovers(now, seed)
        self._part(rng, now, kills, lambda: self._told("resolve"))
        return self._verdict(seed, kills)

    def _part(self, rng: Random, now: float, kills: Counter[str], done: Any) -> float:
        """Up to three lives that are killed, then lives that are not, until `done`. Returns the time they reached."""
        for _ in range(rng.randint(1, 3)):
            armed = rng.choice(POINTS) if rng.random() < 0.7 else ""
            kill_after = None if armed else rng.uniform(0.02, 0.4)
            ended = self._live(rng, now, 3, 5.0, armed, kill_after)
            kills[(armed or "any moment") if ended == "killed" else ended] += 1
            now += 15.0 + CLAIM_SECONDS + 1.0
        for _ in range(MOST_LIVES):
            if done():
                break
            ended = self._live(rng, now, 3, 10.0, "", None)
            assert ended == "whole", f"a life ended {ended}: {self._last_words()}"
            now += 30.0 + CLAIM_SECONDS + 1.0
        return now

    def _live(self, rng: Random, now: float, rounds: int, step: float, armed: str, kill_after: float | None) -> str:
        # Lives have a time of their own, and the lease has the database's: what the last one held runs out here.
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE leases SET until = clock_timestamp()")
        asked = {"now": now, "rounds": rounds, "step": step, "armed": armed, "kill_after": kill_after}
        assert self._lives.stdin is not None
        assert self._lives.stdout is not None
        print(json.dumps({**asked, "seed": rng.random()}), file=self._lives.stdin, flush=True)
        return str(json.loads(self._lives.stdout.readline())["ended"])

    def _told(self, event: str) -> bool:
        rows = self._select(f"SELECT state, count(*) FROM outbox WHERE event = '{event}' GROUP BY state")
        return bool(rows) and all(state != "pending" for state, _ in rows)

    def _verdict(self, seed: int, kills: Counter[str]) -> Verdict:
        ids = [row[0] for row in self._select("SELECT id FROM incidents WHERE rule = 'A1'")]
        known = self.receivers.pagerduty.incidents
        there = [one for incidents in known.values() for one in incidents]
        arrivals = self.receivers.inbox.arrivals()
        taken = Counter((one.receiver, _stage(one.text)) for one in arrivals if one.taken)
        wanted = [
            (name, stage) for name in ("pagerduty", "slack", "smtp", "twilio", "webhook") for stage in ("bad", "over")
        ]
        lost = [f"{name} missed {stage}" for name, stage in wanted if not taken[name, stage]]
        lost += [
            f"the outbox holds {state}" for (state,) in self._select("SELECT state FROM outbox WHERE state <> 'sent'")
        ]
        lost += [f"PagerDuty shows {one['status']}" for one in there if one["status"] != "resolved"]
        leads = [row[0] for row in self._select("SELECT DISTINCT group_id FROM incidents WHERE rule = 'A1'")]
        if set(leads) != set(known):
            lost.append(f"PagerDuty knows {sorted(known)}, the database {sorted(leads)} of {len(ids)}")
        if self.series > 1:
            every = f"and {self.series - 1} more"
            for name in ("pagerduty", "slack", "smtp", "twilio", "webhook"):
                texts = [one.text for one in arrivals if one.taken and one.receiver == name]
                if not any(every in text and _stage(text) == "bad" for text in texts):
                    lost.append(f"{name} never heard of all {self.series}")
            lost += [
                f"{state} is left" for (state,) in self._select("SELECT id FROM incidents WHERE status <> 'resolved'")
            ]
        doubled = Counter({f"{name}": count - 1 for (name, _), count in taken.items() if count > 1})
        faults = Counter(one.fault for one in arrivals if one.fault)
        return Verdict(seed, lost, len(ids), len(there), doubled, self.series, kills, faults)

    def _clean(self, seed: int) -> None:
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(f"TRUNCATE {TABLES} CASCADE")
        self.receivers.pagerduty.incidents.clear()
        self.receivers.inbox.clear()
        self.receivers.desk.plan = Plan(seed, FAULTY_SHARE)
        self.receivers.mail.plan = Plan(seed + 1, FAULTY_SHARE)

    def _fails(self, now: float, seed: int) -> None:
        """What is watched goes bad."""
        if self.series == 1:
            self._rate(now, blocked=3, approved=17, run=f"{seed}a")
        else:
            self._answers(now, f"{seed}a", 500, 1)

    def _recovers(self, now: float, seed: int) -> None:
        """What is watched is good again."""
        if self.series == 1:
            self._rate(now, blocked=0, approved=300, run=f"{seed}b")
        else:
            self._answers(now, f"{seed}b", 200, 2)

    def _answers(self, now: float, run: str, status: int, count: int) -> None:
        made = [
            Request(
                id=f"{run}-{service}-{n}", timestamp=now, ip="10.0.0.1", method="GET", path="/", status=status,
                duration_ms=5.0, service=f"service-{service}",
            )
            for service in range(self.series)
            for n in range(count)
        ]  # fmt: skip
        Writer(self._database, 0.7).store(list(made), now)

    def _rate(self, now: float, blocked: int, approved: int, run: str) -> None:
        scores = [("BLOCKED", 0.9)] * blocked + [("APPROVED", 0.1)] * approved
        made = [
            Prediction(id=f"{run}{n}", transaction_id=f"{run}{n}", timestamp=now, score=score, decision=decision)
            for n, (decision, score) in enumerate(scores)
        ]
        Writer(self._database, 0.7).store(list(made), now)

    def _select(self, statement: str) -> list[Any]:
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def _last_words(self) -> str:
        self._errors.flush()
        return Path(self._errors.name).read_text()[-2000:]


def _stage(text: str) -> str:
    """Whether a message says that it is bad or that it is over; mail says the latter below its subject."""
    return "over" if "Resolved" in text else "bad"
