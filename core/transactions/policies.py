"""The decision policy in force: versions in PostgreSQL, the newest mirrored in Redis for readers in a hurry."""

import msgspec

from core.audit.actors import INSTALLATION
from core.audit.chain import Audit
from core.config import PolicyConfig
from core.db import keys
from core.db.engine import Connection, Database
from core.db.queries import query
from core.db.redis_client import Live
from core.errors import ConfigError, RedisUnavailable
from core.policy import Policy
from core.transactions.thresholds import Thresholds

CUSTOM = "custom"  # the profile of thresholds that a person chose
_decode = msgspec.json.Decoder(Policy).decode


def current(live: Live, database: Database) -> Policy | None:
    """The policy in force, from Redis, else from PostgreSQL; None before the first was set.

    Raises DatabaseUnavailable when neither answers.
    """
    try:
        with live.reach() as client:
            raw = client.get(keys.POLICY)
        if raw:
            return _decode(raw)
    except RedisUnavailable:
        return newest(database)
    policy = newest(database)
    if policy:
        mirror(live, policy, fill=True)
    return policy


def newest(database: Database) -> Policy | None:
    """The newest version in PostgreSQL."""
    with database.transaction() as connection:
        row = connection.execute(query("policy.newest")).mappings().first()
    return Policy(**row) if row else None


def listing(connection: Connection, most: int) -> list[Policy]:
    """The newest versions, newest first."""
    return [Policy(**row) for row in connection.execute(query("policy.listing"), {"most": most}).mappings()]


def mirror(live: Live, policy: Policy, fill: bool = False) -> None:
    """Put the policy where readers look first; a Redis that is away is caught up by `current`.

    A reader only fills (`fill`) what is missing: what it read may have been replaced since.
    """
    try:
        with live.reach() as client:
            client.set(keys.POLICY, msgspec.json.encode(policy), ex=keys.HINT_TTL, nx=fill)
    except RedisUnavailable:
        return


def locked(connection: Connection) -> Policy | None:
    """The newest version, which nobody replaces until this transaction ends."""
    connection.execute(query("policy.lock"))
    row = connection.execute(query("policy.newest")).mappings().first()
    return Policy(**row) if row else None


def author(connection: Connection, version: int) -> str:
    """Who put a version in force."""
    return str(connection.execute(query("policy.author"), {"version": version}).scalar_one())


def put(
    connection: Connection,
    audit: Audit | None,
    config: PolicyConfig,
    profile: str,
    actor: str,
    correlation_id: str | None = None,
) -> Policy:
    """Put a profile of policy.toml in force as a new version, audited, in the caller's transaction.

    Call `mirror` after the commit: readers in a hurry then know at once, else within `keys.HINT_TTL` seconds. Only an
    installation's first version may come without `audit`. Raises ConfigError for an unknown profile.
    """
    if profile not in config.profiles:
        raise ConfigError([f"policy.toml has no profile {profile!r}"])
    chosen = config.profiles[profile]
    block_from = round(chosen.fraud_threshold + chosen.block_margin, 6)
    thresholds = Thresholds(chosen.fraud_threshold, chosen.review_from, block_from)
    return _write(connection, audit, profile, thresholds, actor, correlation_id=correlation_id)


def put_thresholds(
    connection: Connection,
    audit: Audit,
    chosen: Thresholds,
    actor: str,
    ip: str | None = None,
    correlation_id: str | None = None,
) -> Policy:
    """Put thresholds of a person's own choice in force, as the profile CUSTOM; otherwise as `put`."""
    return _write(connection, audit, CUSTOM, chosen, actor, ip, correlation_id)


def restore(
    connection: Connection,
    audit: Audit,
    config: PolicyConfig,
    profile: str,
    version: int | None,
    actor: str,
    correlation_id: str | None = None,
) -> Policy:
    """Put back what was in force: the profile as it is configured now, or the thresholds of a CUSTOM version."""
    if profile != CUSTOM or version is None:
        return put(connection, audit, config, profile, actor, correlation_id)
    row = connection.execute(query("thresholds.thresholds_of"), {"version": version}).one()
    return _write(connection, audit, CUSTOM, Thresholds(*row), actor, correlation_id=correlation_id)


def _write(
    connection: Connection,
    audit: Audit | None,
    profile: str,
    chosen: Thresholds,
    actor: str,
    ip: str | None = None,
    correlation_id: str | None = None,
) -> Policy:
    before = locked(connection)
    if audit is None and before is not None:
        raise ConfigError(["a change of the policy must be audited"])
    values = {"profile": profile, **msgspec.structs.asdict(chosen), "actor": actor}
    policy = Policy(**connection.execute(query("policy.insert"), values).mappings().one())
    if audit is not None:
        was = None if before is None else msgspec.to_builtins(before)
        after = msgspec.to_builtins(policy)
        audit.append(connection, actor, "policy.put", f"policy:{profile}", was, after, ip, correlation_id)
    return policy


def change(live: Live, database: Database, audit: Audit, config: PolicyConfig, profile: str, actor: str) -> Policy:
    """`put` in a transaction of its own, and readers told. Raises ConfigError and DatabaseUnavailable."""
    with database.transaction() as connection:
        policy = put(connection, audit, config, profile, actor)
    mirror(live, policy)
    return policy


def ensure(live: Live, database: Database, config: PolicyConfig, audit: Audit | None = None) -> Policy:
    """The policy in force; the configured profile becomes the first version of a new installation.

    That first version is audited where the process has the key of the audit log.
    """
    known = current(live, database)
    if known is not None:
        return known
    signs = audit if audit is not None and audit.signs else None
    with database.transaction() as connection:
        policy = locked(connection) or put(connection, signs, config, config.profile, INSTALLATION)
    mirror(live, policy, fill=True)
    return policy
