"""The page Data quality: figures by feature, what changed, and anomalies linked to their transactions."""

import time
from collections.abc import Callable

from core.db.engine import Database
from tests import analytics_world as world
from tests import quality_world
from tests.integration.console.conftest import Person
from tests.integration.console.pages.test_analytics import page

Make = Callable[[str, str], Person]
HOUR = 3600


def fill(db: Database) -> int:
    version, now = quality_world.model(db), time.time()
    world.store(db, quality_world.predictions(version, 400, now - 20 * HOUR, now), now)
    world.store(db, quality_world.predictions(version, 200, now - 40 * HOUR, now - 30 * HOUR, seed=2), now)
    world.settle(db, now)
    return version


def test_a_viewer_sees_features_values_and_anomalies(person: Make, db: Database) -> None:
    version = fill(db)
    shown = page(person("vic", "viewer"), "analytics/quality")
    for words in ("Problems over time", "Data quality score", "Features", "Stored values", "Anomalies", "3 words",
                  "5 to 100", "out of range", "unseen word"):  # fmt: skip
        assert words in shown, words
    assert f"model {version}, 4 features" in shown
    assert any("transactions/one?id=q1-" in address for address in shown.values("href"))


def test_a_feature_is_chosen_and_its_anomalies_alone_are_listed(person: Make, db: Database) -> None:
    fill(db)
    vic = person("vic", "viewer")
    shown = page(vic, "analytics/quality?feature=payment&period=7d")
    assert "payment against training" in shown
    assert "any other word" in shown
    assert "out of range" not in shown.text.partition("Anomalies")[2]
    assert "amount against training" in page(vic, "analytics/quality?feature=amount")
    assert page(vic, "analytics/quality?feature=nothing&model=999999999999")


def test_without_predictions_it_says_so(person: Make) -> None:
    assert "No predictions with features" in page(person("vic", "viewer"), "analytics/quality")


def test_a_model_that_does_not_exist_has_none(person: Make, db: Database) -> None:
    fill(db)
    assert "No predictions with features" in page(person("vic", "viewer"), "analytics/quality?model=77")
