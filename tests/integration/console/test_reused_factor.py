"""A second factor that was right but used already opens nothing and is no guess: it locks nobody."""

import base64
import hashlib
import json
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text

from console.app import PREFIX
from console.auth import passkeys, totp
from core import clock
from core.db.engine import Database
from core.identity import second_factors, users
from core.web.app import App
from tests.integration.console.conftest import PASSWORD
from tests.people import Authenticator, form_token, give_password, log_in


def half_way(app: App) -> tuple[Any, str]:
    client = app.test_client()
    give_password(client, PREFIX, "admin", PASSWORD)
    return client, form_token(client.get(f"{PREFIX}login/mfa").get_data(as_text=True))


def count(db: Database, statement: str) -> int:
    with db.transaction() as connection:
        return int(connection.execute(text(statement)).scalar_one())


def test_a_code_that_was_used_locks_nobody(
    app: App, phone: Authenticator, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.now() + 3600  # away from the steps that the enrolment used
    monkeypatch.setattr(clock, "now", lambda: start)
    code = totp.code(phone.secret, totp.step_at(start))
    client, token = half_way(app)
    assert client.post(f"{PREFIX}login/mfa", data={"csrf": token, "code": code}).status_code == 303
    for _ in range(5):
        client, token = half_way(app)
        answer = client.post(f"{PREFIX}login/mfa", data={"csrf": token, "code": code})
        assert answer.status_code == 401
        assert "already used" in answer.get_data(as_text=True)
    assert count(db, "SELECT count(*) FROM mfa_failures") == 0
    assert count(db, "SELECT count(*) FROM users WHERE locked_at IS NOT NULL") == 0


def test_a_recovery_code_that_was_used_locks_nobody_and_a_wrong_one_does(
    app: App, phone: Authenticator, db: Database
) -> None:
    code = phone.recovery.pop(0)
    client, token = half_way(app)
    assert client.post(f"{PREFIX}login/mfa", data={"csrf": token, "recovery": code}).status_code == 303
    for _ in range(4):
        client, token = half_way(app)
        assert client.post(f"{PREFIX}login/mfa", data={"csrf": token, "recovery": code}).status_code == 401
    assert count(db, "SELECT count(*) FROM mfa_failures") == 0
    for _ in range(3):
        client.post(
            f"{PREFIX}login/mfa", data={"csrf": token, "recovery": code[:-1] + ("a" if code[-1] != "a" else "b")}
        )
    assert count(db, "SELECT count(*) FROM users WHERE locked_at IS NOT NULL") == 1


class Key:
    """A passkey in software."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        numbers = self._key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        self.public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        self.id = b"credential-1"

    def answer(self, challenge: str, counter: int, origin: str = "http://localhost") -> str:
        said = {"type": "webauthn.get", "challenge": encoded(bytes.fromhex(challenge)), "origin": origin}
        client_data = json.dumps(said).encode()
        data = hashlib.sha256(b"localhost").digest() + b"\x05" + counter.to_bytes(4, "big")
        signature = self._key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": encoded(data), "clientDataJSON": encoded(client_data), "signature": encoded(signature),
        }  # fmt: skip
        return json.dumps(
            {"id": encoded(self.id), "rawId": encoded(self.id), "type": "public-key", "response": response}
        )


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_a_passkeys_answer_that_comes_twice_is_no_guess_and_a_forged_one_is(
    app: App, phone: Authenticator, db: Database
) -> None:
    key, other, fresh, old = Key(), Key(), "ab" * 32, "cd" * 32
    assert log_in(app.test_client(), PREFIX, "admin", PASSWORD, phone).status_code == 303
    with app.test_request_context("/", base_url="http://localhost"), db.transaction() as connection:
        user = users.by_name(connection, "admin")
        assert user is not None
        assert second_factors.add_passkey(connection, user.id, key.id, key.public, 4, "key")
        once = key.answer(fresh, 5)
        assert passkeys.is_valid_assertion(connection, user, once, fresh, clock.now())
        assert not passkeys.is_valid_assertion(connection, user, once, fresh, clock.now())
        found = {
            "the same again": passkeys.is_repeated(connection, user, once, fresh),
            "after its challenge": passkeys.is_repeated(connection, user, once, ""),
            "an old page": passkeys.is_repeated(connection, user, key.answer(old, 6), fresh),
            "a copied key": passkeys.is_repeated(connection, user, key.answer(fresh, 2), fresh),
            "another key": passkeys.is_repeated(connection, user, other.answer(fresh, 9), fresh),
            "another page": passkeys.is_repeated(connection, user, key.answer(old, 9, "http://evil.example"), fresh),
            "garbage": passkeys.is_repeated(connection, user, '{"rawId": 1}', fresh),
        }
    assert found == {
        "the same again": True, "after its challenge": True, "an old page": True, "a copied key": False,
        "another key": False, "another page": False, "garbage": False,
    }  # fmt: skip
