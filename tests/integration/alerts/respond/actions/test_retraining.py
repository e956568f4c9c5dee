"""An emergency retraining is asked for once, due within a day, and on record with the incident."""

from core.models import training_runs


def test_it_is_asked_for_once_and_due_within_a_day(stage):
    run = stage.done("emergency-retraining", rule="A3")
    assert run.state == "applied", run.message
    [made] = training_runs.listed(stage.stores.database)
    assert (made.kind, made.state, made.correlation_id) == ("emergency", "queued", run.incident_id)
    assert made.due_at.timestamp() == stage.now + 24 * 3600
    stage.now += 7 * 3600
    again = stage.done("emergency-retraining", rule="A3b")
    assert (again.state, again.after) == ("applied", {"training_run": made.id})
    assert len(training_runs.listed(stage.stores.database)) == 1


def test_its_bounds_hold(stage):
    stage.done("emergency-retraining", rule="A3")
    assert "in cooldown" in stage.done("emergency-retraining", rule="A3b").message
