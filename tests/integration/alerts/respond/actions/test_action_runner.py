"""Actions keep to their bounds, are done once whatever crashes, and stop at the kill switch."""

import threading

import pytest
from sqlalchemy import text

from core.alerting import kill_switch
from core.transactions import policies
from tests import incidents

LOCKS = """
[[action]]
name = "strict-policy"
kind = "strict_policy"
mode = "auto"
cooldown_minutes = 10
per_hour = 2
revert_after_minutes = 5
attempts = 2
parameters = { profile = "strict" }
"""


class Crash(BaseException):
    """The process dies here."""


def crash_at(point: str):
    def reached(step: str) -> None:
        if step == point:
            raise Crash

    return reached


def versions(scene) -> int:
    """How many versions of the policy there have been."""
    with scene.stores.database.transaction() as connection:
        return connection.execute(text("SELECT count(*) FROM policy_versions")).scalar_one()


@pytest.fixture
def scene(staged):
    """A stage with one action of short bounds, and a policy in force."""
    made = staged(LOCKS)
    policies.ensure(made.stores.live, made.stores.database, made.known.config.policy, made.stores.audit)
    return made


def test_it_cools_down_and_says_until_when(scene):
    assert scene.done("strict-policy").state == "applied"
    scene.now += 9 * 60
    scene.do()
    run = scene.done("strict-policy")
    assert run.state == "refused"
    assert "in cooldown until" in run.message
    assert "(10 minutes)" in run.message
    assert incidents.steps(scene.stores.database, run.incident_id) == [f"strict-policy refused: {run.message}"]


def test_the_hourly_cap_holds_and_a_person_does_not_break_it(scene):
    for _ in range(2):
        assert scene.done("strict-policy").state == "applied"
        scene.now += 11 * 60
        scene.do()
    run = scene.done("strict-policy")
    assert "ran 2 times within an hour" in run.message
    scene.say("approve", run.id, "anna", scene.now)
    scene.do()
    assert scene.again(run).state == "refused"
    scene.now = 1_800_000_000.0 + 3601
    scene.say("approve", run.id, "anna", scene.now)
    scene.do()
    assert scene.again(run).state == "applied"


def test_a_clock_that_is_set_back_allows_no_more(scene):
    scene.done("strict-policy")
    scene.now -= 7200
    assert "in cooldown" in scene.done("strict-policy").message


def throw(scene, is_on):
    with scene.stores.database.transaction() as connection:
        kill_switch.set_state(connection, scene.stores.audit, "actions", is_on, "anna", "wrong limit", scene.now)


def test_the_kill_switch_stops_what_is_new_and_lets_go_what_is_in_force(scene):
    run = scene.done("strict-policy")
    scene.now += 11 * 60
    throw(scene, False)
    refused = scene.done("strict-policy")
    assert refused.state == "refused"
    assert "switched off by anna" in refused.message
    assert "wrong limit" in refused.message
    assert (scene.again(run).state, policies.newest(scene.stores.database).profile) == ("reverted", "normal")
    throw(scene, True)
    scene.say("approve", refused.id, "anna", scene.now)
    scene.do()
    assert scene.again(refused).state == "applied"


@pytest.mark.parametrize(("point", "applied"), [("done", 1), ("committed", 2)])
def test_a_crash_leaves_all_or_nothing(scene, point, applied):
    run = scene.ask("strict-policy")
    acting, _ = scene.hands(crash_at(point))
    with pytest.raises(Crash):
        acting.step()
    assert versions(scene) == applied
    scene.do()
    assert (scene.again(run).state, versions(scene)) == ("applied", 2)


def test_an_incident_that_ended_first_wants_nothing_any_more(scene):
    run = scene.ask("strict-policy")
    incidents.end(scene.stores.database, run.incident_id, scene.now)
    scene.do()
    assert (scene.again(run).state, versions(scene)) == ("expired", 1)


def test_two_workers_apply_it_once(scene):
    runs = [scene.ask("strict-policy", rule=f"R{n}") for n in range(6)]
    barrier = threading.Barrier(3)

    def work() -> None:
        acting, _ = scene.hands()
        barrier.wait()
        for _ in range(30):
            acting.step()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert versions(scene) == 2
    states = sorted(scene.again(run).state for run in runs)
    assert states == ["applied"] + ["refused"] * 5


def test_an_action_that_is_not_configured_any_more_says_so(scene):
    run = scene.done("no-such-action")
    assert (run.state, run.message) == ("refused", "actions.toml has no action 'no-such-action'")


def test_what_fails_is_tried_again_and_then_given_up(scene, monkeypatch):
    def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(policies, "put", broken)
    run = scene.done("strict-policy")
    assert (run.state, run.attempts) == ("due", 1)
    assert "unexpected error (RuntimeError)" in run.message
    scene.now += 3
    scene.do()
    run = scene.again(run)
    assert (run.state, versions(scene)) == ("failed", 1)


def test_a_failed_revert_is_tried_until_it_works(scene, monkeypatch):
    run = scene.done("strict-policy")
    with monkeypatch.context() as patch:
        patch.setattr(policies, "put", lambda *_: 1 / 0)
        scene.now += 301
        scene.do()
        for _ in range(6):
            scene.now += 301
            scene.do()
        assert scene.again(run).state == "applied"
    scene.now += 301
    scene.do()
    assert (scene.again(run).state, policies.newest(scene.stores.database).profile) == ("reverted", "normal")
