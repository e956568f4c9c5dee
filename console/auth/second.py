"""The second half of a login: the second factor, its enrolment at the first login, and the break-glass entrance."""

from typing import Any

import segno
from flask import Flask, Response, make_response, redirect, request

from console.auth import factor, forms, login, passkeys, pending
from console.auth.door import Door
from console.auth.factor import SENTENCES, Shown
from console.auth.pending import Pending
from core import clock, totp
from core.store import factors, users
from core.store.factors import Verdict
from core.store.users import User

ISSUER = "Gatehouse"


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>login/mfa`, `<prefix>login/enrol` and `<prefix>login/emergency`."""
    prefix = door.prefix

    @server.get(f"{prefix}login/mfa", endpoint="mfa")
    def ask() -> Response:
        half, user = _half(door)
        return _ask(door, half, user) if half and user else _anew(door)

    @server.post(f"{prefix}login/mfa", endpoint="mfa_submit")
    def judge() -> Response:
        half, user = _half(door)
        if half is None or user is None:
            return _anew(door)
        if user.enrolled_at is None:
            return make_response(redirect(f"{prefix}login/enrol", 303))
        if not forms.is_ours(door):
            return _ask(door, half, user, 400, forms.EXPIRED)
        shown = Shown.of_form(half.challenge)
        if shown.empty:
            return _ask(door, half, user, 400, "Type the code that your authenticator shows.")
        return _come_in(door, user, shown, half.wanted, lambda text: _ask(door, half, user, 401, text))

    @server.get(f"{prefix}login/enrol", endpoint="enrol")
    def offer() -> Response:
        half, user = _half(door)
        if half is None or user is None or user.enrolled_at is not None:
            return _anew(door)
        return _offer(door, half, user)

    @server.post(f"{prefix}login/enrol", endpoint="enrol_submit")
    def enrol() -> Response:
        half, user = _half(door)
        if half is None or user is None or user.enrolled_at is not None or not half.secret:
            return _anew(door)
        if not forms.is_ours(door):
            return _offer(door, half, user, 400, forms.EXPIRED)
        secret = door.sealer.open(bytes.fromhex(half.secret), f"enrol:{user.id}")
        step = totp.matching_step(secret, "".join(request.form.get("code", "").split())[:16], clock.now())
        if step is None:
            text = "That is not the code of this moment. Look whether the clock of your phone is right."
            return _offer(door, half, user, 401, text)
        return _enrol(door, user, secret, step, half.wanted)

    @server.get(f"{prefix}login/emergency", endpoint="emergency")
    def emergency() -> Response:
        return forms.show(door, "emergency.html", wrong="", user="")

    @server.post(f"{prefix}login/emergency", endpoint="emergency_submit")
    def break_glass() -> Response:
        return _break_glass(door)


def _come_in(door: Door, user: User, shown: Shown, wanted: str, again: Any, emergency: bool = False) -> Response:
    cookies: list[str] = []
    verdict = factor.present(
        door,
        user,
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


def _enrol(door: Door, user: User, secret: bytes, step: int, wanted: str) -> Response:
    codes, hashes = factor.new_codes()
    with door.database.transaction() as connection:
        fresh = users.by_id(connection, user.id, lock=True)
        if fresh is None or not fresh.open or fresh.enrolled_at is not None:
            return _anew(door)
        now = clock.now()
        factors.enrol(connection, user.id, door.sealer.seal(secret, f"totp:{user.id}"), step, now)
        factors.set_codes(connection, user.id, hashes)
        door.record(connection, "mfa.enrol", f"user:{user.name}", None, {"factor": "totp"}, actor=user.name)
        cookies = door.let_in(connection, fresh, now)
    door.tell("low", "mfa-enrol", "success", f"{user.name} enrolled an authenticator", user.name)
    return _finish(door, forms.show(door, "codes.html", codes=codes, user=user.name, wanted=wanted), list(cookies))


def _break_glass(door: Door) -> Response:
    """Password and recovery code at once, for the break-glass administrator: no lock and no stranger keeps them out."""
    name = request.form.get("user", "")[:256]

    def again(text: str, status: int = 401) -> Response:
        return forms.show(door, "emergency.html", status, wrong=text, user=name)

    if not forms.is_ours(door):
        return again(forms.EXPIRED, 400)
    user, wait = login.check(door, name, request.form.get("password", ""), emergency=True)
    if wait:
        return login.slow_down(again(login.waiting(wait), 429), wait)
    refused = "These do not open the emergency entrance."
    if user is None or not user.break_glass:
        return again(refused)
    shown = Shown(recovery=request.form.get("recovery", "")[:64])
    answer = _come_in(door, user, shown, door.prefix, lambda _: again(refused), emergency=True)
    if answer.status_code == 303:
        with door.database.transaction() as connection:
            door.record(connection, "break-glass", f"user:{user.name}", None, {"used": True}, actor=user.name)
        door.tell("critical", "break-glass", "success", f"Break-glass login of {user.name}", user.name)
    return answer


def _finish(door: Door, answer: Response, cookies: list[str]) -> Response:
    token = request.cookies.get(pending.COOKIE)
    if token:
        door.pendings.end(token)
    answer.delete_cookie(pending.COOKIE, path=f"{door.prefix}login")
    return door.set_session(answer, *cookies)


def _half(door: Door) -> tuple[Pending | None, User | None]:
    half = door.pendings.find(request.cookies.get(pending.COOKIE))
    if half is None:
        return None, None
    with door.database.transaction() as connection:
        return half, users.by_id(connection, half.user_id)


def _anew(door: Door) -> Response:
    return make_response(redirect(f"{door.prefix}login", 303))


def _ask(door: Door, half: Pending, user: User, status: int = 200, wrong: str = "") -> Response:
    with door.database.transaction() as connection:
        known = factors.passkeys(connection, user.id)
    fresh = passkeys.challenge()
    options = passkeys.request_options(known, fresh)
    if options:
        door.pendings.change(request.cookies[pending.COOKIE], half, challenge=fresh)
    return forms.show(door, "mfa.html", status, wrong=wrong, user=user.name, options=options)


def _offer(door: Door, half: Pending, user: User, status: int = 200, wrong: str = "") -> Response:
    if half.secret:
        secret = door.sealer.open(bytes.fromhex(half.secret), f"enrol:{user.id}")
    else:
        secret = totp.new_secret()
        sealed = door.sealer.seal(secret, f"enrol:{user.id}").hex()
        door.pendings.change(request.cookies[pending.COOKIE], half, secret=sealed)
    picture = segno.make(totp.uri(secret, user.name, ISSUER), error="m").svg_inline(
        border=3, dark="#000", light="#fff", omitsize=True
    )
    return forms.show(door, "enrol.html", status, wrong=wrong, picture=picture, secret=totp.readable(secret))
