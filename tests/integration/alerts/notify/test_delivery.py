"""Delivery on a real database: order, fail-over, pauses, claims; nothing lost, nothing said twice without need."""

import json
import logging
from threading import Event

import msgspec
import pytest
import structlog
from sqlalchemy import text

from alerts.notify.delivery import Deliver
from alerts.notify.stages import record
from api import undo
from core import clock, log, settings, tasks
from core.alerting import channel_states, deliveries, incidents, outbox
from core.alerting.deliveries import Pace
from core.audit.chain import Audit
from core.errors import BadInput, DatabaseUnavailable
from core.web.metrics import Metrics
from simulator.receiving.plan import Plan, Script
from tests.integration.alerts.notify.conftest import START, Office, make
from tests.receiving import NOTICE
from tests.waiting import until

EVERY = ("pagerduty", "slack-engineering", "email-ml", "sms-security", "webhook", "log")
ID = NOTICE.incident_id


def test_every_channel_takes_an_incident_from_first_to_last(office: Office):
    office.open(ID, *EVERY)
    office.run()
    office.tell("acknowledge", ID, *EVERY)
    office.run(120)
    office.tell("resolve", ID, *EVERY)
    office.run(120)
    assert {(state, attempts) for _, _, state, attempts in office.rows()} == {("sent", 1)}
    assert [one["status"] for one in office.receivers.pagerduty.incidents[ID]] == ["resolved"]
    for receiver in ("slack", "smtp", "twilio", "webhook"):
        assert len(office.receivers.inbox.taken(receiver)) == 3, receiver
    lines = office.timeline()
    assert len(lines) == 3 * len(EVERY)
    assert {line["details"]["result"] for line in lines} == {"sent"}
    assert lines[0]["text"].startswith("pagerduty accepted the alert")
    assert lines[0]["details"]["receipt"]["id"] == ID


def test_a_resolve_never_overtakes_its_trigger(office: Office):
    office.receivers.desk.plan = Script("500", "500")
    office.open(ID, "pagerduty")
    office.tell("resolve", ID, "pagerduty")
    office.run(30)
    assert [one.event for one in office.receivers.inbox.arrivals("pagerduty")] == [*["trigger"] * 3, "resolve"]
    assert [one["status"] for one in office.receivers.pagerduty.incidents[ID]] == ["resolved"]


def test_one_channels_trouble_and_one_messages_trouble_hold_up_nothing_else(office: Office):
    office.receivers.mail.plan = Plan(1, 1.0, ("500",))
    office.open("A1-a", "email-ml", "slack-engineering")
    office.open("A1-b", "slack-engineering", series="b")
    office.run(3)
    assert len(office.receivers.inbox.taken("slack")) == 2
    assert ("email-ml", "trigger", "pending") in [row[:3] for row in office.rows()]


def test_a_channel_that_hangs_holds_up_no_other(office: Office):
    office.receivers.mail.plan, office.receivers.mail.hang = Script("timeout"), 60.0
    office.now = clock.now()
    office.open(ID, "email-ml", "slack-engineering", "webhook", "log")
    stop, failed = Event(), []
    threads = tasks.start(office.deliver.tasks(), stop, failed.append)

    def states() -> dict[str, str]:
        return {channel: state for channel, _, state, _ in office.rows()}

    try:
        others = ("slack-engineering", "webhook", "log")
        assert until(lambda: all(states()[name] == "sent" for name in others), 30)
        assert states()["email-ml"] == "pending"
        assert until(lambda: len(office.receivers.inbox.arrivals("smtp")) >= 1, 10)
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert failed == []
    assert not any(thread.is_alive() for thread in threads), "a worker that is told to stop does"


def test_retry_after_holds_for_the_whole_channel(office: Office):
    office.receivers.desk.plan = Script("429")
    office.open("A1-a", "slack-engineering")
    office.open("A1-b", "slack-engineering", series="b")
    office.run()
    office.now += 1.9
    office.run()
    assert len(office.receivers.inbox.arrivals("slack")) == 1
    office.now += 0.2
    office.run(10)
    assert len(office.receivers.inbox.taken("slack")) == 2


