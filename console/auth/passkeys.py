"""Passkeys (WebAuthn) as a second factor: options for the browser, and the check of what it answers.

The relying party is the host name of the request. Browsers bind a passkey to it, so a forged Host header gains nothing:
no passkey of ours answers for another name. Bare IP addresses cannot have passkeys (the standard says so).
"""

import json
import secrets
from ipaddress import ip_address
from typing import Any

from flask import request
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from core.store import factors
from core.store.factors import Passkey
from core.store.users import User

_BAD = (WebAuthnException, ValueError, KeyError, TypeError)


def host() -> str:
    """The name that passkeys are bound to; empty where there can be none."""
    name = request.host.rpartition(":")[0] if ":" in request.host.rpartition("]")[2] else request.host
    try:
        ip_address(name.strip("[]"))
        return ""
    except ValueError:
        return name


def challenge() -> str:
    """A fresh challenge (hex)."""
    return secrets.token_hex(32)


def creation(user: User, known: list[Passkey], fresh: str) -> str:
    """JSON options for `navigator.credentials.create`."""
    return options_to_json(
        generate_registration_options(
            rp_id=host(),
            rp_name="Gatehouse",
            user_name=user.name,
            user_id=user.passkey_handle,
            challenge=bytes.fromhex(fresh),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential) for key in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
        )
    )


def request_options(known: list[Passkey], fresh: str) -> str:
    """JSON options for `navigator.credentials.get`; empty when there is nothing to ask for here."""
    if not known or not host():
        return ""
    return options_to_json(
        generate_authentication_options(
            rp_id=host(),
            challenge=bytes.fromhex(fresh),
            allow_credentials=[PublicKeyCredentialDescriptor(id=key.credential) for key in known],
            user_verification=UserVerificationRequirement.PREFERRED,
        )
    )


def register(connection: Any, user: User, answer: str, fresh: str, name: str) -> bool:
    """Keep a new passkey when the browser's answer is right."""
    if not fresh or not host():
        return False
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=bytes.fromhex(fresh),
            expected_rp_id=host(),
            expected_origin=_origin(),
        )
    except _BAD:
        return False
    return factors.add_passkey(
        connection, user.id, made.credential_id, made.credential_public_key, made.sign_count, name
    )


def is_right(connection: Any, user: User, answer: str, fresh: str, now: float) -> bool:
    """Whether one of the user's passkeys signed this challenge for this page; its counter must not go back."""
    if not fresh or not host():
        return False
    try:
        wanted = base64url_to_bytes(json.loads(answer)["rawId"])
        key = next((key for key in factors.passkeys(connection, user.id) if key.credential == wanted), None)
        if key is None:
            return False
        used = verify_authentication_response(
            credential=answer,
            expected_challenge=bytes.fromhex(fresh),
            expected_rp_id=host(),
            expected_origin=_origin(),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )
    except _BAD:
        return False
    factors.use_passkey(connection, key.id, used.new_sign_count, now)
    return True


def _origin() -> str:
    return f"{'https' if request.is_secure else 'http'}://{request.host}"
