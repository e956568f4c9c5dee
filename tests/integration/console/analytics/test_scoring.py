"""Quantiles of latency are within 1 % of those of the rows; answers of the scoring service by status are exact."""

from pathlib import Path

import numpy as np
import pytest

from collector import endpoint_rollup
from console.analytics import scoring, scoring_reads
from console.analytics.scoring import Answers
from core import settings
from core.analytics.periods import Span
from core.db.engine import Database
from core.events.performance.endpoint import Endpoint
from core.events.types import Event
from ml.serve import app as service
from tests import analytics_world as world
from tests.analytics_world import DAY, HOUR, MIDNIGHT, NOW


def test_quantiles_are_within_one_percent(db: Database) -> None:
    hours = 3
    world.store(db, world.events(600, NOW - 4 * HOUR, NOW))
    world.settle(db)
    span = Span(MIDNIGHT + 9 * HOUR - hours * HOUR, MIDNIGHT + 9 * HOUR)
    raw = np.sort([row[0] for row in world.ask(
        db, "SELECT latency_ms::float8 FROM fraud_predictions WHERE timestamp >= :start AND timestamp < :end", span
    )])  # fmt: skip
    with db.transaction() as connection:
        found = scoring_reads.whole(connection, span)
    assert found.predictions == len(raw)
    for quantile, value in zip(scoring.QUANTILES, (found.p25, found.p50, found.p75, found.p95, found.p99), strict=True):
        nearest = raw[max(0, int(np.ceil(quantile * len(raw) - 1e-9)) - 1)]
        assert value == pytest.approx(nearest, rel=0.01)


def test_no_predictions_have_no_latency(db: Database) -> None:
    with db.transaction() as connection:
        found = scoring_reads.latencies(connection, Span(MIDNIGHT, MIDNIGHT + HOUR), HOUR)
        assert (found.boxes, found.models, found.whole.predictions, found.whole.p95) == ([], {}, 0, None)
        assert scoring_reads.codes(connection, Span(MIDNIGHT, MIDNIGHT + HOUR), HOUR) == []


def answered(at: float, status: int, hits: int, route: str = scoring.ROUTES[0], service: str = "scoring") -> Endpoint:
    return Endpoint(
        service=service, version="1", route=route, method="POST", status=status, hits=hits, seconds_sum=0.001 * hits,
        seconds_min=0.001, seconds_max=0.001, buckets={-348: hits}, timestamp=at, id=f"{at}-{status}-{route}-{service}",
    )  # fmt: skip


def test_answers_by_status_with_hours_that_are_not_summed_up_yet(db: Database) -> None:
    events: list[Event] = [
        answered(MIDNIGHT + 60, 200, 90), answered(MIDNIGHT + 120, 422, 7), answered(MIDNIGHT + HOUR, 503, 2),
        answered(MIDNIGHT + HOUR + 60, 200, 5, scoring.ROUTES[-1]), answered(MIDNIGHT + HOUR, 401, 3),
        answered(MIDNIGHT + 60, 200, 1000, "/api/v1/ml/explain"), answered(MIDNIGHT + 60, 500, 1000, service="shop"),
    ]  # fmt: skip
    world.store(db, events)
    span = Span(MIDNIGHT, MIDNIGHT + 2 * HOUR)
    expected = [(200, 95, [90, 5]), (401, 3, [0, 3]), (422, 7, [7, 0]), (503, 2, [0, 2])]

    def read() -> list[tuple[int, int, list[int]]]:
        with db.transaction() as connection:
            return [(one.status, one.answers, one.bins) for one in scoring_reads.codes(connection, span, HOUR)]

    assert read() == expected, "from the minutes"
    endpoint_rollup.run(db, NOW + DAY)
    assert world.ask(db, "SELECT count(*) FROM endpoint_stale WHERE width = 3600") == [(0,)]
    assert read() == expected, "from the hours"
    world.store(db, [answered(MIDNIGHT + 180, 422, 1)])
    assert read()[2] == (422, 8, [8, 0]), "a late row"
    with db.transaction() as connection:
        whole = scoring.answers(scoring_reads.codes(connection, span, 2 * HOUR))
    assert whole == Answers(requests=108, failed=2, refused=8, others=3)


def test_the_routes_are_those_of_the_scoring_service(database_url: str, redis_url: str, tmp_path: Path) -> None:
    app = service.create(
        settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)})
    )
    assert {rule.rule for rule in app.url_map.iter_rules() if "/predict" in rule.rule} == set(scoring.ROUTES)
    app.close()
