"""Passkeys (WebAuthn) as a second factor: options for the browser, and the check of what it answers.

The relying party is the host name of the request. Browsers bind a passkey to it, so a forged Host header gains nothing:
no passkey of ours answers for another name. Bare IP addresses cannot have passkeys (the standard says so).
"""

import json
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

from core.identity import second_factors
from core.identity.second_factors import Passkey
from core.identity.users import User

_BAD = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)


def host() -> str:
    """The name that passkeys are bound to; empty where there can be none."""
    name = request.host.rpartition(":")[0] if ":" in request.host.rpartition("]")[2] else request.host
    try:
        ip_address(name.strip("[]"))
        return ""
    except ValueError:
        return name


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


def can_ask(known: list[Passkey]) -> bool:
    """Whether there is a passkey to ask for here."""
    return bool(known and host())


def request_options(known: list[Passkey], fresh: str) -> str:
    """JSON options for `navigator.credentials.get`."""
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
    return second_factors.add_passkey(
        connection, user.id, made.credential_id, made.credential_public_key, made.sign_count, name
    )


def is_valid_assertion(connection: Any, user: User, answer: str, fresh: str, now: float) -> bool:
    """Whether one of the user's passkeys signed this challenge for this page; its counter must not go back."""
    if not fresh or not host():
        return False
    try:
        key = _key(connection, user, answer)
        count = _signed(key, answer, bytes.fromhex(fresh), key.sign_count)
    except _BAD:
        return False
    second_factors.use_passkey(connection, key.id, count, now)
    return True


def is_repeated(connection: Any, user: User, answer: str, fresh: str) -> bool:
    """Whether one of the user's passkeys did sign this, for a challenge that is over or was answered already.

    Nobody without the key can make such an answer, so it is no guess: a form that was sent twice, or an old page.
    """
    if not host():
        return False
    try:
        key = _key(connection, user, answer)
        said = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(said["challenge"])
        count = _signed(key, answer, challenge, 0)
    except _BAD:
        return False
    return challenge.hex() != fresh or count == key.sign_count


def _key(connection: Any, user: User, answer: str) -> Passkey:
    """The user's passkey that an answer names. Raises one of _BAD when there is none."""
    wanted = base64url_to_bytes(json.loads(answer)["rawId"])
    found = next((key for key in second_factors.passkeys(connection, user.id) if key.credential == wanted), None)
    if found is None:
        raise KeyError("no such passkey")
    return found


def _signed(key: Passkey, answer: str, challenge: bytes, count: int) -> int:
    """The counter of an answer that the passkey signed for this page, greater than `count`. Raises one of _BAD."""
    return verify_authentication_response(
        credential=answer,
        expected_challenge=challenge,
        expected_rp_id=host(),
        expected_origin=_origin(),
        credential_public_key=key.public_key,
        credential_current_sign_count=count,
    ).new_sign_count


def _origin() -> str:
    return f"{'https' if request.is_secure else 'http'}://{request.host}"
