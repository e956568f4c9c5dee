"""What people decide about an exception: resolved, ignored, or open again."""

from flask import g

from console.actions import Action, Done, Form, Refusal, action
from console.auth.audited import address
from console.auth.context import AuthContext
from core import clock
from core.db.queries import query

LARGEST = 2_147_483_647  # a number of PostgreSQL
WORDS = {
    "resolved": "Resolved. It is reopened if it comes back.",
    "ignored": "Ignored. It never pages and stays closed.",
    "open": "Reopened.",
}


def _decide(auth: AuthContext, form: Form, state: str) -> Done:
    number = int(form.names["group_id"])
    with auth.database.transaction() as connection:
        given = {"id": number}
        found = connection.execute(query("exceptions.state"), given).first() if number <= LARGEST else None
        if found is None:
            raise Refusal("This exception does not exist.", 404)
        if found.state == state:
            raise Refusal(f"It is already {state}.", 409)
        connection.execute(
            query("exceptions.set_state"), {**given, "state": state, "by": g.session.user, "at": clock.now()}
        )
        auth.audit.append(
            connection, g.session.user, "exception.state", f"exception:{number}", {"state": found.state},
            {"state": state, "service": found.service}, address(),
        )  # fmt: skip
    g.audited = True
    return Done(WORDS[state])


@action("exceptions/<int:group_id>/resolve", role="operator", name="exception_resolve")
def resolve(auth: AuthContext, form: Form) -> Done:
    """Say that a bug is fixed."""
    return _decide(auth, form, "resolved")


@action("exceptions/<int:group_id>/ignore", role="operator", name="exception_ignore")
def ignore(auth: AuthContext, form: Form) -> Done:
    """Say that a bug wants no attention."""
    return _decide(auth, form, "ignored")


@action("exceptions/<int:group_id>/reopen", role="operator", name="exception_reopen")
def reopen(auth: AuthContext, form: Form) -> Done:
    """Take the decision back."""
    return _decide(auth, form, "open")


EVERY: tuple[Action, ...] = (resolve, ignore, reopen)
