"""The decision policy in force: versions in PostgreSQL, the newest mirrored in Redis for readers in a hurry."""

import msgspec

from core.config import PolicyConfig
from core.errors import ConfigError, RedisAway
from core.policy import Policy
from core.store import keys
from core.store.db import Database
from core.store.live import Live
from core.store.queries import query

_decode = msgspec.json.Decoder(Policy).decode


def current(live: Live, database: Database) -> Policy | None:
    """The policy in force, from Redis, else from PostgreSQL; None before the first was set.

    Raises DatabaseAway when neither answers.
    """
    try:
        with live.reach() as client:
            raw = client.get(keys.POLICY)
        if raw:
            return _decode(raw)
    except RedisAway:
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


def mirror(live: Live, policy: Policy, fill: bool = False) -> None:
    """Put the policy where readers look first; a Redis that is away is caught up by `current`.

    A reader only fills (`fill`) what is missing: what it read may have been replaced since.
    """
    try:
        with live.reach() as client:
            client.set(keys.POLICY, msgspec.json.encode(policy), ex=keys.HINT_TTL, nx=fill)
    except RedisAway:
        return


def put(live: Live, database: Database, config: PolicyConfig, profile: str, actor: str) -> Policy:
    """Put a profile of policy.toml in force as a new version. Raises ConfigError for an unknown profile."""
    if profile not in config.profiles:
        raise ConfigError([f"policy.toml has no profile {profile!r}"])
    chosen = config.profiles[profile]
    values = {
        "profile": profile,
        "fraud_threshold": chosen.fraud_threshold,
        "review_from": chosen.review_from,
        "block_from": round(chosen.fraud_threshold + chosen.block_margin, 6),
    }
    with database.transaction() as connection:
        row = connection.execute(query("policy.insert"), {**values, "actor": actor}).mappings().one()
    policy = Policy(**row)
    mirror(live, policy)
    return policy


def ensure(live: Live, database: Database, config: PolicyConfig) -> Policy:
    """The policy in force; the configured profile becomes the first version of a new installation."""
    return current(live, database) or put(live, database, config, config.profile, "installation")
