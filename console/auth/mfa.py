"""The second half of a login: the second factor, its enrolment at the first login, and the break-glass entrance."""

import time
from collections.abc import Callable

import segno
from flask import Flask, Response, make_response, redirect, request

from console.auth import factor, forms, login, login_challenge, passkeys, totp
from console.auth.audited import address
from console.auth.context import AuthContext
from console.auth.factor import SENTENCES, Shown
from console.auth.login_challenge import Pending
from core import clock
from core.identity import second_factors, users
from core.identity.second_factors import FactorCheck
from core.identity.users import User
from core.web.client import counted

ISSUER = "Gatehouse"
REFUSAL_SECONDS = 0.5  # of the emergency entrance, so that the time does not tell a right password from a wrong one


def install(server: Flask, auth: AuthContext) -> None:
    """Add `<prefix>login/mfa`, `<prefix>login/enrol` and `<prefix>login/emergency`."""
    prefix = auth.prefix

    @server.get(f"{prefix}login/mfa", endpoint="mfa")
    def ask() -> Response:
        half, user = _half(auth)
        return _ask(auth, user) if half and user else _anew(auth)

    @server.post(f"{prefix}login/mfa", endpoint="mfa_submit")
    def judge() -> Response:
        half, user = _half(auth)
        if half is None or user is None:
            return _anew(auth)
        if not _has_factor(auth, user):
            return make_response(redirect(f"{prefix}login/enrol", 303))
        if not forms.has_valid_csrf(auth):
            return _ask(auth, user, 400, forms.EXPIRED)
        shown = Shown.of_form("login", request.cookies[login_challenge.COOKIE])
        if shown.empty:
            return _ask(auth, user, 400, "Enter the code from your authenticator app.")
        return _come_in(auth, user, half.epoch, shown, half.wanted, lambda text: _ask(auth, user, 401, text))

    @server.get(f"{prefix}login/enrol", endpoint="enrol")
    def offer() -> Response:
        half, user = _half(auth)
        if half is None or user is None or user.epoch != half.epoch or _has_factor(auth, user):
            return _anew(auth)
        return _offer(auth, half, user)

    @server.post(f"{prefix}login/enrol", endpoint="enrol_submit")
    def enrol() -> Response:
        half, user = _half(auth)
        if half is None or user is None or not half.secret or _has_factor(auth, user):
            return _anew(auth)
        if not forms.has_valid_csrf(auth):
            return _offer(auth, half, user, 400, forms.EXPIRED)
        secret = auth.secret_box.open(bytes.fromhex(half.secret), f"enrol:{user.id}")
        step = totp.matching_step(secret, "".join(request.form.get("code", "").split())[:16], clock.now())
        if step is None:
            text = "Incorrect code. Check that your phone's clock is set automatically."
            return _offer(auth, half, user, 401, text)
        return _enrol(auth, half, secret, step)

    @server.get(f"{prefix}login/emergency", endpoint="emergency")
    def emergency() -> Response:
        return forms.show(auth, "emergency.html", wrong="", user="")

    @server.post(f"{prefix}login/emergency", endpoint="emergency_submit")
    def break_glass() -> Response:
        return _break_glass(auth)


def _come_in(
    auth: AuthContext,
    user: User,
    epoch: int,
    shown: Shown,
    wanted: str,
    again: Callable[[str], Response],
    emergency: bool = False,
) -> Response:
    cookies: list[str] = []
    verdict = factor.present(
        auth,
        user,
        epoch,
        shown,
        lambda connection, locked: cookies.extend(auth.establish_session(connection, locked, clock.now())),
        emergency,
    )
    if verdict is not FactorCheck.RIGHT:
        return again(SENTENCES[verdict])
    auth.emit_security_event("low", "login", "success", f"Login of {user.name} ({shown.kind})", user.name)
    if shown.kind == "recovery" and not emergency:
        auth.emit_security_event("medium", "mfa-recovery", "success", f"{user.name} used a recovery code", user.name)
    return _finish(auth, make_response(redirect(wanted, 303)), cookies)


