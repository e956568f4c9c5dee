"""Thresholds put in force or proposed, proposals adopted or discarded.

Whoever applies must be an operator and show a second factor; anybody who labels may propose.
"""

from typing import Any

from flask import g

from console.actions import Done, Form, Refusal, action
from console.auth.audited import address
from console.auth.context import AuthContext
from console.pages.thresholds.counting import counted, span_of
from console.thresholds import history
from core.errors import BadInput
from core.policy import Policy
from core.transactions import policies
from core.transactions.thresholds import Thresholds, checked, outcome

NOTE_CHARACTERS = 500
GONE = "This proposal is no longer open."


@action("thresholds/apply", role="operator", name="thresholds_apply", step_up=True)
def put_in_force(auth: AuthContext, form: Form) -> Done:
    """Decide every transaction by these thresholds from now on."""
    chosen = _chosen(form)
    with auth.database.transaction() as connection:
        policy = policies.put_thresholds(connection, auth.audit, chosen, g.session.user, **_how())
    return _in_force(auth, policy, "Thresholds applied. The scoring service switches within a second.")


@action("thresholds/proposals", role="analyst", name="proposal_make")
def propose(auth: AuthContext, form: Form) -> Done:
    """Keep thresholds with what the simulator shows of them."""
    chosen, note = _chosen(form), " ".join(str(form.values.get("note", "")).split())
    if len(note) > NOTE_CHARACTERS:
        raise BadInput("note", f"at most {NOTE_CHARACTERS} characters are kept")
    wrong: dict[str, str] = {}
    name, asked = span_of(form.text("span"), wrong)
    shown = outcome(counted(auth).of(name, asked.start, asked.end).found.curve, chosen)
    with auth.database.transaction() as connection:
        history.propose(connection, auth.audit, chosen, shown, name, note, g.session.user, **_how())
    return Done("Proposal saved. An operator can adopt it.")


@action("thresholds/proposals/<int:number>/adopt", role="operator", name="proposal_adopt", step_up=True)
def adopt(auth: AuthContext, form: Form) -> Done:
    """Put a proposal in force."""
    with auth.database.transaction() as connection:
        policy = history.adopt(connection, auth.audit, int(form.names["number"]), g.session.user, **_how())
    if policy is None:
        raise Refusal(GONE, 409)
    return _in_force(auth, policy, "Proposal adopted. The scoring service switches within a second.")


@action("thresholds/proposals/<int:number>/discard", role="analyst", name="proposal_discard")
def discard(auth: AuthContext, form: Form) -> Done:
    """Put a proposal away."""
    with auth.database.transaction() as connection:
        done = history.discard(connection, auth.audit, int(form.names["number"]), g.session.user, **_how())
    if not done:
        raise Refusal(GONE, 409)
    return Done("Proposal discarded.")


def _chosen(form: Form) -> Thresholds:
    """The thresholds of the form. Raises BadInput naming the field."""
    found = {}
    for name in ("fraud_threshold", "review_from", "block_from"):
        try:
            found[name] = float(form.text(name))
        except ValueError:
            raise BadInput(name, "must be a number") from None
    return checked(**found)


def _in_force(auth: AuthContext, policy: Policy, message: str) -> Done:
    policies.mirror(auth.live, policy)
    text = (
        f"applied thresholds (version {policy.version}): fraud {policy.fraud_threshold:.3f}, "
        f"REVIEW from {policy.review_from:.3f}, BLOCKED from {policy.block_from:.3f}"
    )
    return Done(message, report=("medium", "policy-change", text))


def _how() -> dict[str, Any]:
    return {"ip": address(), "correlation_id": g.get("correlation_id")}