@pytest.mark.parametrize(
    "wish",
    ["31449600", "1" + "0" * 300, "1" + "0" * 400, "99999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT", "3601.5"],
)
def test_no_receiver_pauses_its_channel_for_more_than_an_hour(office: Office, wish: str):
    office.receivers.desk.plan, office.receivers.desk.retry_after = Script("429"), wish
    office.open(ID, "slack-engineering")
    office.run(2)
    [(until, reason)] = office.select(
        "SELECT extract(epoch FROM paused_until)::float8, paused_reason FROM channel_states"
        " WHERE channel = 'slack-engineering'"
    )
    assert office.now < until <= office.now + 3601
    assert "429" in reason
    assert [row[:3] for row in office.rows()][:2] == [
        ("slack-engineering", "trigger", "dead"),
        ("email-ml", "trigger", "sent"),
    ]


@pytest.mark.parametrize(
    "wish", ["", "inf", "-1", "NaN", "\u00e9\u00df", "soon", "1e400", "0x10", "2\r\nRetry-After: 3"]
)
def test_a_retry_after_that_makes_no_sense_pauses_nothing_for_long(office: Office, wish: str):
    office.receivers.desk.plan, office.receivers.desk.retry_after = Script("429"), wish
    office.open(ID, "slack-engineering")
    office.run(10)
    assert [row[:3] for row in office.rows()] == [("slack-engineering", "trigger", "sent")]


def test_urgent_alerts_do_not_wait_for_a_pause_and_the_others_do(office: Office):
    office.receivers.desk.plan, office.receivers.desk.retry_after = Script("429"), "300"
    office.open("A1-first", "slack-engineering", series="first")
    office.run()
    office.open("A1-urgent", "slack-engineering", series="urgent")
    low = msgspec.structs.replace(NOTICE, incident_id="A1-low", severity="low", at=office.now)
    with office.stores.database.transaction() as connection:
        outbox.enqueue(connection, [outbox.Intent("A1-low", "slack-engineering", low, False)])
    office.run(2)
    ways = office.select("SELECT notice ->> 'incident_id', channel, state FROM outbox ORDER BY id")
    assert sorted(map(tuple, ways)) == [
        ("A1-first", "email-ml", "sent"),
        ("A1-first", "slack-engineering", "dead"),
        ("A1-low", "slack-engineering", "pending"),
        ("A1-urgent", "email-ml", "sent"),
        ("A1-urgent", "slack-engineering", "dead"),
    ]
    assert office.select("SELECT count(*) FROM incidents WHERE rule = 'delivery'") == [(0,)], "a pause is no failure"
    office.run(310, step=5)
    assert office.select("SELECT state FROM outbox WHERE notice ->> 'incident_id' = 'A1-low'") == [("sent",)]


def test_an_urgent_alert_waits_when_its_fallback_is_paused_too(office: Office):
    with office.stores.database.transaction() as connection:
        for name in ("slack-engineering", "email-ml"):
            deliveries.pause(connection, name, office.now + 120, "it answered 429")
    office.open(ID, "slack-engineering")
    office.run(5)
    assert [row[:3] for row in office.rows()] == [("slack-engineering", "trigger", "pending")]


def test_a_person_ends_a_pause_and_what_waited_is_sent(office: Office):
    office.receivers.desk.plan, office.receivers.desk.retry_after = Script("429"), "600"
    low = msgspec.structs.replace(NOTICE, severity="low")
    with office.stores.database.transaction() as connection:
        outbox.enqueue(connection, [outbox.Intent("low", "slack-engineering", low, False)])
    office.run(5)
    assert [row[:3] for row in office.rows()] == [("slack-engineering", "trigger", "pending")]
    with office.stores.database.transaction() as connection:
        channel_states.resume(connection, Audit("k" * 40), "slack-engineering", "olga", office.now)
        with pytest.raises(BadInput, match="not paused"):
            channel_states.resume(connection, Audit("k" * 40), "slack-engineering", "olga", office.now)
    office.run(1)
    assert [row[:3] for row in office.rows()] == [("slack-engineering", "trigger", "sent")]
    assert office.select("SELECT actor, action, target FROM audit_log WHERE action LIKE 'channel.%'") == [
        ("olga", "channel.resume", "channel:slack-engineering")
    ]


