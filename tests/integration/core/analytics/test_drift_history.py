"""Drift by day equals what raw rows give, of the model with most predictions; days with too few say nothing."""

from datetime import UTC, datetime

import numpy as np

from core import settings
from core.analytics import drift_history
from core.analytics.periods import Span
from core.db.engine import Database
from core.models.drift import Window
from tests import analytics_world as world
from tests import quality_world
from tests.analytics_world import DAY, MIDNIGHT

SPAN = Span(MIDNIGHT - 3 * DAY, MIDNIGHT)
BEFORE = [[100, 200, 420, 430, 420, 430, 0], [500] * 4 + [0], [1000, 1000, 0], [700, 650, 0, 650, 0]]
EDGES = [quality_world.EDGES, [1.5, 2.5, 3.5], [0.5], [0.5, 1.25, 1.75]]


def test_each_day_is_that_of_its_raw_rows(db: Database) -> None:
    version = quality_world.model(db)
    world.store(db, quality_world.predictions(version, 900, MIDNIGHT - 2 * DAY, MIDNIGHT))
    world.store(db, quality_world.predictions(version, 20, MIDNIGHT - 3 * DAY, MIDNIGHT - 2 * DAY, seed=2))
    with db.transaction() as connection:
        found = drift_history.days(connection, SPAN, 100)
    assert [one.kl is None for one in found] == [True, False, False]
    window = Window(list(quality_world.FEATURES), BEFORE)
    for day in found[1:]:
        rows = world.ask(
            db, f"SELECT features FROM fraud_predictions WHERE features IS NOT NULL AND timestamp::date = '{day.day}'"
        )
        values = np.array([row[0] for row in rows], dtype=float)
        counts: list[int] = []
        for column, edges in zip(values.T, EDGES, strict=True):
            there = column[~np.isnan(column)]
            counts += [int(sum(np.searchsorted(edges, there, side="right") == at)) for at in range(len(edges) + 1)]
            counts.append(int(np.isnan(column).sum()))
        worst = window.judge(counts)[0]
        assert (day.n, day.kl, day.feature) == (len(rows), round(worst.kl, 5), worst.name)
        assert datetime.fromtimestamp(day.at, UTC).date() == day.day


def test_without_rows_there_is_no_day_and_no_report(db: Database) -> None:
    with db.transaction() as connection:
        assert drift_history.days(connection, SPAN, 100) == []
        assert drift_history.reports(connection, SPAN) == []


def test_limits_are_those_of_the_live_page() -> None:
    found = drift_history.limits(settings.load({}))
    assert (found.watch, found.threshold, found.minimum) == (0.10, 0.15, 100)
