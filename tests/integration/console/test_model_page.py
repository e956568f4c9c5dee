"""The Model page on real stores: what it says without a model, and who may ask for a retraining."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from console.app import PREFIX
from core.store import models, training_runs
from core.store.db import Database
from core.store.live import Live
from core.web.app import App
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]


@pytest.fixture
def champion(app: App, db: Database, live: Live) -> int:
    """A model that serves."""
    version = models.save(
        db, algorithm="boosted", artefact=b"x", features=["x"], reference=[], metrics={}, fingerprint="f"
    )
    models.promote(live, db, version)
    return version


def page(person: Person, query: str = "", status: int = 200) -> str:
    answer = person.client.get(f"{PREFIX}model{query}")
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_without_a_model_it_says_what_to_do(person: Make) -> None:
    html = page(person("vic", "viewer"))
    assert "No model serves yet" in html
    assert "python -m ml train" in html
    assert "Ask for an emergency retraining" not in html


def test_an_operator_asks_for_a_retraining_once_and_it_is_audited(person: Make, db: Database) -> None:
    status, _ = person("ann", "analyst").post("model/retrain", reason="fraud has changed")
    assert status == 403
    olga = person("olga", "operator")
    for _ in range(2):
        status, _ = olga.post("model/retrain", reason="fraud has changed")
        assert status == 303
    (run,) = training_runs.listed(db)
    assert (run.kind, run.state, run.requested_by, run.reason) == ("emergency", "queued", "olga", "fraud has changed")
    with db.transaction() as connection:
        rows = connection.execute(text("SELECT actor, target FROM audit_log WHERE action = 'training.request'")).all()
    assert [tuple(row) for row in rows] == [("olga", f"run:{run.id}")]


def test_a_retraining_without_a_reason_is_refused_and_keeps_what_was_typed(
    champion: int, person: Make, db: Database
) -> None:
    olga = person("olga", "operator")
    status, html = olga.post("model/retrain", reason="  ")
    assert status == 400
    assert 'id="w-reason"' in html
    status, html = olga.post("model/retrain", reason="x" * 501)
    assert status == 400
    assert "x" * 501 in html
    assert training_runs.listed(db) == []
