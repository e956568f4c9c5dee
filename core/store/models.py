"""The model registry in PostgreSQL: artefacts with their features, reference bins and metrics; who is champion.

Changes of roles live in `core.store.model_roles`.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection

from core import codec
from core.errors import BadInput, RedisAway
from core.store import keys, model_roles
from core.store.audit import Audit
from core.store.db import Database
from core.store.live import Live
from core.store.queries import query


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
) -> int:
    """Register a model, with its card where it has one; returns its version."""
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
        if card:
            _put_card(connection, version, card, html)
    return version


def load(database: Database, version: int) -> Model:
    """A registered model. Raises BadInput when there is none of that version."""
    with database.transaction() as connection:
        row = connection.execute(query("models.load"), {"version": version}).mappings().first()
    if row is None:
        raise BadInput("version", f"there is no model {version}")
    return _model(dict(row))


def reference(database: Database, version: int) -> list[ReferenceBins]:
    """The reference bins of a model, without its artefact. Raises BadInput when there is none of that version."""
    with database.transaction() as connection:
        row = connection.execute(query("models.reference"), {"version": version}).first()
    if row is None:
        raise BadInput("version", f"there is no model {version}")
    return msgspec.convert(row[0], list[ReferenceBins])


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
    except RedisAway:
        return role(database, model_roles.CHAMPION)
    version = role(database, model_roles.CHAMPION)
    if version is not None:
        model_roles.put_hint(live, version, fill=True)
    return version


def role(database: Database, name: str) -> int | None:
    """Version of the model in a role, from PostgreSQL; None when nobody has it."""
    with database.transaction() as connection:
        return model_roles.holder(connection, name)


def promote(
    live: Live,
    database: Database,
    version: int,
    *,
    role: str = model_roles.CHAMPION,
    actor: str = "installation",
    reason: str = "",
    audit: Audit | None = None,
) -> None:
    """Give a version a role, by default the champion's. Raises BadInput when there is no such model or role."""
    with database.transaction() as connection:
        model_roles.assign(connection, version, role, actor=actor, reason=reason, audit=audit)
    if role == model_roles.CHAMPION:
        model_roles.put_hint(live, version)


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
