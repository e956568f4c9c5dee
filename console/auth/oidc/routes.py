"""`login/oidc` sends the browser to the provider; `login/oidc/callback` takes it back, once, and goes on to our TOTP.

What was asked for (state, nonce, PKCE verifier) waits in Redis under the digest of a cookie and is taken out before it
is looked at, so that no answer counts twice. Our strict cookies do not come along from another site; the callback
therefore ends in a page of ours that goes on by itself.
"""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request

from console.auth import login
from console.auth.context import AuthContext
from console.auth.navigation import own_path
from console.auth.oidc.provider import Provider
from console.auth.oidc.token import Person, TokenRefused, is_recent, person
from core import clock, codec, log
from core.errors import DecryptionError, HttpUnavailable
from core.http import HttpClient
from core.identity import usernames, users
from core.identity.users import User

COOKIE = "gatehouse_oidc"
_log = log.get(__name__)


def install(server: Flask, auth: AuthContext) -> None:
    """Add the two routes; without a provider they lead to the login."""
    config = auth.oidc
    provider = Provider(config, auth.settings.oidc_client_secret, HttpClient("", timeout=5.0))
    root = f"{auth.prefix}login/oidc"

    @server.get(root, endpoint="oidc")
    def leave() -> Response:
        if not config.issuer:
            return make_response(redirect(f"{auth.prefix}login", 303))
        asked = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        longest = 0 if request.args.get("anew") else int(auth.config.absolute_hours * 3600)
        challenge = urlsafe_b64encode(sha256(asked["verifier"].encode()).digest()).decode().rstrip("=")
        try:
            address = provider.start(_callback(root), asked["state"], asked["nonce"], challenge, longest, not longest)
        except (HttpUnavailable, TokenRefused) as error:
            return _refuse(auth, str(error), "The identity provider cannot be reached. Try again in a moment.", 503)
        wanted = own_path(request.args.get("next"), auth.prefix)
        kept = {**asked, "wanted": wanted, "at": repr(clock.now()), "max_age": str(longest)}
        token = auth.pendings.remember(_sealed(auth, kept))
        answer = make_response(redirect(address, 303))
        # Lax: it has to come along when the provider sends the browser back.
        answer.set_cookie(COOKIE, token, httponly=True, secure=request.is_secure, samesite="Lax", path=root)
        return answer

    @server.get(f"{root}/callback", endpoint="oidc_callback")
    def come_back() -> Response:
        asked = _opened(auth, auth.pendings.take(request.cookies.get(COOKIE)))
        given = request.args.get("state", "")
        if asked is None or not compare_digest(given.encode(), asked["state"].encode()):
            return _refuse(auth, "state")
        if request.args.get("iss", config.issuer) != config.issuer:
            return _refuse(auth, "iss")
        code = request.args.get("code", "")
        if not code or len(code) > 4096:
            return _refuse(auth, f"no code: {request.args.get('error', '')[:80]}")
        try:
            found = person(provider.finish(code, asked["verifier"], _callback(root), asked["nonce"]), config)
        except TokenRefused as error:
            return _refuse(auth, str(error))
        except HttpUnavailable as error:
            return _refuse(auth, str(error), "The identity provider cannot be reached. Try again in a moment.", 503)
        if not is_recent(found.shown_at, float(asked["at"]), float(asked["max_age"]), config.leeway_seconds):
            text = "The identity provider did not ask you to log in again. Log out there and try again."
            return _refuse(auth, "auth_time", text)
        return _welcome(auth, found, asked["wanted"])


def _sealed(auth: AuthContext, asked: dict[str, str]) -> dict[str, str]:
    """What waits in Redis, whose append-only file outlives it, shows neither state nor verifier."""
    return {"state": "", "sealed": auth.secret_box.seal(codec.encode(asked), "oidc").hex()}


