"""The first half of a login: the password. Right ones lead on to the second factor; wrong ones take ever longer.

A stranger who knows a user name slows down only strangers: a browser from which the user came in before has a counter
of its own. Answers are the same, and take as long, whether the user exists or not.
"""

from math import ceil
from typing import Any

from flask import Flask, Response, make_response, redirect, request

from console.auth import devices, forms, login_challenge
from console.auth.audited import address
from console.auth.context import COOKIE, DEVICE_COOKIE, AuthContext, digest_name
from console.auth.login_challenge import Pending
from console.auth.login_throttle import Counter
from console.auth.navigation import own_path
from console.auth.passwords import make_hash, matches, needs_rehash
from core import clock
from core.identity import second_factors, users
from core.identity.usernames import canonical
from core.identity.users import User
from core.web.client import counted

WRONG = "Incorrect user name or password."


def install(server: Flask, auth: AuthContext) -> None:
    """Add `<prefix>login` and `<prefix>logout`."""
    prefix = auth.prefix

    @server.get(f"{prefix}login", endpoint="login")
    def show() -> Response:
        return _form(auth, 200)

    @server.post(f"{prefix}login", endpoint="login_submit")
    def submit() -> Response:
        name, password = request.form.get("user", "")[:256], request.form.get("password", "")
        if not forms.has_valid_csrf(auth):
            return _form(auth, 400, forms.EXPIRED, name)
        user, wait = check(auth, name, password)
        if wait:
            return slow_down(_form(auth, 429, waiting(wait), name), wait)
        if user is None:
            return _form(auth, 401, WRONG, name)
        if user.locked_at is not None:
            return _form(auth, 403, "This account is locked. An administrator can unlock it.", name)
        return lead_on(auth, user, own_path(request.args.get("next"), prefix))

    @server.post(f"{prefix}logout", endpoint="logout")
    def logout() -> Response:
        auth.sessions.end(request.cookies[COOKIE])
        answer = make_response(redirect(f"{prefix}login", 303))
        answer.delete_cookie(COOKIE, path=prefix)
        return answer


def check(auth: AuthContext, name: str, password: str, emergency: Counter | None = None) -> tuple[User | None, float]:
    """The user whose password this is, not disabled, or None; and the seconds to wait when nothing was judged.

    A browser of the user's own has its own counter instead of the account's and the client's. The `emergency` entrance
    has one of its own by client, because its recovery codes cannot be guessed and a stranger must not keep it shut; a
    right password alone neither gives that one back nor takes longer.
    """
    auth.seed()
    now = clock.now()
    cookie = request.cookies.get(DEVICE_COOKIE)
    with auth.database.transaction() as connection:
        user = users.by_name(connection, name)
        known = devices.is_known(connection, user.id if user else -1, cookie)
    counters = [emergency] if emergency else _counters(auth, name, user if known else None)
    wait = auth.attempts.take(counters, now)
    if wait > 0:
        return None, wait
    right = matches(password, user.password_hash if user else None)
    if not right or user is None or user.disabled_at is not None:
        _failed(auth, name)
        return None, 0.0
    if emergency:
        return user, 0.0
    auth.attempts.give_back(counters)
    if user.password_hash and needs_rehash(user.password_hash):
        with auth.database.transaction() as connection:
            users.rehash(connection, user.id, user.password_hash, make_hash(password))
    return user, 0.0


def lead_on(auth: AuthContext, user: User, wanted: str) -> Response:
    """On to the second factor, or to its enrolment, for who showed the first one in the epoch that `user` tells."""
    return begin_challenge(auth, make_response(redirect(second_step(auth, user), 303)), user, wanted)


def begin_challenge(auth: AuthContext, answer: Response, user: User, wanted: str) -> Response:
    """The answer, with the cookie of a login that waits for its second factor and then goes to `wanted`."""
    token = auth.pendings.start(Pending(user.id, user.epoch, wanted))
    answer.set_cookie(
        login_challenge.COOKIE,
        token,
        httponly=True,
        secure=request.is_secure,
        samesite="Strict",
        path=f"{auth.prefix}login",
    )
    return answer


def second_step(auth: AuthContext, user: User) -> str:
    """Where a login goes on: to the second factor that there is, or to the enrolment of one."""
    with auth.database.transaction() as connection:
        return f"{auth.prefix}login/{'mfa' if second_factors.has_any(connection, user) else 'enrol'}"


def waiting(seconds: float) -> str:
    """What somebody reads who has to wait."""
    return f"Too many failed attempts. Try again in {ceil(seconds)} s."


def slow_down(answer: Response, seconds: float) -> Response:
    """Say in the header, too, how long to wait."""
    answer.headers["Retry-After"] = str(ceil(seconds))
    return answer


def _counters(auth: AuthContext, name: str, owner: User | None) -> list[Counter]:
    if owner is not None:
        device = devices.digest(request.cookies.get(DEVICE_COOKIE))[:32]
        return [auth.config.device.counter(f"device:{owner.id}:{device}")]
    by_client = auth.config.address.counter(f"address:{counted(address())}")
    return [auth.config.account.counter(f"account:{digest_name(name)}"), by_client]


def _failed(auth: AuthContext, typed: str) -> None:
    name = canonical(typed)
    auth.emit_security_event("medium", "login", "failure", f"Failed login of {name or 'an empty user name'}", name)
    if auth.attempts.count(f"failures-from:{counted(address())}") == auth.config.admin_failures_from_ip:
        text = f"{auth.config.admin_failures_from_ip} failed console logins from {address()}"
        auth.emit_security_event("high", "password-burst", "failure", text, name)


def _form(auth: AuthContext, status: int, wrong: str = "", name: str = "") -> Response:
    wanted = own_path(request.args.get("next"), auth.prefix)
    values: dict[str, Any] = {"wrong": wrong, "user": name, "next": "" if wanted == auth.prefix else wanted}
    provider = auth.oidc.label if auth.oidc.issuer else ""
    return forms.show(auth, "login.html", status, ready=_is_ready(auth), provider=provider, **values)


def _is_ready(auth: AuthContext) -> bool:
    if auth.settings.admin_password_hash:
        return True
    with auth.database.transaction() as connection:
        return bool(users.listing(connection))
