"""The contract of a change that a person makes: one decorator, one answer, one way to refuse.

`@action` beside a page names the address, the least role and whether a second factor must have been shown lately. The
guard (`console/auth/guard.py`) then checks origin, session, role, token and step-up before the function runs; here each
change counts once however often it was sent, is in the audit log whatever the function forgets, and is answered as the
browser's forms understand it (`assets/js/shell/actions.js`).
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from flask import Response, g, make_response, redirect, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from console import dialogs
from console.as_html import as_html
from console.auth import permissions
from console.auth.context import AuthContext
from console.auth.roles import Role
from console.format import sentence, size
from core import codec
from core.db import keys
from core.db.redis_client import Live
from core.errors import BadInput
from core.settings import Settings
from core.web.app import App
from core.web.current import current_request
from core.web.problems import problem

FORM_BYTES = 65_536  # what a form weighs beside its file
ONCE = "X-Once"  # names one press of a button; a second request with it changes nothing
_LONGEST_NAME = 64
_NAME = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an action. `message` is shown in the toast; `secret` is shown once, and copied from there.

    `secret_note` says what it is good for; with a `secret_file` it can be downloaded under that name. `go` is where the
    shell goes then, under the prefix; without it the page shows itself anew. `passkey` are the options of a new
    passkey, whose answer goes to the action at `passkey_to`. `report` goes into the security events: severity, action
    and text. `bad` says that the answer is no good news.
    `content` are components that take the place of what the element `place` shows, and the page stays as it is;
    `status` is 400 where they say what is wrong. `data` goes to a script of the page as it is.
    """

    message: str
    secret: str = ""
    secret_title: str = ""
    secret_note: str = "You will not see it again; only its hash is stored."
    secret_file: str = ""
    go: str = ""
    passkey: str = ""
    passkey_to: str = ""
    report: tuple[str, str, str] | None = None
    bad: bool = False
    place: str = ""
    content: Any = None
    status: int = 200
    data: Mapping[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """An action that cannot be done. `fields` says by field what is wrong with it; what was typed stays.

    `values` are what boxes of the form mean when they are ticked after this answer.
    """

    def __init__(
        self, message: str = "", status: int = 400, values: Mapping[str, str] | None = None, **fields: str
    ) -> None:
        self.message = message or " ".join(fields.values()) or "Check the marked fields."
        self.status = status
        self.fields = fields
        self.values = dict(values or {})
        super().__init__(self.message)

    @classmethod
    def by_field(cls, fields: Mapping[str, str], message: str = "") -> "Refusal":
        """A refused form, with what is wrong by the names of its fields."""
        return cls(message, 400, None, **fields)


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent: `text` strips and cuts, `all` gives each value of a field that can be ticked more than once."""

    values: Any
    names: Mapping[str, str] = field(default_factory=dict)  # from the address
    files: Mapping[str, FileStorage] = field(default_factory=dict)

    def text(self, name: str, most: int = 200) -> str:
        """A field without blanks around it, at most so many characters of it."""
        return str(self.values.get(name, "")).strip()[:most]

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [str(value) for value in self.values.getlist(name)]

    def file(self, name: str) -> FileStorage | None:
        """A file that was chosen (`forms.upload`)."""
        given = self.files.get(name)
        return given if given is not None and given.filename else None


Run = Callable[[AuthContext, Form], Done | Response]  # a Response is what asks for a second factor


@dataclass(frozen=True, slots=True)
class Action:
    """A change: its endpoint's name, its address under the prefix, who may make it, and what makes it."""

    name: str
    path: str
    role: Role
    step_up: bool
    audited: bool
    run: Run
    largest: Callable[[Settings], int] | None = None


def action(
    path: str,
    role: Role,
    name: str,
    step_up: bool = False,
    audited: bool = True,
    largest: Callable[[Settings], int] | None = None,
) -> Callable[[Run], Action]:
    """Make a function an action. `audited=False` is for what changes nothing, such as a check.

    `largest` says how many bytes a file in its form may have, where that is more than any other request may.
    """

    def made(run: Run) -> Action:
        return Action(name, path, role, step_up, audited, run, largest)

    return made


def allow_files(server: App, settings: Settings, prefix: str, actions: Collection[Action]) -> None:
    """Let the actions that take large files have them; call it before the guard reads the form."""
    limits = {one.name: one.largest(settings) + FORM_BYTES for one in actions if one.largest}
    server.large_bodies.update({prefix + one.path: limits[one.name] for one in actions if one.name in limits})

    @server.before_request
    def allow() -> None:
        asked = current_request()
        if asked.endpoint in limits:
            asked.max_content_length = limits[asked.endpoint]

    @server.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Response:
        if request.endpoint not in limits:
            return problem(413, error.description or "The request is too large.")
        most = size(limits[request.endpoint] - FORM_BYTES)
        return problem(413, f"The file is larger than {most}.", "Not sent")


def install(server: App, auth: AuthContext, live: Live, page: str, actions: tuple[Action, ...]) -> None:
    """Add the routes of a page's actions, and their rows to the access rules. `page` is the page's whole address."""
    for one in actions:
        permissions.admit(one.name, one.role, step_up=one.step_up)
        server.post(auth.prefix + one.path, endpoint=one.name)(_view(auth, live, page, one))


def _view(auth: AuthContext, live: Live, page: str, wanted: Action) -> Callable[..., Response]:
    def view(**names: Any) -> Response:
        key = _once(wanted.name)
        if key and not _claim(live, key):
            return problem(409, "This form was already submitted. The change was made once.", "Already done")
        try:
            form = Form(request.form, {name: str(value) for name, value in names.items()}, request.files)
            done = _run(auth, wanted, form)
        except Refusal as refusal:
            _release(live, key)
            return problem(refusal.status, refusal.message, "Not done", fields=refusal.fields, values=refusal.values)
        except BadInput as error:
            _release(live, key)
            reason = sentence(error.reason)
            return problem(400, reason, "Not done", fields={error.field.removeprefix("$."): reason}, field=error.field)
        except Exception:
            _release(live, key)
            raise
        if isinstance(done, Response):
            _release(live, key)
            return done
        return _answer(auth.prefix, _filled(page, names), wanted, done)

    return view


def _run(auth: AuthContext, wanted: Action, form: Form) -> Done | Response:
    g.audited = False
    done = wanted.run(auth, form)
    if isinstance(done, Response):
        return done
    if wanted.audited and not g.audited:
        with auth.database.transaction() as connection:
            auth.audit_change(
                connection, wanted.name, request.path.removeprefix(auth.prefix), None, {"message": done.message}
            )
    if done.report is not None:
        severity, name, text = done.report
        auth.emit_security_event(severity, name, "success", f"{g.session.user} {text}", g.session.user)
    return done


def _filled(path: str, names: dict[str, Any]) -> str:
    """The address of a page with the names that the action's own address has."""
    return _NAME.sub(lambda found: quote(str(names[found[1]]), safe=""), path)


def _answer(prefix: str, page: str, wanted: Action, done: Done) -> Response:
    """JSON for the shell, and where the answer is all there is; anything else is led to the page."""
    go = prefix + done.go if done.go else ""
    if request.accept_mimetypes.best != "application/json" and _is_all_said(wanted, done):
        return make_response(redirect(go or page, 303))
    body = {
        **done.data, "message": done.message, "secret": done.secret, "secret_title": done.secret_title,
        "note": done.secret_note, "file": done.secret_file, "bad": done.bad, "go": go, "passkey": done.passkey,
        "passkey_to": done.passkey_to, "place": done.place, "content": as_html(done.content),
        "dialog": _shown_once(done),
    }  # fmt: skip
    headers = {"Cache-Control": "no-store"}
    return Response(codec.encode(body), done.status, headers, content_type="application/json")


def _shown_once(done: Done) -> str:
    return dialogs.secret(done.secret_title, done.secret, done.secret_note, done.secret_file) if done.secret else ""


def _is_all_said(wanted: Action, done: Done) -> bool:
    """Whether the page that is shown next says everything that the answer would."""
    return wanted.audited and not (done.secret or done.passkey or done.place or done.data)


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
