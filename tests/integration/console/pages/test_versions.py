"""The registry on real stores: roles change with a second factor and on record; cards stay in their frame."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import text

from console.app import PREFIX
from core.audit import chain
from core.db.engine import Database
from core.db.redis_client import Live
from core.models import registry as models
from core.models import roles
from core.web.app import App
from ml import registry
from ml.train import training
from tests.components import seen
from tests.integration.console.conftest import Person
from tests.training import quick
from tests.unit.ml.examples import table

Make = Callable[[str, str], Person]


@pytest.fixture
def two(app: App, db: Database) -> None:
    """Two registered models with cards, neither with a role."""
    for seed in (1, 2):
        registry.save(db, training.train(table(seed=seed), quick(), note=f"<b>seed {seed}</b>"))


def page(person: Person, path: str, status: int = 200) -> str:
    return seen(person.client.get(f"{PREFIX}model/versions{path}"), status)


def test_promote_and_roll_back_on_record(two: None, person: Make, db: Database, live: Live) -> None:
    olga = person("olga", "operator")
    assert olga.post("model/versions/1/promote", reason="first")[0] == 303
    assert olga.post("model/versions/2/shadow")[0] == 303
    assert (models.champion(live, db), models.role(db, "challenger")) == (1, 2)
    assert olga.post("model/versions/2/promote")[0] == 303
    assert (models.champion(live, db), models.role(db, "challenger")) == (2, None)
    html = page(olga, "")
    assert "Roll back to model 1" in html
    assert "<b>seed 2</b>" in page(olga, "/2")
    assert "<b>seed" not in olga.client.get(f"{PREFIX}model/versions/2").get_data(as_text=True)
    status, said = olga.post("model/versions/rollback", to="7")
    assert status == 409
    assert "The champion changed since" in said
    assert olga.post("model/versions/rollback", to="1")[0] == 303
    assert models.champion(live, db) == 1
    actions = [row.action for row in chain.listed(db, chain.Filter(actor="olga")) if row.action.startswith("model.")]
    assert actions == ["model.roll-back", "model.promote", "model.release", "model.promote", "model.promote"]


def test_nothing_to_roll_back_to_is_said(two: None, person: Make) -> None:
    olga = person("olga", "operator")
    assert olga.post("model/versions/1/promote")[0] == 303
    status, said = olga.post("model/versions/rollback", to="None")
    assert status == 409
    assert "There is no earlier champion" in said
    status, said = olga.post("model/versions/99/promote")
    assert status == 409
    assert "There is no model 99" in said


def test_the_shadow_ends_and_the_ensemble_is_named(two: None, person: Make, db: Database) -> None:
    olga = person("olga", "operator")
    olga.post("model/versions/2/shadow")
    assert "Stop shadow mode" in page(olga, "/2")
    assert olga.post("model/versions/unshadow")[0] == 303
    assert olga.post("model/versions/2/ensemble")[0] == 303
    assert (models.role(db, "challenger"), models.role(db, "ensemble")) == (None, 2)


def test_only_operators_change_roles_and_take_the_model_home(two: None, person: Make, db: Database) -> None:
    ann = person("ann", "analyst")
    for path in ("1/promote", "1/shadow", "1/ensemble", "rollback", "unshadow"):
        assert ann.post(f"model/versions/{path}")[0] == 403
    page(ann, "/1/model.ubj", 403)
    assert "Promote" not in page(ann, "/1")
    olga = person("olga", "operator")
    answer = olga.client.get(f"{PREFIX}model/versions/1/model.ubj")
    assert answer.data == models.load(db, 1).artefact
    assert 'filename="gatehouse-model-1.ubj"' in answer.headers["Content-Disposition"]
    assert chain.listed(db, chain.Filter(action="model.download"))[0].actor == "olga"


def test_a_change_wants_a_second_factor_that_was_shown_lately(
    two: None, person: Make, monkeypatch: pytest.MonkeyPatch, db: Database
) -> None:
    from core import clock

    olga = person("olga", "operator")
    token = olga.token()
    later = time.time() + 1500
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = olga.client.post(f"{PREFIX}model/versions/1/promote", data={"csrf": token, "reason": "carry me"})
    assert answer.status_code == 403
    assert "carry me" in answer.get_data(as_text=True)
    assert models.role(db, "champion") is None


def test_a_card_may_only_be_looked_at(two: None, person: Make) -> None:
    vic = person("vic", "viewer")
    answer = vic.client.get(f"{PREFIX}model/versions/1/card")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Model card: boosted" in answer.get_data(as_text=True)
    document = vic.client.get(f"{PREFIX}model/versions/1/card.json")
    assert document.json["model"]["note"] == "<b>seed 1</b>"
    for path in ("/99", "/99/card", "/99/card.json", "/99999999999"):
        page(vic, path, 404)


def test_the_question_before_a_promotion_says_what_speaks_against_it(two: None, person: Make, db: Database) -> None:
    olga = person("olga", "operator")
    assert olga.post("model/versions/1/promote")[0] == 303
    assert "unknown to the champion" not in page(olga, "/2")
    with db.transaction() as connection:
        connection.execute(text('UPDATE models SET features = \'["ip", "mail"]\' WHERE version = 2'))
    html = page(olga, "/2")
    assert html.count("2 of its 2 features are unknown to the champion: ip, mail.") == 2
    assert "unknown to the champion" not in page(olga, "/1")


def test_two_side_by_side(two: None, person: Make) -> None:
    vic = person("vic", "viewer")
    html = page(vic, "/compare?first=1&second=2")
    assert "Average precision" in html
    assert "Both use the same features." in html
    assert "Choose two different models." in page(vic, "/compare?first=1&second=1")
    assert "Choose two registered models." in page(vic, "/compare?first=1&second=x")


def test_an_empty_registry_says_what_to_do(app: App, person: Make) -> None:
    assert "Train one on the Training page" in page(person("vic", "viewer"), "")


def test_of_two_who_promote_at_once_the_second_is_told(
    two: None, person: Make, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = person("olga", "operator")
    assert olga.post("model/versions/1/promote?instead=")[0] == 303
    assert "/2/promote?instead=1" in page(olga, "/2")
    with db.transaction() as connection:
        roles.assign(connection, 2, actor="oscar")
        roles.assign(connection, 1, "ensemble", actor="oscar")
    status, said = olga.post("model/versions/1/promote?instead=1")
    assert status == 409
    assert "model 2 is in service now" in said
    assert olga.post("model/versions/1/promote?instead=\u00b2")[0] == 409
    assert olga.post("model/versions/1/promote?instead=2", reason="nul\0")[0] == 400
    assert olga.post("model/versions/1/promote?instead=2", reason="nul")[0] == 303
