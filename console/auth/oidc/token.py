"""What an ID token must be (OpenID Connect Core 1.0, section 3.1.3.7), and what it says about a person. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from console.auth.oidc.config import OidcConfig
from console.auth.roles import ROLES
from core import codec
from core.errors import GatehouseError


class TokenRefused(GatehouseError):
    """The provider's answer is not what we asked for; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider vouches for. `role` is empty when none of their groups is mapped."""

    subject: str
    name: str
    email: str
    role: str
    mfa: bool
    shown_at: float = 0.0  # when the provider asked them, by its `auth_time`; 0 when it does not say


def claims_of(raw: str, keys: KeySet, config: OidcConfig, nonce: str, now: float) -> dict[str, Any]:
    """The claims of an ID token that is signed by the provider, for us, now, in answer to our request."""
    try:
        signed = jws.deserialize_compact(raw, keys, algorithms=config.algorithms)
        claims = codec.decode(signed.payload)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise TokenRefused(f"invalid signature: {error.__class__.__name__}") from error
    if not isinstance(claims, dict):
        raise TokenRefused("the token has no claims")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    azp = claims.get("azp")
    checks = {
        "issuer": claims.get("iss") == config.issuer,
        "audience": config.client_id in audiences,
        "azp": azp == config.client_id if azp is not None else len(audiences) == 1,
        "nonce": claims.get("nonce") == nonce,
        "exp": _number(claims, "exp") > now - config.leeway_seconds,
        "iat": _number(claims, "iat") < now + config.leeway_seconds,
        "nbf": "nbf" not in claims or _number(claims, "nbf") < now + config.leeway_seconds,
        "auth_time": "auth_time" not in claims or 0 <= _number(claims, "auth_time") <= now + config.leeway_seconds,
        "subject": isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255,
    }
    wrong = [name for name, right in checks.items() if not right]
    if wrong:
        raise TokenRefused(f"wrong {', '.join(wrong)}")
    return claims


def person(claims: Mapping[str, Any], config: OidcConfig) -> Person:
    """Who the claims are about."""
    found = claims.get(config.role_claim)
    groups = found if isinstance(found, list) else [found]
    roles = [config.roles[group] for group in groups if isinstance(group, str) and group in config.roles]
    amr = claims.get("amr")
    proven = isinstance(amr, list) and any(method in config.mfa_amr for method in amr)
    proven = proven or (isinstance(claims.get("acr"), str) and claims["acr"] in config.mfa_acr)
    name = claims.get(config.name_claim)
    return Person(
        subject=f"{config.issuer}|{claims['sub']}",
        name=(name if isinstance(name, str) and name else claims["sub"]).strip()[:254],
        email=str(claims.get("email") or "")[:254],
        role=max(roles, key=ROLES.index, default=""),
        mfa=config.trust_mfa and proven,
        shown_at=_number(claims, "auth_time") if "auth_time" in claims else 0.0,
    )


def is_recent(shown_at: float, asked_at: float, max_age: float, leeway: float) -> bool:
    """Whether the provider kept to `max_age`: it asked the person at most so long before we asked it.

    A provider that says nothing is believed for a login, which is not fresh then, and not where max_age is 0.
    """
    if not shown_at:
        return max_age > 0
    return shown_at >= asked_at - max_age - leeway


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TokenRefused(f"{name} is missing or not a time")
    return float(value)
