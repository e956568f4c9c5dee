"""What a channel sends first, and what it leaves out: triggers before ends, critical first, a fair share, a cap."""

from typing import Any

from core.alerting import deliveries, incidents, outbox
from core.alerting.deliveries import Pace
from core.alerting.outbox import Intent
from tests.integration.alerts.notify.conftest import START, Office
from tests.receiving import notice

PACE = Pace(1e9, 1e9)


def put(office: Office, *said: tuple[str, str, str, str]) -> None:
    """Messages of (event, rule, severity, incident) to the channel `log`."""
    intents = []
    for event, rule, severity, incident in said:
        one = notice(event=event, rule=rule, severity=severity, incident_id=incident, at=office.now)
        intents.append(Intent(outbox.key(one, "log"), "log", one, False))
    with office.stores.database.transaction() as connection:
        outbox.enqueue(connection, intents)


def claimed(office: Office, count: int, channel: str = "log") -> list[tuple[str, str]]:
    """(event, rule) of the next messages, in their order."""
    found = []
    for _ in range(count):
        one = deliveries.claim(office.stores.database, channel, "w", PACE, office.now, 60.0)
        assert one is not None
        found.append((one.event, one.notice.rule))
    return found


def test_critical_triggers_go_first_and_ends_last(office: Office) -> None:
    office.deliver.publish(office.now)
    put(
        office,
        *(("resolve", "A1", "critical", f"r{n}") for n in range(5)),
        ("acknowledge", "A1", "critical", "a"),
        ("trigger", "K3", "low", "l"),
        ("trigger", "K2", "medium", "m"),
        ("escalate", "A4", "critical", "c"),
        ("trigger", "K1", "high", "h"),
    )
    assert claimed(office, 10) == [
        ("escalate", "A4"),
        ("trigger", "K1"),
        ("trigger", "K2"),
        ("trigger", "K3"),
        ("acknowledge", "A1"),
        *[("resolve", "A1")] * 5,
    ]


def test_one_noisy_rule_does_not_starve_another_of_the_same_severity(office: Office) -> None:
    office.deliver.publish(office.now)
    put(office, *(("trigger", "A4", "critical", f"n{n}") for n in range(100)))
    assert claimed(office, 3) == [("trigger", "A4")] * 3
    put(office, *(("trigger", rule, "critical", f"{rule}-{n}") for rule in ("processes", "canary") for n in range(2)))
    assert sorted(claimed(office, 3)) == [("trigger", "A4"), ("trigger", "canary"), ("trigger", "processes")]
    assert sorted(claimed(office, 3)) == [("trigger", "A4"), ("trigger", "canary"), ("trigger", "processes")]
    assert claimed(office, 2) == [("trigger", "A4")] * 2


def test_a_critical_message_is_the_next_one_behind_10_000_others(office: Office) -> None:
    office.deliver.publish(office.now)
    put(office, *(("trigger", "noisy", "high", f"n{n}") for n in range(10_000)))
    claimed(office, 5)
    put(office, *(("resolve", "noisy", "high", f"n{n}") for n in range(5)), ("trigger", "A4", "critical", "c"))
    assert claimed(office, 1) == [("trigger", "A4")]


def test_messages_of_the_release_before_are_sent_too(office: Office) -> None:
    office.deliver.publish(office.now)
    put(office, ("trigger", "A1", "high", "one"), ("trigger", "A4", "critical", "two"))
    with office.stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE outbox SET rule = NULL, urgency = NULL")
    assert len(claimed(office, 2)) == 2


def capped(office: Office, channel: str, per_hour: int) -> None:
    """The channel takes so many messages an hour."""
    import msgspec

    lanes = office.deliver.lanes
    for place, lane in enumerate(lanes):
        if lane.name == channel:
            parameters = msgspec.structs.replace(lane.parameters, per_hour=per_hour)
            lanes[place] = type(lane)(lane.deliver, lane.kind, parameters)


def raised(office: Office, channel: str, rule: str, severity: Any, count: int) -> None:
    """Incidents with their triggers."""
    for n in range(count):
        said = notice(rule=rule, severity=severity, incident_id=f"{rule}-{n}", at=office.now)
        opening = incidents.Opening(said.incident_id, rule, str(n), "alert", severity, "t", "s", START, START)
        with office.stores.database.transaction() as connection:
            incidents.open_incident(connection, opening)
            outbox.enqueue(connection, [Intent(outbox.key(said, channel), channel, said)])


def test_beyond_the_cap_messages_are_counted_and_critical_ones_of_other_rules_pass(office: Office) -> None:
    capped(office, "slack-engineering", 5)
    office.deliver.publish(office.now)
    raised(office, "slack-engineering", "K2", "medium", 12)
    office.run(20)
    state = "SELECT state, count(*) FROM outbox WHERE rule = '{}' GROUP BY 1 ORDER BY 1"
    assert office.select(state.format("K2")) == [("cancelled", 7), ("sent", 5)]
    raised(office, "slack-engineering", "A4", "critical", 5)
    office.run(20)
    assert office.select(state.format("A4")) == [("sent", 5)]
    raised(office, "slack-engineering", "A5", "critical", 9)
    office.run(20)
    assert office.select(state.format("A5")) == [("cancelled", 4), ("sent", 5)], "a critical rule has a cap as well"
    with office.stores.database.transaction() as connection:
        ended = [incidents.Ending(f"K2-{n}", "over") for n in range(12)]
        incidents.recover_all(connection, ended, office.now)
    office.run(20)
    assert office.select("SELECT state, count(*) FROM outbox WHERE event = 'resolve' GROUP BY 1") == [("sent", 5)]
    said = [one.text for one in office.receivers.inbox.arrivals() if one.receiver == "slack" and "cap" in one.text]
    assert len([one for one in said if "the message limit is reached" in one]) == 1
    office.run(3600, step=60.0)
    said = [one.text for one in office.receivers.inbox.arrivals() if one.receiver == "slack"]
    assert len([one for one in said if "11 messages were skipped" in one]) == 1
    timeline = office.select("SELECT count(*) FROM incident_events WHERE text LIKE 'skipped:%'")
    assert timeline == [(11,)], "each incident says that nobody was told"
    raised(office, "slack-engineering", "K3", "medium", 1)
    office.run(5)
    assert office.select(state.format("K3")) == [("sent", 1)], "the next hour begins anew"
