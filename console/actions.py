"""The contract of a change that a person makes: one decorator, one answer, one way to refuse.

`@action` beside a page names the address, the least role and whether a second factor must have been shown lately. The
guard (`console/auth/guard.py`) then checks origin, session, role, token and step-up before the function runs; here each
change counts once however often it was sent, is in the audit log whatever the function forgets, and is answered as the
browser's forms understand it (`assets/js/shell/actions.js`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import Flask, Response, g, make_response, redirect, request

from console.auth import permissions
from console.auth.context import Door
from console.auth.roles import Role
from console.component_data import plain
from console.format import sentence
from core import codec
from core.db import keys
from core.db.redis_client import Live
from core.errors import BadInput
from core.web.problems import problem

ONCE = "X-Once"  # names one press of a button; a second request with it changes nothing
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an action. `message` is shown in the toast; `secret` is shown once, and copied from there.

    `content` are components that take the place of what the element `place` shows, and the page stays as it is; `status`
    is 400 where they say what is wrong. `data` goes to a script of the page as it is. `report` goes into the security events: severity, action and text. `bad` says that the answer is no good news.
    """

    message: str
    secret: str = ""
    secret_title: str = ""
    report: tuple[str, str, str] | None = None
    bad: bool = False
    place: str = ""
    content: Any = None
    status: int = 200
    data: Mapping[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """An action that cannot be done. `fields` says by field what is wrong with it; what was typed stays."""

    def __init__(self, message: str = "", status: int = 400, **fields: str) -> None:
        self.message = message or "Check the marked fields."
        self.status = status
        self.fields = fields
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent: `text` strips and cuts, `all` gives each value of a field that can be ticked more than once."""

    values: Any
    names: Mapping[str, str] = field(default_factory=dict)  # from the address

    def text(self, name: str, most: int = 200) -> str:
        """A field without blanks around it, at most so many characters of it."""
        return str(self.values.get(name, "")).strip()[:most]

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [str(value) for value in self.values.getlist(name)]


Run = Callable[[Door, Form], Done]


@dataclass(frozen=True, slots=True)
class Action:
    """A change: its endpoint's name, its address under the prefix, who may make it, and what makes it."""

    name: str
    path: str
    role: Role
    step_up: bool
    audited: bool
    run: Run


def action(path: str, role: Role, name: str, step_up: bool = False, audited: bool = True) -> Callable[[Run], Action]:
    """Make a function an action. `audited=False` is for what changes nothing, such as a check."""

    def made(run: Run) -> Action:
        return Action(name, path, role, step_up, audited, run)

    return made


def install(server: Flask, door: Door, live: Live, page: str, actions: tuple[Action, ...]) -> None:
    """Add the routes of a page's actions, and their rows to the access rules. `page` is the page's whole address."""
    for one in actions:
        permissions.admit(one.name, one.role, step_up=one.step_up)
        server.post(door.prefix + one.path, endpoint=one.name)(_view(door, live, page, one))


def _view(door: Door, live: Live, page: str, wanted: Action) -> Callable[..., Response]:
    def view(**names: Any) -> Response:
        key = _once(wanted.name)
        if key and not _claim(live, key):
            return problem(409, "This was sent twice; it was done once.", "Already done")
        try:
            done = _run(door, wanted, Form(request.form, {name: str(value) for name, value in names.items()}))
        except Refusal as refusal:
            _release(live, key)
            return problem(refusal.status, refusal.message, "Not done", fields=refusal.fields)
        except BadInput as error:
            _release(live, key)
            reason = sentence(error.reason)
            return problem(400, reason, "Not done", fields={error.field.removeprefix("$."): reason}, field=error.field)
        except Exception:
            _release(live, key)
            raise
        return _answer(page, wanted, done)

    return view


def _run(door: Door, wanted: Action, form: Form) -> Done:
    g.audited = False
    done = wanted.run(door, form)
    if wanted.audited and not g.audited:
        with door.database.transaction() as connection:
            door.record(
                connection, wanted.name, request.path.removeprefix(door.prefix), None, {"message": done.message}
            )
    if done.report is not None:
        severity, name, text = done.report
        door.tell(severity, name, "success", f"{g.session.user} {text}", g.session.user)
    return done


def _answer(page: str, wanted: Action, done: Done) -> Response:
    """JSON for the shell, and where the answer is all there is; anything else is led back to the page."""
    if request.accept_mimetypes.best != "application/json" and _is_all_said(wanted, done):
        return make_response(redirect(page, 303))
    body = {
        **done.data, "message": done.message, "secret": done.secret, "secret_title": done.secret_title, "bad": done.bad,
        "place": done.place, "content": plain(done.content),
    }  # fmt: skip
    return Response(
        codec.encode(body), done.status, headers={"Cache-Control": "no-store"}, content_type="application/json"
    )


def _is_all_said(wanted: Action, done: Done) -> bool:
    """Whether the page that is shown next says everything that the answer would."""
    return wanted.audited and not (done.secret or done.place or done.data)


def _once(name: str) -> str:
    """The key of this press of a button by this person; empty when the browser did not name it."""
    given = request.headers.get(ONCE, "")
    if not given or len(given) > _LONGEST_NAME:
        return ""
    return keys.once(sha256(f"{g.session.user_id}/{name}/{given}".encode()).hexdigest())


def _claim(live: Live, key: str) -> bool:
    with live.reach() as redis:
        return bool(redis.set(key, b"1", nx=True, ex=keys.ONCE_TTL))


def _release(live: Live, key: str) -> None:
    if key:
        with live.reach() as redis:
            redis.delete(key)
