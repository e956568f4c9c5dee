"""The provider over HTTP: discovery, keys, and the exchange of a code for an ID token."""

import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from console.auth.oidc.config import OidcConfig
from console.auth.oidc.token import TokenRefused, claims_of
from core import clock
from core.errors import HttpUnavailable
from core.http import HttpClient

FRESH_SECONDS = 3600.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass
class Provider:
    """One configured provider. Methods raise HttpUnavailable when it does not answer, TokenRefused when it answers
    wrongly.
    """

    config: OidcConfig
    secret: str
    client: HttpClient
    _document: dict[str, Any] | None = None
    _keys: KeySet | None = None
    _at: float = 0.0

    def start(self, redirect_uri: str, state: str, nonce: str, challenge: str, max_age: int, anew: bool) -> str:
        """The address that the browser is sent to. With `anew` the provider must ask the person again.

        `max_age` (seconds) makes it say when the person was asked (`auth_time`), and ask again what is older.
        """
        query = {
            "response_type": "code",
            "client_id": self.config.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.config.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "max_age": str(0 if anew else max_age),
            **({"prompt": "login"} if anew else {}),
        }
        address = self._endpoint("authorization_endpoint")
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"

    def finish(self, code: str, verifier: str, redirect_uri: str, nonce: str) -> dict[str, Any]:
        """The claims that the code stands for."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self.config.client_id,
            "code_verifier": verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if self.secret:
            pair = f"{quote(self.config.client_id, safe='')}:{quote(self.secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        answer = self.client.request(
            "POST", self._endpoint("token_endpoint"), body=urlencode(form).encode(), headers=headers
        )
        if answer.status != 200:
            raise TokenRefused(f"the provider rejected the code (status {answer.status})")
        try:
            raw = answer.json()["id_token"]
        except (ValueError, KeyError, TypeError) as error:
            raise TokenRefused("the provider sent no ID token") from error
        if not isinstance(raw, str):
            raise TokenRefused("the provider sent no ID token")
        try:
            return claims_of(raw, self._load_keys(), self.config, nonce, clock.now())
        except TokenRefused:
            if time.monotonic() - self._at < 5.0:
                raise
            self._keys = None  # the provider may have new keys
            return claims_of(raw, self._load_keys(), self.config, nonce, clock.now())

    def _endpoint(self, name: str) -> str:
        address = self._discovered().get(name)
        if not isinstance(address, str) or not _is_safe(address):
            raise TokenRefused(f"the discovery document has no usable {name}")
        return address

    def _discovered(self) -> dict[str, Any]:
        if self._document is None or time.monotonic() - self._at > FRESH_SECONDS:
            found = self.client.get_json(f"{self.config.issuer.rstrip('/')}/.well-known/openid-configuration")
            if not isinstance(found, dict) or found.get("issuer") != self.config.issuer:
                raise TokenRefused("the discovery document names another issuer")
            self._document, self._keys, self._at = found, None, time.monotonic()
        return self._document

    def _load_keys(self) -> KeySet:
        if self._keys is None:
            try:
                self._keys = KeySet.import_key_set(self.client.get_json(self._endpoint("jwks_uri")))
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise HttpUnavailable("the provider's keys cannot be read") from error
            self._at = time.monotonic()
        return self._keys


def _is_safe(address: str) -> bool:
    """TLS, but on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
