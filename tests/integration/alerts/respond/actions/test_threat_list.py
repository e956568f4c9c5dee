"""Addresses and wallets of an incident on the threat list: with an end, and never one of our own networks."""

from core.security import threat_store
from core.security.threats import Listed


def entries(stage):
    with stage.stores.database.transaction() as connection:
        return {one.value: one for one in threat_store.everything(connection, stage.now)}


def test_what_the_incident_names_is_listed_with_an_end_and_known_to_readers(stage):
    run = stage.done("list-threat", rule="A4", ips=["203.0.113.7", "2001:DB8::1"], wallet="0xABC")
    assert run.state == "applied", run.message
    found = entries(stage)
    assert set(found) == {"203.0.113.7", "2001:db8::1", "0xabc"}
    assert {one.until.timestamp() - stage.now for one in found.values()} == {72 * 3600}
    assert {one.incident_id for one in found.values()} == {run.incident_id}
    known = threat_store.copy(None, stage.stores.live, Listed(), stage.now)
    assert known.hit(None, "203.0.113.7", stage.now) == "ip"


def test_seen_again_it_stays_longer(stage):
    stage.done("list-threat", rule="A4", ip="203.0.113.7")
    stage.now += 3600
    stage.done("list-threat", rule="A4b", ip="203.0.113.7")
    found = entries(stage)["203.0.113.7"]
    assert (found.until.timestamp(), found.sightings) == (stage.now + 72 * 3600, 2)


def test_our_own_networks_are_never_listed(stage):
    run = stage.done("list-threat", rule="A4", ips=["127.0.0.1", "203.0.113.7", "no address"])
    assert set(entries(stage)) == {"203.0.113.7"}
    assert "127.0.0.1 was skipped: it is in an always-allowed network" in run.message
    assert "no address was skipped" in run.message
    run = stage.done("list-threat", rule="A4b", ip="127.8.8.8")
    assert run.state == "refused"


def test_without_addresses_it_says_so(stage):
    assert stage.done("list-threat", rule="A4").message == "the incident has no IP address or wallet"


def test_our_own_door_refuses_what_we_saw_ourselves_and_nothing_that_was_reported(stage):
    stage.done("list-threat", rule="A4", realm="platform", account="kim", ip="203.0.113.7")
    stage.done("list-threat", rule="A4b", realm="console", account="kim", ip="203.0.113.8")
    for known in (
        threat_store.copy(None, stage.stores.live, Listed(), stage.now),
        threat_store._from_database(stage.stores.database, Listed(), stage.now),
    ):
        assert known.hit(None, "203.0.113.7", stage.now) == "ip"  # scoring looks at both
        assert known.refused_until("203.0.113.7") == 0.0
        assert known.refused_until("203.0.113.8") > stage.now


def test_a_report_opens_the_door_to_nobody_who_was_listed_by_us(stage):
    stage.done("list-threat", rule="A4", realm="console", account="kim", ip="203.0.113.8")
    stage.done("list-threat", rule="A4b", realm="platform", account="kim", ip="203.0.113.8")
    assert threat_store.copy(None, stage.stores.live, Listed(), stage.now).refused_until("203.0.113.8") > stage.now


def test_one_token_lists_so_many_addresses_an_hour(stage):
    most = stage.known.config.limits.reported_per_hour
    ips = [f"203.0.113.{number}" for number in range(1, most + 10)]
    run = stage.done("list-threat", rule="A4", realm="platform", account="kim", ips=ips)
    assert (run.state, len(entries(stage))) == ("applied", most)
    assert "was skipped: reports from unknown" in run.message
