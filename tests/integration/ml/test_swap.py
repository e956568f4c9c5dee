"""Swap and roll-back under load: no request fails, and every answer is stamped with the version that scored it."""

import threading
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from core.db.engine import Database
from core.db.redis_client import Live
from core.events.types import Prediction
from core.models import registry as models
from core.models import roles
from core.settings import load
from ml import registry
from ml.serve.app import create
from ml.serve.scoring import Scorer
from tests.integration.ml.test_service import published
from tests.unit.ml.examples import trained

SWAPS = 12
CLIENTS = 4


def test_no_request_fails_and_no_prediction_is_stamped_wrongly(
    database_url: str, redis_url: str, db: Database, live: Live, tmp_path: Path
) -> None:
    """Three models take turns, the ensemble among them; each swap is waited for, so all of them happen under load."""
    kinds = ("boosted", "forest", "ensemble")
    versions = [registry.save(db, trained(algorithm=kind)) for kind in kinds]  # type: ignore[arg-type]
    bodies = [{"speed": i / 10, "new_device": bool(i % 2), "age": None if i % 3 else i} for i in range(20)]
    scorers = {version: Scorer(models.load(db, version)) for version in versions}
    expected = {(v, i): scorers[v].score(body)[0] for v in versions for i, body in enumerate(bodies)}
    assert all(len({expected[v, i] for v in versions}) == 3 for i in range(len(bodies)))  # a score tells its model
    models.promote(live, db, versions[0])
    found = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)}
    app = create(load({**found, "GATEHOUSE_AUTH": "off"}))
    answers: list[tuple[int, int, Any]] = []
    done = threading.Event()

    def ask(client: int) -> None:
        number = 0
        while not done.is_set():
            which = number % len(bodies)
            body = {"transaction_id": f"{client}-{number}", "features": bodies[which]}
            answer = Client(app).post("/predict", json=body, environ_base={"REMOTE_ADDR": "127.0.0.1"})
            answers.append((which, answer.status_code, answer.json))
            number += 1

    def swapped(version: int) -> None:
        seen = len(answers)
        while not any(body["model_version"] == version for _, _, body in answers[seen:]):
            assert not done.wait(0.02)

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, SWAPS):
            version = versions[number % 3]
            models.promote(live, db, version)
            swapped(version)
        with db.transaction() as connection:
            change = roles.roll_back(connection, None, "test")
        roles.publish(live, change)
        swapped(change.after)
    finally:
        done.set()
        for thread in threads:
            thread.join()
        app.extensions["serving"].stop()
        app.close()
    assert {status for _, status, _ in answers} == {200}
    wrong = [body for which, _, body in answers if body["fraud_score"] != expected[body["model_version"], which]]
    assert wrong == []
    stored = {event.transaction_id: event for event in published(live) if isinstance(event, Prediction)}
    assert len(stored) == len(answers)
    for which, _, body in answers:
        event = stored[body["transaction_id"]]
        assert (event.model_version, event.score) == (body["model_version"], body["fraud_score"])
        assert event.score == expected[event.model_version or 0, which]