def test_a_pause_that_an_older_release_wrote_is_bounded_too(office: Office):
    with office.stores.database.transaction() as connection:
        deliveries.pause(connection, "pagerduty", office.now + 364 * 86400)
    office.deliver.publish(office.now)
    [(until,)] = office.select(
        "SELECT extract(epoch FROM paused_until)::float8 FROM channel_states WHERE channel = 'pagerduty'"
    )
    assert until == pytest.approx(office.now + 3600)


def test_a_pause_that_outlasts_a_message_sends_it_to_the_stand_in_at_once(office: Office):
    with office.stores.database.transaction() as connection:
        deliveries.pause(connection, "pagerduty", office.now + 86400)
    office.open(ID, "pagerduty")
    office.run(2)
    assert [row[:3] for row in office.rows()][:2] == [
        ("pagerduty", "trigger", "dead"),
        ("sms-security", "trigger", "sent"),
    ]


def test_what_waited_while_every_worker_was_down_is_still_tried(office: Office):
    office.open(ID, "pagerduty")
    office.now += 86400
    office.run()
    assert office.rows() == [("pagerduty", "trigger", "sent", 1)]


def test_the_bucket_is_shared_and_refills(office: Office):
    pace = Pace(60.0, 2)
    with office.stores.database.transaction() as connection:
        connection.execute(
            deliveries.query("delivery.spend"),
            {"channel": "log", "tokens": 2.0, "now": deliveries.to_datetime(office.now)},
        )
    for number in range(5):
        office.open(f"A1-{number}", "log", series=str(number))
    claims = [deliveries.claim(office.stores.database, "log", f"w{n}", pace, office.now, 60.0) for n in range(4)]
    assert [one is not None for one in claims] == [True, True, False, False]
    assert deliveries.claim(office.stores.database, "log", "w", pace, office.now + 0.5, 60.0) is None
    assert deliveries.claim(office.stores.database, "log", "w", pace, office.now + 1.1, 60.0) is not None
    # A worker whose clock is behind gains nothing.
    assert deliveries.claim(office.stores.database, "log", "w", pace, office.now + 1.1, 60.0) is None
    assert deliveries.claim(office.stores.database, "log", "w", pace, office.now, 60.0) is None


def test_a_dead_channel_hands_over_is_an_incident_and_recovers(office: Office):
    office.receivers.desk.plan = Plan(1, 1.0, ("500",))
    office.open(ID, "slack-engineering")
    office.run(3600, step=30)
    assert office.rows()[0][:3] == ("slack-engineering", "trigger", "dead")
    assert ("email-ml", "trigger", "sent") in [row[:3] for row in office.rows()]
    assert office.select("SELECT rule, series, kind, status FROM incidents WHERE rule = 'delivery'") == [
        ("delivery", "slack-engineering", "error", "open")
    ]
    subjects = [one.body["headers"]["Subject"] for one in office.receivers.inbox.taken("smtp")]
    assert sorted(subjects) == [
        "[HIGH] Channel slack-engineering is failing",
        "[HIGH] Fraud rate is high",
    ]
    [(notice,)] = office.select("SELECT notice FROM outbox WHERE notice ->> 'rule' = 'delivery'")
    assert notice["link"].startswith("https://console.example/admin/monitoring/alerts/incidents/delivery-")
    assert notice["runbook"] == "https://console.example/admin/monitoring/alerts/runbooks/delivery"
    office.receivers.desk.plan = Script()
    office.tell("resolve", ID, "slack-engineering")
    office.run(60)
    assert office.select("SELECT status FROM incidents WHERE rule = 'delivery'") == [("resolved",)]
    subjects = [one.body["headers"]["Subject"] for one in office.receivers.inbox.taken("smtp")]
    assert "Re: [HIGH] Fraud rate is high" in subjects, "whoever got the alert is told that it is over"


def test_a_message_is_tried_as_often_as_its_channel_says_and_not_once_more(office: Office, monkeypatch):
    monkeypatch.setattr(record, "backoff", lambda config, attempts: 0.0)
    office.receivers.desk.plan = Plan(1, 1.0, ("500",))
    office.open(ID, "slack-engineering")
    office.run(20)
    assert len(office.receivers.inbox.arrivals("slack")) == 10
    assert ("slack-engineering", "trigger", "dead", 10) in office.rows()
    assert any("failed after 10 attempts" in line["text"] for line in office.timeline())


