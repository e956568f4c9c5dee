"""The second half of a login: the second factor, its enrolment at the first login, and the break-glass entrance."""

import time
from collections.abc import Callable

import segno
from flask import Flask, Response, make_response, redirect, request

from console.auth import factor, forms, login, login_challenge, passkeys, totp
from console.auth.audited import address
from console.auth.context import Door
from console.auth.factor import SENTENCES, Shown
from console.auth.login_challenge import Pending
from core import clock
from core.identity import second_factors, users
from core.identity.second_factors import Verdict
from core.identity.users import User
from core.web.client import counted

ISSUER = "Gatehouse"
REFUSAL_SECONDS = 0.5  # of the emergency entrance, so that the time does not tell a right password from a wrong one


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>login/mfa`, `<prefix>login/enrol` and `<prefix>login/emergency`."""
    prefix = door.prefix

    @server.get(f"{prefix}login/mfa", endpoint="mfa")
    def ask() -> Response:
        half, user = _half(door)
        return _ask(door, user) if half and user else _anew(door)

    @server.post(f"{prefix}login/mfa", endpoint="mfa_submit")
    def judge() -> Response:
        half, user = _half(door)
        if half is None or user is None:
            return _anew(door)
        if not _has_factor(door, user):
            return make_response(redirect(f"{prefix}login/enrol", 303))
        if not forms.is_ours(door):
            return _ask(door, user, 400, forms.EXPIRED)
        shown = Shown.of_form("login", request.cookies[login_challenge.COOKIE])
        if shown.empty:
            return _ask(door, user, 400, "Enter the code from your authenticator app.")
        return _come_in(door, user, half.epoch, shown, half.wanted, lambda text: _ask(door, user, 401, text))

    @server.get(f"{prefix}login/enrol", endpoint="enrol")
    def offer() -> Response:
        half, user = _half(door)
        if half is None or user is None or user.epoch != half.epoch or _has_factor(door, user):
            return _anew(door)
        return _offer(door, half, user)

    @server.post(f"{prefix}login/enrol", endpoint="enrol_submit")
    def enrol() -> Response:
        half, user = _half(door)
        if half is None or user is None or not half.secret or _has_factor(door, user):
            return _anew(door)
        if not forms.is_ours(door):
            return _offer(door, half, user, 400, forms.EXPIRED)
        secret = door.sealer.open(bytes.fromhex(half.secret), f"enrol:{user.id}")
        step = totp.matching_step(secret, "".join(request.form.get("code", "").split())[:16], clock.now())
        if step is None:
            text = "Incorrect code. Check that your phone's clock is set automatically."
            return _offer(door, half, user, 401, text)
        return _enrol(door, half, secret, step)

    @server.get(f"{prefix}login/emergency", endpoint="emergency")
    def emergency() -> Response:
        return forms.show(door, "emergency.html", wrong="", user="")

    @server.post(f"{prefix}login/emergency", endpoint="emergency_submit")
    def break_glass() -> Response:
        return _break_glass(door)


def _come_in(
    door: Door,
    user: User,
    epoch: int,
    shown: Shown,
    wanted: str,
    again: Callable[[str], Response],
    emergency: bool = False,
) -> Response:
    cookies: list[str] = []
    verdict = factor.present(
        door,
        user,
        epoch,
        shown,
        lambda connection, locked: cookies.extend(door.let_in(connection, locked, clock.now())),
        emergency,
    )
    if verdict is not Verdict.RIGHT:
        return again(SENTENCES[verdict])
    door.tell("low", "login", "success", f"Login of {user.name} ({shown.kind})", user.name)
    if shown.kind == "recovery" and not emergency:
        door.tell("medium", "mfa-recovery", "success", f"{user.name} used a recovery code", user.name)
    return _finish(door, make_response(redirect(wanted, 303)), cookies)


def _enrol(door: Door, half: Pending, secret: bytes, step: int) -> Response:
    codes, hashes = factor.new_codes()
    with door.database.transaction() as connection:
        user = users.by_id(connection, half.user_id, lock=True)
        if user is None or not user.open or user.epoch != half.epoch or second_factors.has_any(connection, user):
            return _anew(door)
        now = clock.now()
        second_factors.enrol(connection, user.id, door.sealer.seal(secret, f"totp:{user.id}"), step, now)
        second_factors.set_codes(connection, user.id, hashes)
        door.record(connection, "mfa.enrol", f"user:{user.name}", None, {"factor": "totp"}, actor=user.name)
        cookies = door.let_in(connection, user, now)
    door.tell("low", "mfa-enrol", "success", f"{user.name} enrolled an authenticator", user.name)
    return _finish(door, forms.show(door, "codes.html", codes=codes, user=user.name, wanted=half.wanted), list(cookies))


def _break_glass(door: Door) -> Response:
    """Password and recovery code at once, for the break-glass administrator: no lock and no stranger keeps them out."""
    name = request.form.get("user", "")[:256]
    since = time.monotonic()

    def again(text: str, status: int = 401) -> Response:
        return forms.show(door, "emergency.html", status, wrong=text, user=name)

    if not forms.is_ours(door):
        return again(forms.EXPIRED, 400)
    counter = door.config.address.counter(f"emergency:{counted(address())}")
    user, wait = login.check(door, name, request.form.get("password", ""), counter)
    if wait:
        return login.slow_down(again(login.waiting(wait), 429), wait)
    refused = "Incorrect user name, password or recovery code."
    shown = Shown(recovery=request.form.get("recovery", "")[:64])
    if user is None or not user.break_glass:
        factor.spend(shown)
        answer = again(refused)
    else:
        answer = _come_in(door, user, user.epoch, shown, door.prefix, lambda _: again(refused), emergency=True)
    if user is None or answer.status_code != 303:
        time.sleep(max(0.0, REFUSAL_SECONDS - (time.monotonic() - since)))
    else:
        door.attempts.give_back([counter])
        with door.database.transaction() as connection:
            door.record(connection, "break-glass", f"user:{user.name}", None, {"used": True}, actor=user.name)
        door.tell("critical", "break-glass", "success", f"Break-glass login of {user.name}", user.name)
    return answer


def _finish(door: Door, answer: Response, cookies: list[str]) -> Response:
    token = request.cookies.get(login_challenge.COOKIE)
    if token:
        door.pendings.end(token)
    answer.delete_cookie(login_challenge.COOKIE, path=f"{door.prefix}login")
    return door.set_session(answer, *cookies)


def _half(door: Door) -> tuple[Pending | None, User | None]:
    half = door.pendings.find(request.cookies.get(login_challenge.COOKIE))
    if half is None:
        return None, None
    with door.database.transaction() as connection:
        return half, users.by_id(connection, half.user_id)


def _has_factor(door: Door, user: User) -> bool:
    with door.database.transaction() as connection:
        return second_factors.has_any(connection, user)


def _anew(door: Door) -> Response:
    return make_response(redirect(f"{door.prefix}login", 303))


def _ask(door: Door, user: User, status: int = 200, wrong: str = "") -> Response:
    with door.database.transaction() as connection:
        known = second_factors.passkeys(connection, user.id)
    options = ""
    if passkeys.can_ask(known):
        fresh = door.challenges.make("login", user.id, request.cookies[login_challenge.COOKIE])
        options = passkeys.request_options(known, fresh)
    return forms.show(door, "mfa.html", status, wrong=wrong, user=user.name, options=options)


def _offer(door: Door, half: Pending, user: User, status: int = 200, wrong: str = "") -> Response:
    if half.secret:
        secret = door.sealer.open(bytes.fromhex(half.secret), f"enrol:{user.id}")
    else:
        secret = totp.new_secret()
        sealed = door.sealer.seal(secret, f"enrol:{user.id}").hex()
        door.pendings.change(request.cookies[login_challenge.COOKIE], half, secret=sealed)
    picture = segno.make(totp.uri(secret, user.name, ISSUER), error="m").svg_inline(
        border=3, dark="#000", light="#fff", omitsize=True
    )
    return forms.show(door, "enrol.html", status, wrong=wrong, picture=picture, secret=totp.readable(secret))
