"""Briefs of two hundred incidents in a history of random changes: each sentence is checked against what was planted."""

import random
import time
import tomllib
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import pytest
from sqlalchemy import text

from core.alerting import alert_reads
from core.alerting.brief import read
from core.alerting.brief.facts import Facts
from core.alerting.brief.sentences import sentences
from core.alerting.quantities import duration
from core.clock import to_datetime
from core.config import Calendar
from core.db import engine
from core.db.engine import Database, execute_values
from core.settings import ROOT
from simulator.scenario import scenarios
from tests import incidents
from tests.alerting import event, fire

DEFINITION = {"parameters": {"above": 3.0}}
INCIDENTS = 200
# Of each scenario of the simulator the incidents that it makes: rule and series.
ONE = ("",)
SCENARIOS: dict[str, dict[str, tuple[str, ...]]] = {
    "fraud-spike": {"A1": ONE, "K2": ONE}, "slow-api": {"A2": ONE, "K3": ONE, "response-time": ("checkout",)},
    "pool-exhausted": {"error-rate": ONE, "response-time": ("monitoring-api",)}, "drift": {"A3": ONE},
    "mfa-attack": {"A4": ("platform:operator.kim",)}, "new-error": {"new-error": ("checkout 1", "checkout 2")},
    "bad-deploy": {"regression": ("demo-shop POST /orders", "demo-shop GET /tickets/{id}")},
    "gateway-down": {"statuses": ("failed",)}, "issuer-declines": {"statuses": ("denied",)},
    "backend-reversals": {"statuses": ("backend_reversed",)}, "silent-feed": {"statuses": ("feed",)},
}  # fmt: skip
QUIET = {"ip-flood", "rpc-slow", "slow-endpoint", "launch"}  # nobody is paged of these
BY_DEPLOYS = ("bad-deploy", "new-error")
SPAN = 40 * 86_400.0


class Planted(NamedTuple):
    """A change, and the words by which a brief names it."""

    at: float
    words: str


def brief(db: Database, number: str, now: float, windows: dict[str, Calendar] | None = None) -> Facts:
    with db.transaction() as connection:
        one = alert_reads.incident(connection, number)
        assert one is not None
        return read.facts(connection, one, DEFINITION, windows or {}, now)


def plant_policies(db: Database, times: Sequence[float]) -> list[Planted]:
    """Policies at some times; each names its threshold, so that no two have the same words."""
    found, before = [], ""
    rows = []
    for number, at in enumerate(sorted(times), 1000):
        profile, threshold = ("normal", "strict")[number % 2], number / 10_000
        rows.append((number, to_datetime(at), profile, threshold, 0.3, 0.9, f"p{number}"))
        if before:
            found.append(Planted(at, f"the policy changed from {before} to {profile} {threshold:g} by p{number}"))
        before = f"{profile} {threshold:g}"
    with db.transaction() as connection, engine.cursor(connection) as cursor:
        execute_values(
            cursor,
            "INSERT INTO policy_versions (version, created_at, profile, fraud_threshold, review_from, block_from,"
            " actor) OVERRIDING SYSTEM VALUE VALUES %s",
            rows,
        )
    return found


def plant_models(db: Database, times: Sequence[float]) -> list[Planted]:
    statement = text(
        "INSERT INTO model_role_changes (at, role, kind, before, after, actor)"
        " VALUES (:at, 'champion', 'promote', :before, :after, 'mia')"
    )
    with db.transaction() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # the models are not there
        for number, at in enumerate(times, 10):
            connection.execute(statement, {"at": to_datetime(at), "before": number, "after": number + 1})
    return [
        Planted(at, f"the champion model changed from {number} to {number + 1} by mia")
        for number, at in enumerate(times, 10)
    ]


def plant_services(db: Database, times: Sequence[float]) -> list[Planted]:
    statement = text(
        "INSERT INTO service_checks (timestamp, service, status)"
        " VALUES (:at, :service, CAST(:status AS service_status))"
    )
    found = []
    with db.transaction() as connection:
        for number, at in enumerate(times):
            name = f"rpc-{number}"
            for offset, status in ((-60, "UP"), (0, "DOWN"), (60, "DOWN")):
                connection.execute(statement, {"at": to_datetime(at + offset), "service": name, "status": status})
            found.append(Planted(at, f"service {name} went from UP to DOWN"))
    return found


