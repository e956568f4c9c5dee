"""The shape of config/oidc.toml."""

from core.config import Frozen, Positive
from core.roles import Role


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
    algorithms: list[str]
    leeway_seconds: Positive
    roles: dict[str, Role]
