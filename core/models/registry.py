"""The model registry in PostgreSQL: artefacts with their features, reference bins and metrics; who is champion.

Role changes live in `core.models.roles`.
"""

from typing import Any

import msgspec

from core import codec, log
from core.audit.actors import INSTALLATION
from core.audit.chain import Audit
from core.db import keys
from core.db.engine import Connection, Database
from core.db.queries import query
from core.db.redis_client import Live
from core.errors import BadInput, RedisUnavailable
from core.models import roles
from core.models.seal import KEYLESS, ModelSeal, digest_of

_log = log.get(__name__)


class ReferenceBins(msgspec.Struct, frozen=True):
    """Reference distribution of one feature: `counts` has len(edges) + 1 bins and a last one for missing values.

    Bin i holds edges[i-1] <= value < edges[i]; a category code is its own edge.
    """

    name: str
    edges: list[float]
    counts: list[int]


class Model(msgspec.Struct, frozen=True):
    """One registered model. `artefact` is XGBoost's own UBJ bytes; `features` the names in the model's order."""

    version: int
    algorithm: str
    artefact: bytes
    features: list[str]
    reference: list[ReferenceBins]
    metrics: dict[str, Any]
    fingerprint: str
    created_at: float
    note: str = ""


def save(
    database: Database,
    *,
    algorithm: str,
    artefact: bytes,
    features: list[str],
    reference: list[ReferenceBins],
    metrics: dict[str, Any],
    fingerprint: str,
    note: str = "",
    card: dict[str, Any] | None = None,
    html: str = "",
    seal: ModelSeal = KEYLESS,
) -> int:
    """Register a model, sealed, with its card where it has one; returns its version."""
    values = {
        "algorithm": algorithm,
        "artefact": artefact,
        "features": codec.encode(features).decode(),
        "reference": codec.encode(msgspec.to_builtins(reference)).decode(),
        "metrics": codec.encode(metrics).decode(),
        "fingerprint": fingerprint,
        "note": note,
    }
    with database.transaction() as connection:
        version = int(connection.execute(query("models.insert"), values).scalar_one())
        _put_seal(connection, _row(connection, version), seal)
        if card:
            _put_card(connection, version, card, html)
    return version


def load(database: Database, version: int, seal: ModelSeal = KEYLESS) -> Model:
    """A registered model whose seal holds. Raises BadInput when there is none, UntrustedModel when it does not hold."""
    with database.transaction() as connection:
        row = _row(connection, version)
        if row["digest"] is None and seal.has_key and adopt(connection, seal):
            row = _row(connection, version)
    seal.check(version, bytes(row["artefact"]), _sealed(row), _bytes(row["digest"]), _bytes(row["signature"]))
    return _model(row)


def adopt(connection: Connection, seal: ModelSeal) -> list[int]:
    """Seal what was registered before there were seals; returns the versions. Nothing once any model has a seal."""
    connection.execute(query("models.sealing"))
    versions = [int(version) for version in connection.execute(query("models.unsealed")).scalars()]
    for version in versions:
        _put_seal(connection, _row(connection, version), seal)
    if versions:
        _log.warning("models from before signing were signed as they are", versions=versions)
    return versions


def sign(connection: Connection, version: int, seal: ModelSeal, actor: str, audit: Audit) -> None:
    """Seal a model as it is, on a person's word, on record. Raises BadInput when there is none of that version."""
    row = _row(connection, version)
    _put_seal(connection, row, seal)
    after = {"digest": digest_of(bytes(row["artefact"])).hex()}
    audit.append(connection, actor, "model.sign", f"model:{version}", {"digest": _hex(row["digest"])}, after)


def past_champions(database: Database) -> list[int]:
    """Who was champion before, newest first, each once."""
    with database.transaction() as connection:
        found = connection.execute(query("models.past_champions")).scalars()
        return list(dict.fromkeys(int(version) for version in found))


