"""Bearer tokens of machines (X5): made, listed, revoked. Only the SHA-256 of a token is stored.

A token is `gate_` and 256 random bits, so a plain hash is enough: there is nothing to guess. Every change is audited in
its own transaction. `core.web.tokens` lets requests in by them.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.audit.chain import Audit
from core.db.engine import Database
from core.db.queries import query
from core.errors import BadInput
from core.events.service_binding import ANY_SERVICE, ServiceBinding
from core.process_tokens import digest as digest

PREFIX = "gate_"
SCOPES = ("ingest", "score", "read", "admin")
NAME_CHARACTERS = 100
SERVICE_CHARACTERS = 100
MOST_SERVICES = 50


@dataclass(frozen=True)
class Token:
    """What may be shown of a token. `services`: those it may report for; None: any."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
    services: list[str] | None = None


@dataclass(frozen=True)
class Grant:
    """What a known token opens: `admin` opens everything. `expires` is epoch seconds or None.

    `binding` names the services that it may report for.
    """

    id: str
    name: str
    scopes: frozenset[str]
    expires: float | None = None
    binding: ServiceBinding = ANY_SERVICE

    def opens(self, scope: str) -> bool:
        """Whether a route of this scope is open to it."""
        return scope in self.scopes or "admin" in self.scopes


def create(
    database: Database,
    audit: Audit,
    name: str,
    scopes: Sequence[str],
    actor: str,
    expires_at: datetime | None = None,
    ip: str | None = None,
    services: Sequence[str] = (),
) -> tuple[str, str]:
    """A new token: its id and its text, which is shown this once. `services`: those it may report for; none: any.

    Raises BadInput for a bad name, scope or service.
    """
    if not name.strip() or len(name) > NAME_CHARACTERS or not name.isprintable():
        raise BadInput("$.name", f"expected 1 to {NAME_CHARACTERS} printable characters")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise BadInput("$.scopes", f"{', '.join(unknown) or 'none'}: expected some of {', '.join(SCOPES)}")
    bound = _services(services)
    token_id, text = secrets.token_hex(5), PREFIX + secrets.token_urlsafe(32)
    row = {"id": token_id, "name": name.strip(), "scopes": sorted(set(scopes)), "expires_at": expires_at}
    row |= {"services": bound} if bound else {}
    with database.transaction() as connection:
        connection.execute(query("tokens.insert"), {"services": None, **row, "hash": digest(text), "created_by": actor})
        audit.append(connection, actor, "token.create", f"token:{token_id}", None, row, ip)
    return token_id, text


def listed(database: Database) -> list[Token]:
    """Every token, revoked and expired ones too, newest first."""
    with database.transaction() as connection:
        return [Token(**row) for row in connection.execute(query("tokens.listed")).mappings()]


def revoke(database: Database, audit: Audit, token_id: str, actor: str, ip: str | None = None) -> Token:
    """End a token; it opens nothing two seconds later. Raises BadInput when no such token is alive."""
    with database.transaction() as connection:
        row = connection.execute(query("tokens.revoke"), {"id": token_id, "actor": actor}).mappings().one_or_none()
        if row is None:
            raise BadInput("$.id", f"there is no active token {token_id[:40]!r}")
        ended = Token(**row)
        before = {"name": ended.name, "scopes": ended.scopes}
        audit.append(connection, actor, "token.revoke", f"token:{token_id}", before, {"revoked": True}, ip)
    return ended


def active(database: Database) -> dict[bytes, Grant]:
    """The grants of live tokens by digest."""
    with database.transaction() as connection:
        rows = connection.execute(query("tokens.active")).all()
    return {bytes(row.hash): _grant(row) for row in rows}


def _grant(row: Any) -> Grant:
    binding = ANY_SERVICE if row.services is None else ServiceBinding(frozenset(row.services))
    return Grant(row.id, row.name, frozenset(row.scopes), row.expires, binding)


def _services(given: Sequence[str]) -> list[str]:
    """The names of services, each once. Raises BadInput."""
    found = sorted({one.strip() for one in given} - {""})
    if len(found) > MOST_SERVICES:
        raise BadInput("$.services", f"{len(found)} services; at most {MOST_SERVICES} are accepted")
    for one in found:
        if len(one) > SERVICE_CHARACTERS or not one.isprintable():
            raise BadInput("$.services", f"{one[:40]!r}: expected at most {SERVICE_CHARACTERS} printable characters")
    return found


def touch(database: Database, ids: Sequence[str]) -> None:
    """Note that tokens were used."""
    if ids:
        with database.transaction() as connection:
            connection.execute(query("tokens.touch"), {"ids": list(ids)})