def _enrol(auth: AuthContext, half: Pending, secret: bytes, step: int) -> Response:
    codes, hashes = factor.new_codes()
    with auth.database.transaction() as connection:
        user = users.by_id(connection, half.user_id, lock=True)
        if user is None or not user.open or user.epoch != half.epoch or second_factors.has_any(connection, user):
            return _anew(auth)
        now = clock.now()
        second_factors.enrol(connection, user.id, auth.secret_box.seal(secret, f"totp:{user.id}"), step, now)
        second_factors.set_codes(connection, user.id, hashes)
        auth.audit_change(connection, "mfa.enrol", f"user:{user.name}", None, {"factor": "totp"}, actor=user.name)
        cookies = auth.establish_session(connection, user, now)
    auth.emit_security_event("low", "mfa-enrol", "success", f"{user.name} enrolled an authenticator", user.name)
    return _finish(auth, forms.show(auth, "codes.html", codes=codes, user=user.name, wanted=half.wanted), list(cookies))


def _break_glass(auth: AuthContext) -> Response:
    """Password and recovery code at once, for the break-glass administrator: no lock and no stranger keeps them out."""
    name = request.form.get("user", "")[:256]
    since = time.monotonic()

    def again(text: str, status: int = 401) -> Response:
        return forms.show(auth, "emergency.html", status, wrong=text, user=name)

    if not forms.has_valid_csrf(auth):
        return again(forms.EXPIRED, 400)
    counter = auth.config.address.counter(f"emergency:{counted(address())}")
    user, wait = login.check(auth, name, request.form.get("password", ""), counter)
    if wait:
        return login.slow_down(again(login.waiting(wait), 429), wait)
    refused = "Incorrect user name, password or recovery code."
    shown = Shown(recovery=request.form.get("recovery", "")[:64])
    if user is None or not user.break_glass:
        factor.spend(shown)
        answer = again(refused)
    else:
        answer = _come_in(auth, user, user.epoch, shown, auth.prefix, lambda _: again(refused), emergency=True)
    if user is None or answer.status_code != 303:
        time.sleep(max(0.0, REFUSAL_SECONDS - (time.monotonic() - since)))
    else:
        auth.attempts.give_back([counter])
        with auth.database.transaction() as connection:
            auth.audit_change(connection, "break-glass", f"user:{user.name}", None, {"used": True}, actor=user.name)
        auth.emit_security_event("critical", "break-glass", "success", f"Break-glass login of {user.name}", user.name)
    return answer


def _finish(auth: AuthContext, answer: Response, cookies: list[str]) -> Response:
    token = request.cookies.get(login_challenge.COOKIE)
    if token:
        auth.pendings.end(token)
    answer.delete_cookie(login_challenge.COOKIE, path=f"{auth.prefix}login")
    return auth.set_session(answer, *cookies)


def _half(auth: AuthContext) -> tuple[Pending | None, User | None]:
    half = auth.pendings.find(request.cookies.get(login_challenge.COOKIE))
    if half is None:
        return None, None
    with auth.database.transaction() as connection:
        return half, users.by_id(connection, half.user_id)


def _has_factor(auth: AuthContext, user: User) -> bool:
    with auth.database.transaction() as connection:
        return second_factors.has_any(connection, user)


def _anew(auth: AuthContext) -> Response:
    return make_response(redirect(f"{auth.prefix}login", 303))


def _ask(auth: AuthContext, user: User, status: int = 200, wrong: str = "") -> Response:
    with auth.database.transaction() as connection:
        known = second_factors.passkeys(connection, user.id)
    options = ""
    if passkeys.can_ask(known):
        fresh = auth.challenges.make("login", user.id, request.cookies[login_challenge.COOKIE])
        options = passkeys.request_options(known, fresh)
    return forms.show(auth, "mfa.html", status, wrong=wrong, user=user.name, options=options)


def _offer(auth: AuthContext, half: Pending, user: User, status: int = 200, wrong: str = "") -> Response:
    if half.secret:
        secret = auth.secret_box.open(bytes.fromhex(half.secret), f"enrol:{user.id}")
    else:
        secret = totp.new_secret()
        sealed = auth.secret_box.seal(secret, f"enrol:{user.id}").hex()
        auth.pendings.change(request.cookies[login_challenge.COOKIE], half, secret=sealed)
    picture = segno.make(totp.uri(secret, user.name, ISSUER), error="m").svg_inline(
        border=3, dark="#000", light="#fff", omitsize=True
    )
    return forms.show(auth, "enrol.html", status, wrong=wrong, picture=picture, secret=totp.readable(secret))