def test_a_silence_holds_the_message_about_a_dead_channel_too(office: Office):
    office.receivers.desk.plan = Plan(1, 1.0, ("500",))
    office.open(ID, "slack-engineering")
    with office.stores.database.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO silences"
                " (rule, series, owner, reason, starts_at, ends_at, created_at, exact_rule, exact_series) VALUES"
                " ('delivery', 'slack-engineering', 'ann', 'Slack moves', to_timestamp(0), to_timestamp(4e9), now(),"
                " true, true)"
            )
        )
    office.run(3600, step=30)
    assert office.select("SELECT status FROM incidents WHERE rule = 'delivery'") == [("open",)]
    assert office.select("SELECT count(*) FROM outbox WHERE notice ->> 'rule' = 'delivery'") == [(0,)]


def test_channels_that_stand_in_for_one_another_end_at_the_last_resort(office: Office):
    office.receivers.desk.plan = Plan(1, 1.0, ("500",))
    office.open(ID, "pagerduty")
    office.run(7200, step=30)
    mine = office.select(f"SELECT channel, state FROM outbox WHERE incident_id = '{ID}' ORDER BY id")
    assert mine == [("pagerduty", "dead"), ("sms-security", "dead"), ("log", "sent")]
    assert office.select("SELECT count(*) FROM outbox WHERE state = 'pending'") == [(0,)]


def test_a_stand_in_that_is_told_anyway_is_told_once(office: Office):
    office.receivers.desk.plan = Plan(1, 0.0)
    office.open(ID, "pagerduty", "sms-security")
    with office.stores.database.transaction() as connection:
        deliveries.pause(connection, "pagerduty", office.now + 86400)
    office.run()
    told = [one.text for one in office.receivers.inbox.taken("twilio")]
    assert len([text for text in told if NOTICE.title in text]) == 1


def test_a_channel_that_lacks_its_secret_is_shown_and_stood_in_for(office: Office):
    bare = {k: v for k, v in office.environ.items() if not k.startswith(("GATEHOUSE_PAGERDUTY", "GATEHOUSE_TWILIO"))}
    other = make(bare, office.receivers)
    with other.stores.database.transaction() as connection:
        states = {one.channel: one for one in channel_states.states(connection, other.now)}
    assert states["pagerduty"].missing == "GATEHOUSE_PAGERDUTY_ROUTING_KEY"
    assert not states["pagerduty"].configured
    assert states["slack-engineering"].configured
    other.open(ID, "pagerduty")
    for number in range(20):
        other.open(f"A1-{number}", "pagerduty", series=str(number))
    other.run(5)
    assert [row for row in other.rows() if row[0] != "log" and row[2] != "dead"] == [], "no pace holds them up"
    mine = other.select(f"SELECT channel, state FROM outbox WHERE incident_id = '{ID}' ORDER BY id")
    assert mine == [("pagerduty", "dead"), ("sms-security", "dead"), ("log", "sent")]
    assert other.select("SELECT count(*) FROM incidents WHERE rule = 'delivery'") == [(0,)]
    other.stores.close()


def test_a_channel_that_nobody_configures_any_more_is_stood_in_for(office: Office):
    office.open(ID, "gone")
    office.run(2)
    assert [row[:3] for row in office.rows()] == [("gone", "trigger", "dead"), ("log", "trigger", "sent")]


def test_a_worker_that_slept_past_its_claim_changes_nothing(office: Office):
    office.open(ID, "log")
    pace = Pace(600.0, 10)
    database = office.stores.database
    old = deliveries.claim(database, "log", "old", pace, office.now, 60.0)
    assert old is not None
    assert deliveries.claim(database, "log", "new", pace, office.now + 59, 60.0) is None
    new = deliveries.claim(database, "log", "new", pace, office.now + 61, 60.0)
    assert new is not None
    with database.transaction() as connection:
        assert not deliveries.sent(connection, old, {}, office.now + 62)
        assert not deliveries.finish(connection, old, "dead", "late", office.now + 62)
        assert deliveries.sent(connection, new, {}, office.now + 62)


