"""The shape of config/oidc.toml."""

from typing import Annotated, Literal

from msgspec import Meta

from console.auth.roles import Role
from core.config import Frozen
from core.config_values import check_url
from core.settings import Settings

# Signatures by a key pair only: with a shared secret whoever can check a token could make one.
Algorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "Ed448"
]


class OidcConfig(Frozen, frozen=True):
    """`oidc.toml`; without an issuer there is no provider."""

    issuer: str
    client_id: str
    label: str
    scopes: list[str]
    name_claim: str
    role_claim: str
    trust_mfa: bool
    mfa_amr: list[str]
    mfa_acr: list[str]
    algorithms: Annotated[list[Algorithm], Meta(min_length=1)]
    leeway_seconds: Annotated[float, Meta(gt=0, le=600)]
    roles: dict[str, Role]

    def __post_init__(self) -> None:
        if self.issuer:
            check_url(self.issuer)
            if not self.client_id:
                raise ValueError("client_id is required with an issuer")
            if "openid" not in self.scopes:
                raise ValueError('scopes must contain "openid"')


def load(settings: Settings) -> OidcConfig:
    """`config/oidc.toml`. Raises ConfigError naming file and field."""
    return settings.section("oidc", OidcConfig)
