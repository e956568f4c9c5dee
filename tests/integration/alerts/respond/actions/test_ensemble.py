"""The ensemble scores while drift lasts, and exactly the champion before it afterwards."""

import pytest

from core.models import registry, roles


@pytest.fixture
def model(stage):
    """Registers two models, the first as champion, and gives their versions."""
    database = stage.stores.database
    made = [
        registry.save(
            database, algorithm=name, artefact=b"x", features=["a"], reference=[], metrics={}, fingerprint="f"
        )
        for name in ("boosted", "boosted", "ensemble")
    ]
    with database.transaction() as connection:
        roles.assign(connection, made[0], actor="test")
        roles.assign(connection, made[2], "ensemble", actor="test")
    return made


def champion(stage):
    return registry.champion(stage.stores.live, stage.stores.database)


def test_it_scores_until_the_incident_is_over(stage, model):
    run = stage.done("ensemble-model", rule="A3")
    assert (run.state, champion(stage)) == ("applied", model[2]), run.message
    run = stage.recover(run)
    assert (run.state, champion(stage)) == ("reverted", model[0])


def test_a_model_that_a_person_promoted_since_stands(stage, model):
    run = stage.done("ensemble-model", rule="A3")
    with stage.stores.database.transaction() as connection:
        change = roles.assign(connection, model[1], actor="anna")
    roles.publish(stage.stores.live, change)
    run = stage.recover(run)
    assert (run.state, champion(stage)) == ("reverted", model[1])
    assert "not reverted: anna changed the champion meanwhile" in run.message


def test_two_incidents_want_it_and_the_last_takes_it_back(stage, model):
    first = stage.done("ensemble-model", rule="A3")
    stage.now += 3601
    second = stage.done("ensemble-model", rule="A3b")
    assert second.state == "applied", second.message
    assert "still needs the ensemble" in stage.recover(first).message
    assert champion(stage) == model[2]
    stage.recover(second)
    assert champion(stage) == model[0]


def test_without_an_ensemble_it_says_so(stage):
    run = stage.done("ensemble-model", rule="A3")
    assert run.state == "refused"
    assert "no ensemble is registered" in run.message