def _opened(auth: AuthContext, found: dict[str, str] | None) -> dict[str, str] | None:
    """What was asked; None when it was not sealed here, as by a release before."""
    if found is None or "sealed" not in found:
        return None
    try:
        asked: dict[str, str] = codec.decode(auth.secret_box.open(bytes.fromhex(found["sealed"]), "oidc"))
    except (DecryptionError, ValueError):
        return None
    return asked if "max_age" in asked else None


def _welcome(auth: AuthContext, found: Person, wanted: str) -> Response:
    """Map the person to a user of ours, whose role follows the provider; on to our second factor, or in."""
    if not found.role:
        return _refuse(
            auth, "no role", "You have no role in Gatehouse. Ask an administrator to add you to a group.", 403
        )
    cookies: tuple[str, str] | None = None
    with auth.database.transaction() as connection:
        known = users.by_subject(connection, found.subject)
        if known is None and (reason := usernames.refusal(found.name)):
            return _refuse(auth, "name", f"Your user name at the identity provider cannot be used here. {reason}", 403)
        if known is not None and known.role != found.role:
            users.administering(connection)
        user = _join(auth, connection, found) if known is None else users.by_id(connection, known.id, lock=True)
        kept = user is not None and user.role != found.role and not _follow(auth, connection, user, found.role)
        if user is not None and not kept:
            user = users.by_id(connection, user.id, lock=True)
        if user is not None and user.open and found.mfa and not kept:
            # The provider's proof is as old as it says, and of no age when it does not say.
            cookies = auth.establish_session(connection, user, clock.now(), min(found.shown_at, clock.now()))
    if user is None:
        text = "This name, or a similar one, belongs to another account. Contact an administrator."
        return _refuse(auth, "name taken", text, 403)
    if kept:
        text = (
            "The identity provider removes your administrator role, but you are the last administrator. Appoint "
            "another one first."
        )
        return _refuse(auth, "last administrator", text, 403)
    if not user.open:
        return _refuse(auth, "closed", "This account is disabled or locked. Contact an administrator.", 403)
    return _go_on(auth, user, wanted, cookies)


def _join(auth: AuthContext, connection: Any, found: Person) -> User | None:
    """A new user; None when the name is taken."""
    user = users.insert(connection, found.name, found.role, found.email, oidc_subject=found.subject)
    if user is not None:
        after: Any = {"role": user.role, "by": "provider"}
        auth.audit_change(connection, "user.join", f"user:{user.name}", None, after, actor=user.name)
    return user


def _follow(auth: AuthContext, connection: Any, user: User, role: str) -> bool:
    """The provider's role becomes the user's, unless nobody could administer then: their sessions end in any case."""
    if role != "admin" and users.is_last_admin(connection, user):
        users.end_epoch(connection, user.id)
        return False
    users.set_role(connection, user.id, role)
    before, after = {"role": user.role}, {"role": role, "by": "provider"}
    auth.audit_change(connection, "user.role", f"user:{user.name}", before, after, actor=user.name)
    return True


def _go_on(auth: AuthContext, user: User, wanted: str, cookies: tuple[str, str] | None) -> Response:
    to = wanted if cookies else login.second_step(auth, user)
    answer = make_response(render_template("hop.html", prefix=auth.prefix, to=to))
    answer.delete_cookie(COOKIE, path=f"{auth.prefix}login/oidc")
    if cookies:
        auth.emit_security_event("low", "login", "success", f"Login of {user.name} (provider with MFA)", user.name)
        return auth.set_session(answer, *cookies)
    return login.begin_challenge(auth, answer, user, wanted)


def _refuse(auth: AuthContext, why: str, text: str = "", status: int = 400) -> Response:
    _log.warning("login through the provider refused", why=why)
    auth.emit_security_event("medium", "login-oidc", "failure", f"Login through the provider refused: {why}", "")
    page = render_template(
        "hop.html", prefix=auth.prefix, to="", text=text or "The login could not be verified. Try again."
    )
    answer = make_response(page, status)
    answer.delete_cookie(COOKIE, path=f"{auth.prefix}login/oidc")
    return answer


def _callback(root: str) -> str:
    return f"{request.host_url.rstrip('/')}{root}/callback"
