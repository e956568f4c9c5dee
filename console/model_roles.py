"""A change of a model's role that a person makes: one transaction, then readers and the security log are told."""

from collections.abc import Callable
from typing import Any

from flask import g

from console.actions import Refusal
from console.auth.context import AuthContext
from console.format import sentence
from core.errors import BadInput
from core.models import roles
from core.models.roles import RoleChange

ROLE_LOOKS = {
    "champion": ("good", "shield-check"),
    "challenger": ("ok", "eye"),
    "ensemble": ("review", "lightning-charge"),
}
MEASURES = (
    ("auc_roc", "AUC ROC"),
    ("average_precision", "Average precision"),
    ("precision", "Precision"),
    ("recall", "Recall"),
    ("f1", "F1"),
)
Does = Callable[[Any], RoleChange | None]


def change(auth: AuthContext, does: Does) -> None:
    """Make a change of roles. Refused with 409 when it is no longer possible."""
    try:
        with auth.database.transaction() as connection:
            made = does(connection)
    except BadInput as error:
        raise Refusal(sentence(error.reason), 409) from None
    announce(auth, made)


def announce(auth: AuthContext, made: RoleChange | None) -> None:
    """Tell readers and the security log of a change that is committed."""
    roles.publish(auth.live, made)
    if made is not None:
        before = "nobody" if made.before is None else f"model {made.before}"
        text = f"{g.session.user} made model {made.after} the {made.role}, replacing {before}"
        auth.emit_security_event("medium", "model-change", "success", text, g.session.user)