def plant_deploys(db: Database, times: Sequence[float]) -> list[Planted]:
    statement = text(
        "INSERT INTO deploys (at, service, version, before, source) VALUES (:at, 'shop', :new, :old, 'seen')"
    )
    with db.transaction() as connection:
        for number, at in enumerate(times):
            connection.execute(statement, {"at": to_datetime(at), "new": f"4.{number + 1}", "old": f"4.{number}"})
    return [Planted(at, f"shop went from version 4.{number} to 4.{number + 1}") for number, at in enumerate(times)]


def plant_configurations(db: Database, times: Sequence[float]) -> list[Planted]:
    statement = text(
        "INSERT INTO config_starts (at, process, hash, files, changed) VALUES (:at, 'api', :hash, '{}', ARRAY[:file])"
    )
    with db.transaction() as connection:
        for number, at in enumerate(times):
            connection.execute(statement, {"at": to_datetime(at), "hash": f"{number}", "file": f"f{number}.toml"})
    return [Planted(at, f"api started with another configuration (f{number}.toml)") for number, at in enumerate(times)]


def test_every_scenario_has_its_incidents() -> None:
    assert set(SCENARIOS) | QUIET == set(scenarios())
    shipped = {rule["id"] for rule in tomllib.loads((ROOT / "config" / "rules.toml").read_text())["rule"]}
    assert {rule for rules in SCENARIOS.values() for rule in rules} <= shipped


