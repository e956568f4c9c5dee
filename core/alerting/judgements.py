"""Was it right to tell people of an incident? What they say, in the console or by the signed link of a message (N2)."""

import hmac
from collections.abc import Sequence
from hashlib import sha256

from core.alerting.incidents import NoIncident
from core.alerting.judgement import Judgement, Said, Told
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.identity.encryption import derive

LINK_SECONDS = 14 * 86_400
_MAC = 32  # hex digits


def of(connection: Connection, incident: str) -> Said | None:
    """What was said of an incident."""
    row = connection.execute(query("quality.judgement"), {"id": incident}).one_or_none()
    return None if row is None else Said(*row)


def judge(
    connection: Connection, audit: Audit, incident: str, judgement: Judgement, actor: str, via: str, now: float
) -> None:
    """Keep what somebody says of an incident. Raises NoIncident."""
    before = of(connection, incident)
    values = {"id": incident, "judgement": judgement, "actor": actor, "at": to_datetime(now), "via": via}
    if connection.execute(query("quality.judge"), values).scalar() is None:
        raise NoIncident(incident)
    was = {"judgement": before.judgement} if before else None
    audit.append(connection, actor, "incident.judge", f"incident:{incident}", was, {"judgement": judgement, "via": via})


def told(connection: Connection, start: float, end: float, rule: str = "", most: int = 20_000) -> Sequence[Told]:
    """Incidents that people were told of in [start, end), of one rule or all, the newest first."""
    values = {"start": to_datetime(start), "end": to_datetime(end), "rule": rule, "most": most}
    return [Told(*row) for row in connection.execute(query("quality.incidents"), values)]


def link_key(secret_key: str) -> bytes:
    """The key that signs links."""
    return derive(secret_key, "incident judgement links")


def token(key: bytes, incident: str, now: float) -> str:
    """What lets whoever has it judge this incident, and nothing else, for two weeks."""
    until = int(now) + LINK_SECONDS
    return f"{incident}.{until}.{_mac(key, incident, until)}"


def incident_of(key: bytes, text: str, now: float) -> str | None:
    """The incident of a token; None when it is not ours, altered or too old."""
    incident, _, rest = text.rpartition(".")[0].rpartition(".")
    mac = text.rpartition(".")[2]
    if not rest.isdecimal() or len(rest) > 12 or not mac.isascii():
        return None
    valid = hmac.compare_digest(mac, _mac(key, incident, int(rest)))
    return incident if valid and now < int(rest) else None


def _mac(key: bytes, incident: str, until: int) -> str:
    return hmac.new(key, f"{incident}\0{until}".encode(), sha256).hexdigest()[:_MAC]