def test_a_moment_without_postgresql_after_sending_doubles_nothing(office: Office, monkeypatch):
    monkeypatch.setattr("alerts.notify.delivery.RECORD_AGAIN_SECONDS", 0.05)
    lane = next(one for one in office.deliver.lanes if one.name == "slack-engineering")
    real, away = lane._record, iter([True, True, False])

    def record(*arguments):
        result = real(*arguments)
        if next(away):
            raise DatabaseUnavailable("cut before the commit")
        return result

    object.__setattr__(lane, "_record", record)
    office.open(ID, "slack-engineering")
    office.run(120, step=30)
    assert office.rows() == [("slack-engineering", "trigger", "sent", 1)]
    assert len(office.receivers.inbox.arrivals("slack")) == 1


def test_a_test_message_and_its_result(office: Office):
    database, audit = office.stores.database, office.stores.audit
    with database.transaction() as connection:
        number = outbox.request_test(connection, audit, "pagerduty", "anna", office.now)
        with pytest.raises(BadInput, match="nowhere"):
            outbox.request_test(connection, audit, "nowhere", "anna", office.now)
    with database.transaction() as connection:
        found = outbox.result(connection, number)
        assert found is not None
        assert found.state == "pending"
    office.run()
    with database.transaction() as connection:
        found = outbox.result(connection, number)
        assert outbox.result(connection, 10**9) is None
    assert found is not None
    assert (found.state, found.receipt and found.receipt["status"]) == ("sent", "accepted")


def test_a_test_that_fails_stays_with_its_channel(office: Office):
    office.receivers.desk.plan = Plan(1, 1.0, ("500",))
    with office.stores.database.transaction() as connection:
        number = outbox.request_test(connection, office.stores.audit, "slack-engineering", "anna", office.now)
    office.run(3600, step=30)
    with office.stores.database.transaction() as connection:
        found = outbox.result(connection, number)
    assert found is not None
    assert found.state == "dead"
    assert "500" in (found.last_error or "")
    assert len(office.rows()) == 1


def test_a_fault_in_a_channels_own_code_costs_only_that_message(office: Office, monkeypatch):
    lane = next(one for one in office.deliver.lanes if one.name == "webhook")

    def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(lane.kind, "send", broken)
    office.open(ID, "webhook", "log")
    office.run(3600, step=30)
    assert [row[:3] for row in office.rows() if row[0] == "webhook"] == [("webhook", "trigger", "dead")]
    assert ("log", "trigger", "sent") in [row[:3] for row in office.rows()]


def test_results_are_counted(office: Office):
    office.receivers.desk.plan = Script("500")
    office.open(ID, "slack-engineering")
    office.run(30)
    cells = {tuple(labels): value for labels, value in office.metrics.snapshot()["alerts_deliveries_total"]["cells"]}
    assert cells[("slack-engineering", "slack", "retry")] == 1
    assert cells[("slack-engineering", "slack", "sent")] == 1


def test_no_secret_is_logged_or_stored(office: Office, capsys, caplog):
    caplog.set_level(logging.DEBUG)
    log.setup("test")
    office.receivers.desk.plan = Plan(3, 0.6)
    office.receivers.mail.plan = Plan(4, 0.6)
    office.receivers.desk.hang = office.receivers.mail.hang = 0.2
    environ = {**office.environ}
    environ["GATEHOUSE_SLACK_WEBHOOK_URL"] += "gone"
    environ["GATEHOUSE_WEBHOOK_URL"] = "http://127.0.0.1:9/hook-that-nobody-should-see"
    other = make(environ, office.receivers)
    for lane in other.deliver.lanes:
        object.__setattr__(lane, "parameters", _hasty(lane.parameters))
    other.open(ID, *EVERY)
    other.run(1200, step=60)
    tables = ("outbox", "channel_states", "incident_events", "incidents", "audit_log")
    stored = json.dumps([other.select(f"SELECT to_jsonb(t)::text FROM {table} AS t") for table in tables])
    out, err = capsys.readouterr()
    said = stored + out + err + caplog.text
    assert '"dead"' in stored.replace("\\", "")
    for name in ("PAGERDUTY_ROUTING_KEY", "TWILIO_TOKEN", "WEBHOOK_KEY"):
        assert environ[f"GATEHOUSE_{name}"] not in said, name
    for name in ("SLACK_WEBHOOK_URL", "WEBHOOK_URL"):
        assert environ[f"GATEHOUSE_{name}"].rpartition("/")[2] not in said, name
    password = environ["GATEHOUSE_SMTP_URL"].partition("gatehouse:")[2].partition("@")[0]
    assert password not in said
    other.stores.close()
    structlog.reset_defaults()


