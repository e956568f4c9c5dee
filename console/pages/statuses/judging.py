"""What people say of an episode: was right, was wrong, or the new normal, which the detector learns at once."""

from flask import g

from console.actions import Action, Done, Form, Refusal, action
from console.auth.audited import address
from console.auth.context import AuthContext
from core import clock
from core.db.queries import query
from core.statuses import store
from core.statuses.episode import MINUTE

WORDS = {
    "right": "Saved: the alarm was right.",
    "wrong": "Saved: it was a false alarm.",
    "new-normal": "Saved: the current level is the new normal. The detector learns it within a minute.",
}


def _judge(auth: AuthContext, form: Form, judgement: str) -> Done:
    name, now = form.names["episode_id"], clock.now()
    with auth.database.transaction() as connection:
        before = store.episode(connection, name) if "\0" not in name else None
        if before is None:
            raise Refusal("This episode does not exist.", 404)
        if judgement == "new-normal" and before.told is not None:
            raise Refusal("This episode is already over.", 409)
        store.judge_episode(connection, name, judgement, g.session.user, now)
        if judgement == "new-normal":
            values = {"source": before.source, "minute": int(now // MINUTE), "now": now}
            connection.execute(query("status_feed.touch"), values)
        was, said = ({"judgement": word} for word in (before.judgement, judgement))
        auth.audit.append(
            connection, g.session.user, "status.judge", f"episode:{name}", was, {**said, "source": before.source},
            address(),
        )  # fmt: skip
    g.audited = True
    return Done(WORDS[judgement])


@action("statuses/<episode_id>/right", role="operator", name="status_right")
def right(auth: AuthContext, form: Form) -> Done:
    """Say that an episode was an incident."""
    return _judge(auth, form, "right")


@action("statuses/<episode_id>/wrong", role="operator", name="status_wrong")
def wrong(auth: AuthContext, form: Form) -> Done:
    """Say that an episode was a false alarm."""
    return _judge(auth, form, "wrong")


@action("statuses/<episode_id>/new-normal", role="operator", name="status_new_normal")
def new_normal(auth: AuthContext, form: Form) -> Done:
    """Say that the present level is usual from now on."""
    return _judge(auth, form, "new-normal")


EVERY: tuple[Action, ...] = (right, wrong, new_normal)
