"""The page Scoring performance: boxes, errors, models, the slowest with their transaction, a comparison."""

import time
from collections.abc import Callable

from console.analytics import scoring
from console.app import PREFIX
from core.db.engine import Database
from core.events.performance.endpoint import Endpoint
from core.events.types import Event, Prediction
from tests import analytics_world as world
from tests.components import Shown, document
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
HOUR = 3600


def page(person: Person, query: str = "", status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}analytics/performance{query}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def made(now: float) -> list[Event]:
    """An hour ago 20 predictions of each of two models, a slow one among them; the day before half as fast."""
    found: list[Event] = [
        Prediction(
            id=f"p{day}-{place}", transaction_id=f"p{day}-{place}", timestamp=now - HOUR - day * 24 * HOUR - place,
            score=0.2, decision="APPROVED", threshold=0.6, model_version=3 + place % 2,
            latency_ms=1234.0 if place == 7 and not day else 4.0 * (1 + day),
        )
        for day in (0, 1)
        for place in range(40)
    ]  # fmt: skip
    for status, hits in ((200, 96), (422, 3), (503, 1)):
        found.append(Endpoint(
            service=scoring.SERVICE, version="1", route=scoring.ROUTES[0], method="POST", status=status, hits=hits,
            seconds_sum=0.001 * hits, seconds_min=0.001, seconds_max=0.001, buckets={-348: hits},
            timestamp=now - HOUR, id=f"a{status}",
        ))  # fmt: skip
    return found


def test_what_is_shown_of_a_day(person: Make, db: Database) -> None:
    now = time.time()
    world.store(db, made(now), now)
    world.settle(db, now)
    shown = page(person("vic", "viewer"))
    assert "1.23 s" in shown, "the slowest prediction"
    assert "p0-7" in shown.values("data-open"), "it opens its transaction"
    for words in ("model 3", "model 4", "422 refused input", "5xx", "3 requests; 0 others with 4xx"):
        assert words in shown
    assert "1 of 100 requests" in shown
    assert {"latency", "errors"} <= set(shown.values("data-csv")), "every chart has its numbers as a file"
    assert "better" in shown, "half as slow as the day before"


def test_nothing_is_a_sentence(person: Make, db: Database) -> None:
    shown = page(person("vic", "viewer"))
    assert "No prediction of this period stored how long it took." in shown
    assert "The scoring service answered no request in this period." in shown
    assert "none in this period" in shown


def test_all_time_has_nothing_before_it_and_a_wrong_period_is_told(person: Make, db: Database) -> None:
    vic = person("vic", "viewer")
    assert "All time has no period before it." in page(vic, "?period=all")
    assert "no period" in page(vic, "?period=fortnight", 400)
