"""A model that was changed, swapped, emptied or smuggled in is refused; what served before serves on."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from alerts.evaluate.context import RuleContext, RuleMemory
from alerts.evaluate.rules import models as rule
from core import settings
from core.errors import UntrustedModel
from core.models import registry as models
from core.models.seal import ModelSeal
from core.stores import Stores, assemble
from ml import registry
from ml.commands import sign
from ml.serve.current_model import NoModel, Serving
from tests.unit.ml.examples import trained

NOW = 1_700_000_000.0
ARTEFACT = (
    "UPDATE models SET artefact = set_byte("
    "artefact, length(artefact) - 40, 255 - get_byte(artefact, length(artefact) - 40)) WHERE version = "
)
TAMPERED = {
    "changed": ARTEFACT + "2",
    "emptied": "UPDATE models SET artefact = '' WHERE version = 2",
    "cut": "UPDATE models SET artefact = substring(artefact from 1 for 100) WHERE version = 2",
    "swapped": "UPDATE models m SET artefact = o.artefact, digest = o.digest, signature = o.signature"
    " FROM models o WHERE m.version = 2 AND o.version = 1",
    "unsigned": "UPDATE models SET digest = NULL, signature = NULL WHERE version = 2",
    "signed by somebody else": "UPDATE models SET digest = sha256(artefact), signature = sha256('x') WHERE version = 2",
    "its features reordered": "UPDATE models SET features = features - 0 || jsonb_build_array(features->0)"
    " WHERE version = 2",
    "its types changed": "UPDATE models SET metrics = jsonb_set(metrics, '{features,0,name}', '\"other\"')"
    " WHERE version = 2",
    "its reference changed": "UPDATE models SET reference = '[]' WHERE version = 2",
}


@pytest.fixture
def known(database_url: str, redis_url: str) -> settings.Settings:
    return settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 40})


@pytest.fixture
def stores(known: settings.Settings) -> Iterator[Stores]:
    """Two signed models; the second is the champion, the first was."""
    made = assemble(known)
    for seed in (5, 6):
        version = registry.save(made.database, trained(seed), made.model_seal)
        models.promote(made.live, made.database, version)
    yield made
    made.close()


def change(stores: Stores, statement: str) -> None:
    with stores.database.transaction() as connection:
        connection.execute(text(statement))


def serving(stores: Stores, known: settings.Settings) -> Serving:
    return Serving(stores, known.config.policy, 60.0)


@pytest.mark.parametrize("how", TAMPERED)
def test_a_model_that_is_not_what_was_registered_is_refused(stores: Stores, known: settings.Settings, how: str) -> None:
    assert models.load(stores.database, 2, stores.model_seal).version == 2
    change(stores, TAMPERED[how])
    with pytest.raises(UntrustedModel, match="model 2 is refused"):
        models.load(stores.database, 2, stores.model_seal)
    assert models.load(stores.database, 1, stores.model_seal).version == 1
    fresh = serving(stores, known)
    fresh.refresh()
    assert fresh.current().scorer.version == 1
    fresh.stop()


def test_the_old_champion_serves_on_when_the_new_one_is_refused(stores: Stores, known: settings.Settings) -> None:
    running = serving(stores, known)
    running.refresh()
    assert running.current().scorer.version == 2
    third = registry.save(stores.database, trained(7), stores.model_seal)
    change(stores, ARTEFACT + str(third))
    models.promote(stores.live, stores.database, third)
    running.refresh()
    assert running.current().scorer.version == 2
    running.stop()


def test_nothing_serves_when_nothing_can_be_trusted(stores: Stores, known: settings.Settings) -> None:
    change(stores, "UPDATE models SET artefact = ''")
    with pytest.raises(NoModel, match="no current or previous champion can be verified"):
        serving(stores, known).refresh()


def test_the_alert_rule_names_the_role_and_the_cause(stores: Stores, known: settings.Settings) -> None:
    parameters = rule.Parameters(above=0.5)

    def judged() -> dict[str, str]:
        context = RuleContext(known, stores.database, stores.live, RuleMemory(), NOW)
        return {one.series: rule.judge(one, parameters).state for one in rule.gather(context, parameters)}

    assert judged() == {"champion": "good"}
    change(stores, TAMPERED["changed"])
    assert judged() == {"champion": "bad"}


def test_an_operator_may_sign_on_their_word_and_it_is_on_record(stores: Stores, known: settings.Settings) -> None:
    change(stores, TAMPERED["unsigned"])
    arguments = type("Arguments", (), {"version": 2})()
    assert sign.run(arguments, stores, known) == 0
    assert models.load(stores.database, 2, stores.model_seal).version == 2
    with stores.database.transaction() as connection:
        rows = connection.execute(text("SELECT target FROM audit_log WHERE action = 'model.sign'")).scalars().all()
    assert rows == ["model:2"]


def test_models_from_before_seals_are_sealed_once_and_later_ones_are_not(stores: Stores) -> None:
    change(stores, "UPDATE models SET digest = NULL, signature = NULL")
    assert models.load(stores.database, 1, stores.model_seal).version == 1
    assert models.load(stores.database, 2, stores.model_seal).version == 2
    smuggled = registry.save(stores.database, trained(8))
    with pytest.raises(UntrustedModel, match=f"python -m ml sign {smuggled}"):
        models.load(stores.database, smuggled, stores.model_seal)


def test_another_key_refuses_and_no_key_checks_the_digest_only(stores: Stores) -> None:
    with pytest.raises(UntrustedModel, match="GATEHOUSE_SECRET_KEY"):
        models.load(stores.database, 2, ModelSeal("j" * 40))
    assert models.load(stores.database, 2).version == 2
    change(stores, TAMPERED["changed"])
    with pytest.raises(UntrustedModel):
        models.load(stores.database, 2)
