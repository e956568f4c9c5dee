"""A passkey made of software: it signs for whoever asks, with attestation `none`, as a stranger's would."""

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

_UP_UV, _ATTESTED = 0x05, 0x40


def b64(data: bytes) -> str:
    """Base 64 as WebAuthn writes it."""
    return urlsafe_b64encode(data).decode().rstrip("=")


class SoftKey:
    """One key pair for one host."""

    def __init__(self, host: str = "localhost", origin: str = "http://localhost") -> None:
        self.id = secrets.token_bytes(32)
        self._host, self._origin = host, origin
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._count = 0

    def create(self, options: str) -> str:
        """The answer to the options of a registration."""
        public = self._key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        held = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(_UP_UV | _ATTESTED) + held}
        client = self._client("webauthn.create", json.loads(options)["challenge"])
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(cbor2.dumps(attestation))})

    def get(self, options: str, kind: str = "webauthn.get") -> str:
        """The answer to the options of a login or a step-up (or, wrongly, to those of a registration)."""
        client, data = self._client(kind, json.loads(options)["challenge"]), self._data(_UP_UV)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)}
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self._origin}).encode()

    def _data(self, flags: int) -> bytes:
        self._count += 1
        return hashlib.sha256(self._host.encode()).digest() + bytes([flags]) + struct.pack(">I", self._count)

    def _answer(self, response: dict[str, Any]) -> str:
        found = {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "clientExtensionResults": {}}
        return json.dumps({**found, "response": response})
