"""The strict profile: in force for a while, back afterwards, and what a person chose meanwhile stands."""

import pytest

from core.audit import chain
from core.transactions import policies
from tests import incidents


@pytest.fixture
def policy(stage):
    """The policy in force, from PostgreSQL."""
    stores = stage.stores
    policies.ensure(stores.live, stores.database, stage.known.config.policy, stores.audit)
    return lambda: policies.newest(stores.database)


def test_it_is_put_in_force_and_taken_back_on_recovery(stage, policy):
    run = stage.done("strict-policy")
    assert run.state == "applied", run.message
    assert (policy().profile, policy().block_from) == ("strict", 0.60)
    assert policies.current(stage.stores.live, stage.stores.database).profile == "strict"  # readers in a hurry know
    assert run.before["profile"] == "normal"
    stage.now += 300
    run = stage.recover(run)
    assert (run.state, policy().profile, policy().block_from) == ("reverted", "normal", 0.70)
    assert policies.current(stage.stores.live, stage.stores.database).profile == "normal"
    told = incidents.steps(stage.stores.database, run.incident_id)
    assert [text.split(":")[0] for text in told] == ["strict-policy applied", "strict-policy reverted"]
    rows = chain.listed(stage.stores.database, chain.Filter(action="policy.put"))
    assert [row.actor for row in rows] == ["action:strict-policy", "action:strict-policy", "installation"]


def test_it_ends_by_itself_when_the_incident_does_not(stage, policy):
    run = stage.done("strict-policy")
    stage.now += 119 * 60
    stage.do()
    assert policy().profile == "strict"
    stage.now += 61
    stage.do()
    assert (stage.again(run).state, policy().profile) == ("reverted", "normal")


def test_what_a_person_chose_meanwhile_stands(stage, policy):
    run = stage.done("strict-policy")
    stores = stage.stores
    policies.change(stores.live, stores.database, stores.audit, stage.known.config.policy, "strict", "anna")
    run = stage.recover(run)
    assert (run.state, policy().profile) == ("reverted", "strict")
    assert "not reverted: anna activated strict meanwhile" in run.message


def test_a_profile_that_a_person_put_in_force_is_not_taken_over(stage, policy):
    stores = stage.stores
    policies.change(stores.live, stores.database, stores.audit, stage.known.config.policy, "strict", "anna")
    run = stage.done("strict-policy")
    assert (run.state, run.message) == ("refused", "strict is already active, not through an action")


def test_two_incidents_want_it_and_the_last_takes_it_back(stage, policy):
    first = stage.done("strict-policy")
    stage.now += 20 * 60
    second = stage.done("strict-policy", rule="A1b")
    assert second.state == "applied", second.message
    assert policy().version == 2
    first = stage.recover(first)
    assert "still needs it" in first.message
    assert policy().profile == "strict"
    assert (stage.recover(second).state, policy().profile) == ("reverted", "normal")


def test_a_person_takes_it_back_at_once(stage, policy):
    run = stage.done("strict-policy")
    stage.now += 10
    stage.say("revert", run.id, "anna", stage.now)
    stage.do()
    run = stage.again(run)
    assert (run.state, run.reverted_by, policy().profile) == ("reverted", "anna", "normal")