def reference(database: Database, version: int) -> list[ReferenceBins]:
    """The reference bins of a model, without its artefact. Raises BadInput when there is none of that version."""
    with database.transaction() as connection:
        row = connection.execute(query("models.reference"), {"version": version}).first()
    if row is None:
        raise BadInput("version", f"there is no model {version}")
    return msgspec.convert(row[0], list[ReferenceBins])


def measured(database: Database, version: int) -> dict[str, Any]:
    """What the rows that a model did not learn from measured; empty when there is no such model."""
    with database.transaction() as connection:
        row = connection.execute(query("models.measured"), {"version": version}).first()
    return dict(row[0]) if row is not None and row[0] else {}


def listing(database: Database) -> list[dict[str, Any]]:
    """All models, newest first, without artefacts; `role` names the roles of those that have any."""
    with database.transaction() as connection:
        return [dict(row) for row in connection.execute(query("models.listing")).mappings()]


def champion(live: Live, database: Database) -> int | None:
    """Version of the champion, from Redis, else from PostgreSQL; None when there is none."""
    try:
        hint = live.get_json(keys.CHAMPION)
        if hint:
            return int(hint)
    except RedisUnavailable:
        return role(database, roles.CHAMPION)
    version = role(database, roles.CHAMPION)
    if version is not None:
        roles.put_hint(live, version, fill=True)
    return version


def role(database: Database, name: str) -> int | None:
    """Version of the model in a role, from PostgreSQL; None when nobody has it."""
    with database.transaction() as connection:
        return roles.holder(connection, name)


def promote(
    live: Live,
    database: Database,
    version: int,
    *,
    role: str = roles.CHAMPION,
    actor: str = INSTALLATION,
    reason: str = "",
    audit: Audit | None = None,
) -> None:
    """Give a version a role, by default the champion's. Raises BadInput when there is no such model or role."""
    with database.transaction() as connection:
        roles.assign(connection, version, role, actor=actor, reason=reason, audit=audit)
    if role == roles.CHAMPION:
        roles.put_hint(live, version)


def card(database: Database, version: int) -> dict[str, Any] | None:
    """A model's card (`docs/model.md` says what is in it); None when it has none."""
    with database.transaction() as connection:
        return connection.execute(query("models.card"), {"version": version}).scalar()


def card_html(database: Database, version: int) -> str | None:
    """A model's card as a page of its own, without scripts; None when it has none."""
    with database.transaction() as connection:
        return connection.execute(query("models.card_html"), {"version": version}).scalar()


def _put_card(connection: Connection, version: int, card: dict[str, Any], html: str) -> None:
    values = {"version": version, "card": codec.encode(card).decode(), "html": html}
    connection.execute(query("models.put_card"), values)


def _row(connection: Connection, version: int) -> dict[str, Any]:
    row = connection.execute(query("models.load"), {"version": version}).mappings().first()
    if row is None:
        raise BadInput("version", f"there is no model {version}")
    return dict(row)


def _sealed(row: dict[str, Any]) -> dict[str, Any]:
    """What the signature covers beside version and artefact: all that decides how a row is scored and judged."""
    return {name: row[name] for name in ("algorithm", "features", "reference", "metrics", "fingerprint")}


def _put_seal(connection: Connection, row: dict[str, Any], seal: ModelSeal) -> None:
    if not seal.has_key:
        return
    digest = digest_of(bytes(row["artefact"]))
    signature = seal.sign(row["version"], digest, _sealed(row))
    values = {"version": row["version"], "digest": digest, "signature": signature}
    connection.execute(query("models.put_seal"), values)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _hex(value: Any) -> str | None:
    return None if value is None else bytes(value).hex()


def _model(row: dict[str, Any]) -> Model:
    return Model(
        version=row["version"],
        algorithm=row["algorithm"],
        artefact=bytes(row["artefact"]),
        features=row["features"],
        reference=msgspec.convert(row["reference"], list[ReferenceBins]),
        metrics=row["metrics"],
        fingerprint=row["fingerprint"],
        created_at=row["created_at"].timestamp(),
        note=row["note"],
    )