def _hasty(parameters):
    import msgspec

    return msgspec.structs.replace(parameters, timeout=0.15)


def test_two_workers_share_the_work_and_say_nothing_twice(office: Office):
    from threading import Thread

    for number in range(30):
        office.open(f"A1-{number}", "log", "webhook", series=str(number))
    known = settings.load(office.environ)
    workers = [Deliver(known, office.stores, Metrics()) for _ in range(3)]
    threads = [Thread(target=lambda w=worker: [w.step(START + n) for n in range(8)]) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {row[2:] for row in office.rows()} == {("sent", 1)}
    keys = [one.key for one in office.receivers.inbox.taken("webhook")]
    assert len(keys) == len(set(keys)) == 30


def escalate(office: Office, actor: str = incidents.SYSTEM) -> None:
    with office.stores.database.transaction() as connection:
        incidents.escalate(
            connection, Audit("k" * 40), ID, actor, office.now, ["sms-security"], "not acknowledged within 15 min"
        )


def told_by_sms(office: Office) -> list[str]:
    return [one.text for one in office.receivers.inbox.taken("twilio")]


def test_an_escalation_says_why(office: Office):
    office.open(ID, "log")
    escalate(office)
    office.run(2)
    [text] = told_by_sms(office)
    assert "not acknowledged within 15 min" in text


@pytest.mark.parametrize("end", ["acknowledge", "resolve"])
def test_an_escalation_that_is_overtaken_wakes_nobody_nor_does_what_follows_it(office: Office, end: str):
    office.open(ID, "log")
    escalate(office)
    with office.stores.database.transaction() as connection:
        getattr(incidents, end)(connection, Audit("k" * 40), ID, "olga", office.now)
    office.run(5)
    assert told_by_sms(office) == []
    states = {(channel, event): state for channel, event, state, _ in office.rows()}
    assert states["sms-security", "escalate"] == states["sms-security", end] == "cancelled"
    assert states["log", end] == "sent"
    assert any("olga acknowledged it" in line["text"] or "was resolved" in line["text"] for line in office.timeline())


def test_a_person_escalates_an_acknowledged_incident_and_nothing_says_that_nobody_did(office: Office):
    office.open(ID, "log")
    with office.stores.database.transaction() as connection:
        incidents.acknowledge(connection, Audit("k" * 40), ID, "olga", office.now)
        incidents.escalate(connection, Audit("k" * 40), ID, "olga", office.now, ["sms-security"], "I need the DBA")
    office.run(2)
    [text] = told_by_sms(office)
    assert "I need the DBA" in text
    assert "obody" not in text
    assert "not acknowledged" not in text


def test_an_escalation_that_fails_is_judged_again_at_its_next_try(office: Office):
    office.receivers.desk.plan = Script("500")
    office.open(ID, "log")
    escalate(office)
    office.run()
    assert ("sms-security", "escalate", "pending", 1) in office.rows()
    with office.stores.database.transaction() as connection:
        incidents.acknowledge(connection, Audit("k" * 40), ID, "olga", office.now)
    office.run(10)
    assert told_by_sms(office) == []


def test_a_reopened_incident_is_told_again_and_its_second_end_too(office: Office):
    office.open(ID, "slack-engineering")
    audit = Audit("k" * 40)

    def people(*does: str) -> None:
        for what in does:
            office.now += 5
            with office.stores.database.transaction() as connection:
                back = what in ("reopen", "unacknowledge")
                do = getattr(undo if back else incidents, what)
                assert do(connection, audit, ID, "olga", office.now, *(["again"] if back else []))
            office.run(3)

    office.run(2)
    people("acknowledge", "unacknowledge", "acknowledge", "resolve", "reopen", "acknowledge", "resolve")
    events = [event for channel, event, state, _ in office.rows() if state == "sent"]
    assert events == ["trigger", "acknowledge", "acknowledge", "resolve", "trigger", "acknowledge", "resolve"]
