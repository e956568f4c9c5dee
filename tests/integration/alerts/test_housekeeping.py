"""Escalation, warnings of silences, the canary and retention: each once, under the lease."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from alerts import housekeeping_queries as stored_chores
from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from alerts.evaluate.ruleset import Rules
from alerts.housekeeping import Housekeeping
from api import undo
from core import clock
from core.alerting import incidents
from core.config import Calendar, DatedWindow
from core.db import leases
from core.db.engine import Connection, Database
from core.db.leases import Lease, LeaseLost
from core.settings import Settings
from core.stores import Stores
from tests.integration.alerts.making import RULES, rows, store


@pytest.fixture
def known(configure: Callable[[str], Settings]) -> Settings:
    return configure(RULES)


@pytest.fixture
def chores(known: Settings, stores: Stores) -> Housekeeping:
    return Housekeeping(stores, ruleset.load(known))


@pytest.fixture
def lease(db: Database) -> Lease:
    held = leases.take(db, "evaluate", "test", 60.0)
    assert held is not None
    return held


def fire(db: Database, known: Settings, stores: Stores, now: float) -> str:
    """An incident that people were told of at `now`; the lease is free again."""
    store(db, now - 15, blocked=10, approved=90)
    evaluator = Evaluator(known, stores, ruleset.load(known), "before")
    for seconds in (10, 5, 0):
        evaluator.step(now - seconds)
    evaluator.give_up()
    [(incident,)] = rows(db, "SELECT id FROM incidents")
    return str(incident)


def test_an_incident_that_nobody_acknowledges_is_escalated_once(
    db: Database, known: Settings, stores: Stores, chores: Housekeeping
) -> None:
    now = clock.now()
    incident = fire(db, known, stores, now)
    lease = leases.take(db, "evaluate", "test", 60.0)
    assert lease is not None
    chores.step(lease, now + 899)
    assert rows(db, "SELECT count(*) FROM outbox WHERE event = 'escalate'") == [(0,)]
    chores.step(lease, now + 901)
    chores.step(lease, now + 2000)
    assert rows(db, "SELECT channel, incident_id FROM outbox WHERE event = 'escalate'") == [("sms-security", incident)]
    assert rows(db, "SELECT escalated_at IS NOT NULL, status FROM incidents") == [(True, "open")]
    assert rows(db, "SELECT action FROM audit_log ORDER BY seq DESC LIMIT 1") == [("incident.escalate",)]


def test_an_acknowledged_incident_is_not_escalated(
    db: Database, known: Settings, stores: Stores, chores: Housekeeping
) -> None:
    now = clock.now()
    incident = fire(db, known, stores, now)
    with db.transaction() as connection:
        assert incidents.acknowledge(connection, stores.audit, incident, "anna", now + 60)
    lease = leases.take(db, "evaluate", "test", 60.0)
    assert lease is not None
    chores.step(lease, now + 2000)
    assert rows(db, "SELECT count(*) FROM outbox WHERE event = 'escalate'") == [(0,)]


def silence(db: Database, start: float, end: float) -> None:
    rows(
        db,
        "INSERT INTO silences (rule, owner, reason, starts_at, ends_at, created_at, exact_rule)"
        f" VALUES ('A1', 'anna', 'launch', to_timestamp({start}), to_timestamp({end}), now(), true) RETURNING 1",
    )


def escalations(db: Database) -> int:
    return int(rows(db, "SELECT count(*) FROM outbox WHERE event = 'escalate'")[0][0])


def test_a_silence_holds_the_escalation_until_it_ends_and_says_so_once(
    db: Database, known: Settings, stores: Stores, chores: Housekeeping
) -> None:
    now = clock.now()
    fire(db, known, stores, now)
    silence(db, now + 60, now + 3000)
    lease = leases.take(db, "evaluate", "test", 60.0)
    assert lease is not None
    for seconds in (901, 906, 2000):
        chores.step(lease, now + seconds)
    assert escalations(db) == 0
    assert rows(db, "SELECT count(*) FROM incident_events WHERE kind = 'muted' AND text LIKE 'escalation waits%'") == [
        (1,)
    ]
    chores.step(lease, now + 3001)
    assert escalations(db) == 1


def test_quiet_hours_hold_the_escalation_too(
    db: Database, known: Settings, stores: Stores, chores: Housekeeping
) -> None:
    now = clock.now()
    fire(db, known, stores, now)
    lease = leases.take(db, "evaluate", "test", 60.0)
    assert lease is not None
    loud = ruleset.load(known)
    night = DatedWindow(start=clock.iso(now - 60), end=clock.iso(now + 3000))
    quiet = [replace(one, config=msgspec.structs.replace(one.config, quiet=["night"])) for one in loud.rules]
    held = Housekeeping(stores, Rules(loud.settings, tuple(quiet), {"night": Calendar(dated=[night])}))
    held.step(lease, now + 901)
    held.step(lease, now + 2999)
    assert escalations(db) == 0
    held.step(lease, now + 3001)
    assert escalations(db) == 1


def test_an_acknowledgement_at_the_same_moment_stops_the_escalation(
    db: Database, known: Settings, stores: Stores, chores: Housekeeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    incident = fire(db, known, stores, now)
    listed = stored_chores.unacknowledged

    def listed_then_acknowledged(connection: Connection) -> list[stored_chores.Unacknowledged]:
        found = listed(connection)
        with db.transaction() as other:
            incidents.acknowledge(other, stores.audit, incident, "anna", now + 900)
        return found

    monkeypatch.setattr(stored_chores, "unacknowledged", listed_then_acknowledged)
    lease = leases.take(db, "evaluate", "test", 60.0)
    assert lease is not None
    chores.step(lease, now + 901)
    assert escalations(db) == 0


def test_an_escalation_says_why_and_one_after_a_withdrawn_acknowledgement_counts_from_there(
    db: Database, known: Settings, stores: Stores, chores: Housekeeping
) -> None:
    now = clock.now()
    incident = fire(db, known, stores, now)
    with db.transaction() as connection:
        assert incidents.acknowledge(connection, stores.audit, incident, "anna", now + 60)
        assert undo.unacknowledge(connection, stores.audit, incident, "pagerduty:Bo", now + 1200, "withdrawn")
    lease = leases.take(db, "evaluate", "test", 60.0)
    assert lease is not None
    chores.step(lease, now + 1200 + 899)
    assert escalations(db) == 0
    chores.step(lease, now + 1200 + 901)
    [(notice,)] = rows(db, "SELECT notice FROM outbox WHERE event = 'escalate'")
    assert notice["reason"] == "not acknowledged within 15 min"


def test_a_silence_under_which_something_is_open_warns_before_it_ends(
    db: Database, known: Settings, stores: Stores, chores: Housekeeping
) -> None:
    now = clock.now()
    fire(db, known, stores, now)
    rows(
        db,
        "INSERT INTO silences (rule, owner, reason, starts_at, ends_at, created_at)"
        f" VALUES ('A1', 'anna', 'launch', to_timestamp({now - 1}), to_timestamp({now + 3600}), now()) RETURNING 1",
    )
    lease = leases.take(db, "evaluate", "test", 60.0)
    assert lease is not None
    chores.step(lease, now + 2000)
    assert rows(db, "SELECT count(*) FROM outbox WHERE event = 'notice'") == [(0,)]
    chores.step(lease, now + 2800)
    chores.step(lease, now + 2900)
    [(channel, notice)] = rows(db, "SELECT channel, notice FROM outbox WHERE event = 'notice'")
    assert channel == "log"
    assert "anna" in notice["summary"]
    assert "Fraud rate" in notice["summary"]
    lines = rows(db, "SELECT text FROM incident_events WHERE kind = 'muted' ORDER BY id")
    assert [text.partition(" ")[0] for (text,) in lines] == ["escalation", "the"], "held first, then warned of"


def test_a_canary_goes_out_every_five_minutes(db: Database, chores: Housekeeping, lease: Lease) -> None:
    now = clock.now()
    for seconds in (0, 5, 299, 300, 600):
        chores.step(lease, now + seconds)
    assert rows(db, "SELECT count(*), count(incident_id) FROM outbox WHERE event = 'canary'") == [(3, 0)]


def test_old_records_and_canaries_go_and_the_newest_record_stays(
    db: Database, chores: Housekeeping, lease: Lease
) -> None:
    now = clock.now()
    for age in (9, 8):
        rows(db, f"INSERT INTO alert_ticks VALUES (to_timestamp({now} - {age} * 86400), 1, '') RETURNING 1")
    chores.step(lease, now - 8 * 86400)
    chores.step(lease, now)
    assert rows(db, "SELECT count(*) FROM alert_ticks") == [(1,)]
    assert rows(db, "SELECT count(*) FROM outbox WHERE event = 'canary'") == [(1,)]


def test_a_worker_without_the_duty_does_no_chore(db: Database, chores: Housekeeping, lease: Lease) -> None:
    leases.give_up(db, lease)
    assert leases.take(db, "evaluate", "other", 60.0) is not None
    with pytest.raises(LeaseLost):
        chores.step(lease, clock.now())
    assert rows(db, "SELECT count(*) FROM outbox") == [(0,)]


def test_minutes_of_judging_are_kept_by_the_hour_longer_than_what_was_recorded(
    db: Database, chores: Housekeeping, lease: Lease
) -> None:
    now = clock.now() // 3600 * 3600 + 1800
    for before in (0, 5, 70, 3600, 3605, 3720, 7300):
        rows(db, f"INSERT INTO alert_ticks VALUES (to_timestamp({now - before}), 1, '') RETURNING 1")
    chores.step(lease, now)
    reference = (
        "SELECT date_trunc('hour', at), count(DISTINCT date_trunc('minute', at)) FROM alert_ticks GROUP BY 1 ORDER BY 1"
    )
    kept = "SELECT hour, minutes FROM judging_hours ORDER BY hour"
    first = rows(db, kept)
    assert first == rows(db, reference)
    assert [minutes for _, minutes in first] == [1, 3, 3]
    rows(db, f"INSERT INTO alert_ticks VALUES (to_timestamp({now + 61}), 1, '') RETURNING 1")
    rows(db, f"DELETE FROM alert_ticks WHERE at < to_timestamp({now - 3600}) RETURNING 1")
    chores.step(lease, now + 61)
    assert [minutes for _, minutes in rows(db, kept)] == [1, 3, 4], "what is no longer recorded stays counted"
