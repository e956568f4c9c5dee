"""The model registry in PostgreSQL: artefacts with their features, reference bins and metrics; who is champion."""

from typing import Any

import msgspec

from core import codec
from core.errors import BadInput, RedisAway
from core.store import keys
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
) -> int:
    """Register a model; returns its version."""
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
        return int(connection.execute(query("models.insert"), values).scalar_one())


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
    """All models, newest first, without artefacts; `role` is set on the one that has a role."""
    with database.transaction() as connection:
        return [dict(row) for row in connection.execute(query("models.listing")).mappings()]


def champion(live: Live, database: Database) -> int | None:
    """Version of the champion, from Redis, else from PostgreSQL; None when there is none."""
    try:
        hint = live.get_json(keys.CHAMPION)
        if hint:
            return int(hint)
    except RedisAway:
        return _champion(database)
    version = _champion(database)
    if version is not None:
        _mirror(live, version, fill=True)
    return version


def promote(live: Live, database: Database, version: int) -> None:
    """Make a version the champion. Raises BadInput when there is no such model."""
    load(database, version)
    with database.transaction() as connection:
        connection.execute(query("models.promote"), {"version": version})
    _mirror(live, version)


def _champion(database: Database) -> int | None:
    with database.transaction() as connection:
        found = connection.execute(query("models.champion")).scalar()
    return None if found is None else int(found)


def _mirror(live: Live, version: int, fill: bool = False) -> None:
    """Put the champion where readers look first; a reader only fills what is missing, as its own may be replaced."""
    try:
        with live.reach() as client:
            client.set(keys.CHAMPION, codec.encode(version), ex=keys.HINT_TTL, nx=fill)
    except RedisAway:
        return


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
