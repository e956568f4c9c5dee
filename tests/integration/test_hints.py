"""Policy and champion in Redis: a reader that was overtaken by a change does not bring the old one back."""

from collections.abc import Iterator

import pytest

from core import settings
from core.audit.chain import Audit
from core.db import keys
from core.db.engine import Database
from core.models import registry
from core.stores import Stores, assemble
from core.transactions import policies


@pytest.fixture
def known(database_url: str, redis_url: str) -> settings.Settings:
    return settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url})


@pytest.fixture
def stores(known: settings.Settings) -> Iterator[Stores]:
    made = assemble(known)
    yield made
    made.close()


def test_a_policy_changed_while_somebody_reads_it_is_seen_at_once(
    known: settings.Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies.ensure(stores.live, stores.database, known.config.policy)
    stores.live.redis.delete(keys.POLICY)
    read = policies.newest

    def overtaken(database: Database) -> object:
        found = read(database)
        policies.change(stores.live, database, Audit("key"), known.config.policy, "strict", "test")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(policies, "newest", overtaken)
        policies.current(stores.live, stores.database)
    found = policies.current(stores.live, stores.database)
    assert found is not None
    assert found.profile == "strict"


def test_a_champion_changed_while_somebody_reads_it_is_seen_at_once(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (
        registry.save(
            stores.database, algorithm="boosted", artefact=b"x", features=[], reference=[], metrics={}, fingerprint="f"
        )
        for _ in range(2)
    )
    registry.promote(stores.live, stores.database, old)
    stores.live.redis.delete(keys.CHAMPION)
    read = registry.role

    def overtaken(database: Database, name: str) -> int | None:
        found = read(database, name)
        registry.promote(stores.live, database, new)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(registry, "role", overtaken)
        registry.champion(stores.live, stores.database)
    assert registry.champion(stores.live, stores.database) == new
