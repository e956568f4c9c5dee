"""What people say about a run: approve, refuse, revert; each once, on the timeline and in the audit log."""

import pytest

from alerts.respond import action_claims
from core.alerting import action_runs
from core.alerting.action_runs import ActionIntent
from core.audit import chain
from core.audit.chain import Audit
from core.clock import to_datetime
from core.errors import BadInput
from tests import incidents

AUDIT = Audit("a key")
NOW = 1_800_000_000.0


@pytest.fixture
def ask(db):
    """Asks for one action of a new incident; returns the run."""

    def asked(mode="suggest", action="strict-policy"):
        incident = incidents.make(db, "A1", NOW, name=f"A1-{action}-{mode}")
        with db.transaction() as connection:
            intent = ActionIntent(f"{incident}/{action}", incident, action, mode, {"series": ""})
            assert action_runs.request(connection, [intent, intent], NOW, "gatehouse") == 1
            return action_runs.of_incident(connection, incident)[0]

    return asked


def say(db, word, run, *more):
    with db.transaction() as connection:
        return getattr(action_runs, word)(connection, AUDIT, run.id, "anna", *more, NOW + 5)


def test_a_suggested_action_waits_for_a_person(db, ask):
    run = ask()
    assert run.state == "suggested"
    with db.transaction() as connection:
        assert action_claims.waiting(connection, [], False, NOW + 60) == []
    approved = say(db, "approve", run)
    assert (approved.state, approved.decided_by) == ("due", "anna")
    with db.transaction() as connection:
        assert [one.id for one in action_claims.waiting(connection, [], False, NOW + 60)] == [run.id]
    assert incidents.steps(db, run.incident_id) == ["strict-policy: approved by anna"]
    rows = chain.listed(db, chain.Filter(target=f"action-run:{run.id}"))
    assert [(row.actor, row.action) for row in rows] == [("anna", "action.approve")]


def test_an_automatic_one_is_due_at_once_and_may_still_be_refused(db, ask):
    run = ask("auto")
    assert run.state == "due"
    refused = say(db, "refuse", run, "we do it by hand")
    assert (refused.state, refused.message) == ("refused", "refused by anna: we do it by hand")
    with pytest.raises(BadInput, match="cannot be refused: it is refused"):
        say(db, "refuse", run, "again")
    assert say(db, "approve", run).state == "due"


def test_only_what_is_in_force_can_be_reverted(db, ask):
    run = ask("auto")
    with pytest.raises(BadInput, match="cannot be reverted: it is due"):
        say(db, "revert", run)
    with db.transaction() as connection:
        action_claims.applied(
            connection, run, NOW, "done", {"profile": "normal"}, {"profile": "strict"}, True, NOW + 900
        )
    wanted = say(db, "revert", run)
    assert (wanted.revert_at, wanted.reverted_by) == (to_datetime(NOW + 5), "anna")
    with pytest.raises(BadInput, match="there is no action run 999"), db.transaction() as connection:
        action_runs.revert(connection, AUDIT, 999, "anna", NOW)


def test_what_leaves_nothing_to_undo_says_so(db, ask):
    run = ask("auto", "profile-scoring")
    with db.transaction() as connection:
        action_claims.applied(connection, run, NOW, "done", None, None, True, None)
    with pytest.raises(BadInput, match="cannot be reverted here"):
        say(db, "revert", run)


def test_after_the_incident_nothing_is_approved(db, ask):
    run = ask()
    incidents.end(db, run.incident_id, NOW + 1)
    with pytest.raises(BadInput, match="it is expired"):
        say(db, "approve", run)


def test_recovery_makes_what_is_in_force_due_to_be_reverted(db, ask):
    run = ask("auto")
    with db.transaction() as connection:
        action_claims.applied(connection, run, NOW, "done", None, None, True, NOW + 900)
        assert action_claims.waiting(connection, [], False, NOW + 60) == []
    incidents.end(db, run.incident_id, NOW + 30)
    with db.transaction() as connection:
        assert [one.id for one in action_claims.waiting(connection, [], False, NOW + 60)] == [run.id]


def test_artefacts_are_kept_once(db, ask):
    run = ask("auto", "profile-scoring")
    with db.transaction() as connection:
        for body in (b"<svg/>", b"<svg>2</svg>"):
            action_claims.keep_artefact(connection, run.id, "scoring.svg", "image/svg+xml", body)
        [found] = action_runs.artefacts(connection, run.id)
        assert (found.name, found.size) == ("scoring.svg", 12)
        assert action_runs.artefact(connection, run.id, "scoring.svg") == ("image/svg+xml", b"<svg>2</svg>")
        assert action_runs.artefact(connection, run.id, "other") is None
