"""`GET /api/v1/threats`: our own threat list, as plain text or STIX 2.1; `GET /api/v1/account-locks`: locked accounts.

Whoever guards the platform's other doors reads both and refuses what is listed.
"""

from typing import Literal

import msgspec
from flask import Response
from msgspec import Struct

from api import stix
from core import clock, codec
from core.db.engine import Database
from core.security import account_locks, threat_store
from core.security.threats import ThreatKind
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented


class ThreatQuery(Struct, forbid_unknown_fields=True):
    """Arguments: which kind of entries, and how they are written."""

    kind: ThreatKind | None = None
    format: Literal["plain", "stix"] = "plain"


class LockedAccount(Struct):
    """One locked account; `until` null: until a person releases it. Times are ISO 8601."""

    account: str
    since: str
    until: str | None
    reason: str
    incident: str | None


def install(app: App, database: Database) -> None:
    """Add the routes."""

    @app.get("/api/v1/threats")
    @documented(
        "List active threat entries (addresses and wallets)",
        tag="security",
        scope="read",
        query=ThreatQuery,
        answers={200: str},
        content_type="text/plain",
        problems=(503,),
        description="One value per line, sorted; with `format=stix` a STIX 2.1 bundle of indicators.",
    )
    def threat_list() -> Response:
        asked = arguments(ThreatQuery)
        now = clock.now()
        with database.transaction() as connection:
            found = list(threat_store.everything(connection, now, asked.kind))
        headers = {"Cache-Control": "no-store"}
        if asked.format == "stix":
            return Response(codec.encode(stix.bundle(found, now)), headers=headers, content_type=stix.MEDIA_TYPE)
        lines = "".join(f"{threat.value}\n" for threat in found)
        return Response(lines, headers=headers, content_type="text/plain; charset=utf-8")

    @app.get("/api/v1/account-locks")
    @documented(
        "List locked platform accounts, newest lock first",
        tag="security",
        scope="read",
        answers={200: list[LockedAccount]},
        problems=(503,),
    )
    def locks() -> Response:
        with database.transaction() as connection:
            found = account_locks.listed(connection, clock.now())
        shown = [
            LockedAccount(
                one.account,
                clock.iso(one.since.timestamp()),
                clock.iso(one.until.timestamp()) if one.until else None,
                one.reason,
                one.incident_id,
            )
            for one in found
        ]
        body = msgspec.json.encode(shown)
        return Response(body, headers={"Cache-Control": "no-store"}, content_type="application/json")
