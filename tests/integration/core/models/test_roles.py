"""Roles of models: promotion, roll-back, the ensemble switch in the caller's transaction and its exact revert."""

import pytest

from core.audit import chain
from core.audit.chain import Audit
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import BadInput
from core.models import registry, roles


@pytest.fixture
def log() -> Audit:
    return Audit("k" * 40)


def register(db: Database, algorithm: str = "boosted") -> int:
    return registry.save(
        db, algorithm=algorithm, artefact=b"x", features=["a"], reference=[], metrics={}, fingerprint="f"
    )


def put(db: Database, version: int, role: str = "champion") -> None:
    with db.transaction() as connection:
        roles.assign(connection, version, role, actor="test")


def test_the_switch_and_its_revert_are_exact_and_audited(db: Database, live: Live, log: Audit) -> None:
    first, second, ensemble = register(db), register(db), register(db, "ensemble")
    put(db, first)
    put(db, second)
    put(db, ensemble, "ensemble")
    with db.transaction() as connection:
        change = roles.switch_to_ensemble(connection, log, "alert worker", reason="drift", correlation_id="c-1")
    assert change is not None
    roles.publish(live, change)
    assert (change.before, change.after, change.kind) == (second, ensemble, "ensemble")
    assert registry.champion(live, db) == registry.role(db, "champion") == ensemble
    with db.transaction() as connection:
        assert roles.switch_to_ensemble(connection, log, "alert worker") is None
        back = roles.switch_back(connection, log, "alert worker", correlation_id="c-1")
    roles.publish(live, back)
    assert registry.champion(live, db) == second
    with db.transaction() as connection:
        assert roles.switch_back(connection, log, "alert worker") is None
    rows = chain.listed(db, chain.Filter(target="model:champion"))
    assert [(row.action, row.correlation_id) for row in rows] == [("model.revert", "c-1"), ("model.ensemble", "c-1")]


def test_a_switch_that_is_rolled_back_with_its_transaction_never_was(db: Database, live: Live, log: Audit) -> None:
    first, ensemble = register(db), register(db, "ensemble")
    put(db, first)
    put(db, ensemble, "ensemble")
    with db.transaction() as connection:
        assert roles.switch_to_ensemble(connection, log, "alert worker") is not None
        connection.rollback()
    assert registry.champion(live, db) == first
    assert chain.listed(db, chain.Filter()) == []
    with db.transaction() as connection:
        assert len(roles.changes(connection)) == 2


def test_what_a_person_promoted_since_is_not_reverted(db: Database, log: Audit) -> None:
    first, ensemble, third = register(db), register(db, "ensemble"), register(db)
    put(db, first)
    put(db, ensemble, "ensemble")
    with db.transaction() as connection:
        roles.switch_to_ensemble(connection, log, "alert worker")
    put(db, third)
    with db.transaction() as connection:
        assert roles.switch_back(connection, log, "alert worker") is None
    assert registry.role(db, "champion") == third


def test_without_an_ensemble_the_switch_says_so(db: Database, log: Audit) -> None:
    put(db, register(db))
    with pytest.raises(BadInput, match="no ensemble is registered"), db.transaction() as connection:
        roles.switch_to_ensemble(connection, log, "alert worker")


def test_roll_back_goes_to_the_champion_before(db: Database, live: Live, log: Audit) -> None:
    first, second = register(db), register(db)
    put(db, first)
    with pytest.raises(BadInput, match="no earlier champion"), db.transaction() as connection:
        roles.roll_back(connection, log, "anna")
    put(db, second)
    with db.transaction() as connection:
        assert roles.roll_back(connection, log, "anna").after == first
    assert registry.role(db, "champion") == first


def test_unknown_models_and_roles_are_refused(db: Database, live: Live) -> None:
    with pytest.raises(BadInput, match="no model 99"):
        registry.promote(live, db, 99)
    with pytest.raises(BadInput, match="is not one of champion"):
        registry.promote(live, db, register(db), role="king")


def test_a_challenger_leaves_its_role_and_the_champion_does_not(db: Database, live: Live, log: Audit) -> None:
    version = register(db)
    registry.promote(live, db, version, role="challenger")
    with live.reach() as client:
        assert client.get(keys.CHAMPION) is None
    with db.transaction() as connection:
        assert roles.release(connection, "challenger", actor="anna", audit=log) == version
    with pytest.raises(BadInput, match="always a champion"), db.transaction() as connection:
        roles.release(connection, "champion", actor="anna")
    assert registry.role(db, "challenger") is None


def test_a_model_with_two_roles_is_listed_once(db: Database) -> None:
    version = register(db)
    put(db, version)
    put(db, version, "ensemble")
    assert [row["role"] for row in registry.listing(db)] == ["champion, ensemble"]


def test_cards_are_kept_with_their_model(db: Database) -> None:
    bare = register(db)
    assert registry.card(db, bare) is None
    assert registry.card_html(db, bare) is None
    version = registry.save(
        db,
        algorithm="boosted",
        artefact=b"x",
        features=["a"],
        reference=[],
        metrics={},
        fingerprint="f",
        card={"algorithm": "boosted"},
        html="<p>card</p>",
    )
    assert registry.card(db, version) == {"algorithm": "boosted"}
    assert registry.card_html(db, version) == "<p>card</p>"