@pytest.mark.parametrize("seed", [1])
def test_two_hundred_briefs_say_nothing_that_is_not_so(db: Database, seed: int) -> None:
    dice = random.Random(seed)
    now = time.time()
    deploys = plant_deploys(db, [now - dice.uniform(0, SPAN) for _ in range(80)])
    changes = [
        *deploys,
        *plant_policies(db, [now - dice.uniform(0, SPAN) for _ in range(250)]),
        *plant_models(db, [now - dice.uniform(0, SPAN) for _ in range(150)]),
        *plant_services(db, [now - dice.uniform(0, SPAN) for _ in range(150)]),
        *plant_configurations(db, [now - dice.uniform(0, SPAN) for _ in range(40)]),
    ]
    known: list[tuple[str, str, str, float, float]] = []
    played: Counter[str] = Counter()
    for number in range(INCIDENTS):
        scenario = list(SCENARIOS)[number // 2 % len(SCENARIOS)]
        cause = dice.choice(deploys if scenario in BY_DEPLOYS else changes) if number % 2 else None
        began = cause.at + dice.uniform(1, 1790) if cause else now - dice.uniform(3600, SPAN)
        end = began + dice.uniform(60, 3600)
        rule = dice.choice(list(SCENARIOS[scenario]))
        series = dice.choice(SCENARIOS[scenario][rule])
        fire(db, rule, f"i{number}", began, series=series, value=4.5, limit=3.0, resolved=end)
        known.append((f"i{number}", rule, series, began, end))
        played[scenario] += 1
    assert min(played.values()) >= INCIDENTS // len(SCENARIOS) - 1
    named = caused = 0
    for identity, rule, series, began, _ in known:
        one = brief(db, identity, now)
        told = sentences(one)
        near = (c for c in changes if began - 1800 <= c.at < began)
        expected = sorted(near, key=lambda c: (c.words.startswith("service"), -c.at))
        others = sum(1 for other in known if other[1] != rule and began - 1800 <= other[3] < began)
        assert len(one.changes) == len(expected) + others
        for change in (c for c in one.changes if not c.text.endswith(" began")):
            match = next(c for c in expected if c.words == change.text)
            assert change.at == pytest.approx(match.at, abs=1e-3)
        ours = [sentence.text for sentence in told if sentence.about == "change"]
        if expected and (not others or not expected[0].words.startswith("service")):
            assert ours[0] == f"{duration(began - expected[0].at)} before: {expected[0].words}."
        if expected:
            caused += 1
            named += any(expected[0].words in words for words in ours)
        before = [other for other in known if other[1] == rule and other[0] != identity and other[4] <= began]
        same = [other for other in before if other[2] == series]
        last = max(same or before, key=lambda other: other[3], default=None)
        assert (one.earlier and one.earlier.id) == (last and last[0])
        if last:
            words = next(sentence.text for sentence in told if sentence.about == "earlier")
            assert f"on {to_datetime(last[3]):%-d %B %Y}" in words
            assert f"lasted {duration(last[4] - last[3])}." in words
        assert Counter(sentence.about for sentence in told)["cost"] == 0
    assert caused >= INCIDENTS // 2
    assert named >= 0.9 * caused


def test_what_the_weeks_before_had_in_the_same_minutes(db: Database) -> None:
    now = time.time() // 60 * 60
    rows = [
        (60, to_datetime(now - week * 604_800 - 60 * minute), 10_000 if week else 2_000, 3 if week else 40)
        for week in range(4)
        for minute in range(1, 31)
    ]
    with db.transaction() as connection, engine.cursor(connection) as cursor:
        execute_values(cursor, "INSERT INTO rollups (width, slot, revenue_cents, errors) VALUES %s", rows)
    fire(db, "A1", "i1", now - 1200)
    told = [one.text for one in sentences(brief(db, "i1", now)) if one.about == "cost"]
    assert told == [
        "Revenue since it began: $400; in the same minutes of the 3 weeks before: $2,000.",
        "Server errors since it began: 800 requests; in the same minutes of the 3 weeks before: 60 requests.",
    ]
    fire(db, "A2", "i2", now - 200)
    assert not [one for one in sentences(brief(db, "i2", now)) if one.about == "cost"], "too short to say"


def test_where_comes_from_the_status_detector_or_from_an_action(db: Database) -> None:
    now = time.time()
    found = [{"where": {"gateway": "B", "country": "FR"}, "before": 2.0, "now": 41.0}]
    one = incidents.make(db, "statuses", now - 900, where=found, episode="e1")
    assert [(s.where, s.before, s.during, s.page) for s in brief(db, one, now).slices] == [
        ("country FR, gateway B", 0.02, 0.41, "statuses/e1")
    ]
    other = incidents.make(db, "A1", now - 900)
    body = b'[{"where": {"event": "e7"}, "before": 0.01, "during": null, "bad": 1, "total": 2, "explains": 0.9}]'
    with db.transaction() as connection:
        run = connection.execute(
            text(
                "INSERT INTO action_runs (key, incident_id, action, mode, state, due_at, requested_at, requested_by)"
                " VALUES ('k', :id, 'locate-blocked', 'auto', 'applied', now(), now(), 'alerts') RETURNING id"
            ),
            {"id": other},
        ).scalar_one()
        connection.execute(
            text(
                "INSERT INTO action_artefacts (run_id, name, content_type, body, created_at)"
                " VALUES (:run, 'where-blocked.json', 'application/json', :body, now())"
            ),
            {"run": run, "body": body},
        )
    assert [(s.where, s.before, s.during) for s in brief(db, other, now).slices] == [("event e7", 0.01, None)]


def test_what_was_done_about_the_earlier_one_and_how_usual_values_were(db: Database) -> None:
    now = time.time()
    fire(db, "A1", "old", now - 90_000, resolved=now - 88_000, limit=3.0)
    with db.transaction() as connection:
        event(connection, "old", now - 89_400, "comment", "ann", "bots from one network")
        for minute in range(40):
            record = [0.0, 10.0, [], {}, {"A1": [["", 1.0 + minute / 100, 1, "", False, None]]}, []]
            connection.execute(
                text("INSERT INTO alert_ticks (at, token, readings) VALUES (:at, 1, :readings)"),
                {
                    "at": to_datetime(now - 900 - 60 * minute - 1),
                    "readings": zlib.compress(msgspec.msgpack.encode(record)),
                },
            )
    fire(db, "A1", "new", now - 900, limit=3.0, value=4.0)
    told = {one.about: one.text for one in sentences(brief(db, "new", now))}
    assert told["earlier"].endswith("Then: ann wrote “bots from one network” after 10 min.")
    assert told["usual"] == (
        "In the hour before, none of 40 evaluations crossed the limit; the highest value was 1.39 %."
    )


def test_a_calendar_that_began_is_a_change(db: Database) -> None:
    now = time.time()
    began = to_datetime(now - 1500)
    calendar: Any = msgspec.convert(
        {"dated": [{"from": began.isoformat(), "to": to_datetime(now + 3600).isoformat()}]}, Calendar
    )
    fire(db, "A1", "i1", now - 900)
    found = brief(db, "i1", now, {"event_launches": calendar}).changes
    assert [(change.text, 0 <= change.at - (now - 1500) < 60) for change in found] == [
        ("the calendar event_launches began", True)
    ]
