"""A security incident beside the alert's: one event, one correlation id, each knows the other."""

from core.alerting import incidents as store
from tests import incidents


def security(stage):
    with stage.stores.database.transaction() as connection:
        return [one for one in store.unresolved(connection) if one.kind == "security"]


def test_it_is_opened_with_an_event_and_linked_both_ways(stage):
    run = stage.done("security-incident", rule="A4", series="kim", ips=["203.0.113.7"])
    assert run.state == "applied", run.message
    [found] = security(stage)
    assert (found.severity, found.correlation_id) == ("critical", run.incident_id)
    assert found.details["cause"] == run.incident_id
    assert found.details["ips"] == ["203.0.113.7"]
    assert run.after == {"incident": found.id, "security_event": found.details["security_event"]}
    assert found.id in incidents.steps(stage.stores.database, run.incident_id)[0]


def test_a_second_alert_joins_the_one_that_is_open(stage):
    first = stage.done("security-incident", rule="A4", series="kim")
    incidents.end(stage.stores.database, first.incident_id, stage.now)
    second = stage.done("security-incident", rule="A4", series="kim")
    [found] = security(stage)
    assert (second.state, second.after) == ("applied", {"incident": found.id})
    assert any(second.incident_id in text for text in incidents.steps(stage.stores.database, found.id))
