"""Any order of requests, crashes, recoveries, people, kill switch and clock steps, on the real tables: the bounds hold.

`GATEHOUSE_ACTION_RUNS` says how many random histories are played (default 6).
"""

import itertools
import os
import random

import pytest
from sqlalchemy import text

from core.alerting import kill_switch, scale_targets
from core.errors import BadInput
from core.transactions import policies
from tests import incidents

HISTORIES = int(os.environ.get("GATEHOUSE_ACTION_RUNS", "6"))
STEPS = 60
ACTIONS = """
[[action]]
name = "strict-policy"
kind = "strict_policy"
mode = "auto"
cooldown_minutes = 10
per_hour = 2
revert_after_minutes = 30
parameters = { profile = "strict" }

[[action]]
name = "scale-backend"
kind = "scale"
mode = "auto"
cooldown_minutes = 5
per_hour = 3
revert_after_minutes = 20
[action.parameters]
target = "local"
service = "scoring"
step = 2
maximum = 6
"""
BOUNDS = {"strict-policy": (600, 2, 1800), "scale-backend": (300, 3, 1200)}
POINTS = ("done", "committed", "begun", "called")


class Crash(BaseException):
    """The process dies here."""


class History:
    """One random history on a stage."""

    def __init__(self, stage, seed):
        self.stage = stage
        self.random = random.Random(seed)
        self.wanted_seen = []

    def play(self):
        steps = [
            self.ask,
            self.work,
            self.work,
            self.crash,
            self.recover,
            self.person,
            self.switch,
            self.time,
            self.time,
        ]
        for _ in range(STEPS):
            self.random.choice(steps)()
            self.look()
        with self.stage.stores.database.transaction() as connection:
            kill_switch.set_state(connection, self.stage.stores.audit, "actions", True, "anna", "", self.stage.now)

    def ask(self):
        self.stage.ask(self.random.choice(list(BOUNDS)), rule=f"R{self.random.randint(0, 9)}")

    def work(self):
        self.stage.do()

    def crash(self):
        point, after = self.random.choice(POINTS), self.random.randint(0, 2)
        seen = itertools.count()

        def reached(step):
            if step == point and next(seen) >= after:
                raise Crash

        acting, reaching = self.stage.hands(reached)
        try:
            for _ in range(3):
                acting.step()
                reaching.step()
        except Crash:
            return

    def recover(self):
        open_runs = [run for run in self.stage.runs() if run.state in ("due", "applying", "applied")]
        if open_runs:
            incidents.end(self.stage.stores.database, self.random.choice(open_runs).incident_id, self.stage.now)

    def person(self):
        runs = self.stage.runs()
        if runs:
            run, word = self.random.choice(runs), self.random.choice(("approve", "revert"))
            try:
                self.stage.say(word, run.id, "anna", self.stage.now)
            except BadInput:
                return

    def switch(self):
        with self.stage.stores.database.transaction() as connection:
            on = self.random.random() < 0.6
            kill_switch.set_state(connection, self.stage.stores.audit, "actions", on, "anna", "why", self.stage.now)

    def time(self):
        self.stage.now += self.random.choice((1, 30, 130, 400, 900, 2000, -600, -7200))

    def look(self):
        with self.stage.stores.database.transaction() as connection:
            self.wanted_seen.append(scale_targets.one(connection, "scoring").wanted)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(HISTORIES))
def test_the_bounds_hold_and_everything_is_given_back(staged, seed):
    stage = staged(ACTIONS)
    stores = stage.stores
    policies.ensure(stores.live, stores.database, stage.known.config.policy, stores.audit)
    with stores.database.transaction() as connection:
        scale_targets.report(connection, "scoring", 1, stage.now)
    history = History(stage, seed)
    history.play()

    for name, (cooldown, cap, _) in BOUNDS.items():
        begun = sorted(run.started_at.timestamp() for run in stage.runs() if run.action == name and run.started_at)
        assert all(later - earlier >= cooldown for earlier, later in itertools.pairwise(begun))
        assert all(sum(at - 3600 < other <= at for other in begun) <= cap for at in begun)
    assert max(history.wanted_seen) <= 6

    for _ in range(8):  # all clocks go on, nothing new is wanted: everything comes to its end
        stage.now += 9000
        stage.do()
    assert {run.state for run in stage.runs()} <= {"reverted", "refused", "failed", "expired"}
    assert policies.newest(stores.database).profile == "normal"
    history.look()
    assert history.wanted_seen[-1] == 1
    with stores.database.transaction() as connection:
        strict = text("SELECT count(*) FROM policy_versions WHERE profile = 'strict'")
        applied = text("SELECT count(*) FROM action_runs WHERE action = 'strict-policy' AND started_at IS NOT NULL")
        assert connection.execute(strict).scalar_one() == connection.execute(applied).scalar_one()
        untold = text(
            "SELECT count(*) FROM action_runs r WHERE applied_at IS NOT NULL AND NOT EXISTS (SELECT 1"
            " FROM incident_events e WHERE e.incident_id = r.incident_id AND e.kind = 'action'"
            " AND e.details->>'state' = 'applied' AND (e.details->>'run')::bigint = r.id)"
        )
        assert connection.execute(untold).scalar_one() == 0
