"""The pages Analytics and Overview show what raw rows say, and explain what they cannot show."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import text

from console.app import PREFIX
from console.figures.bins import Bins
from console.pages.analytics.overview import thresholds, wider
from console.pages.analytics.reading import PolicySpan
from core.analytics.rates import Decided
from core.db.engine import Database
from core.events.types import Prediction
from core.http import HttpClient
from core.web.app import App
from tests import analytics_world as world
from tests.components import Shown, document
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside

Make = Callable[[str, str], Person]
DAY = 86_400.0


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


def page(person: Person, path: str = "analytics", status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


@pytest.fixture
def stored(db: Database) -> float:
    """Predictions of two days, and of a day a week ago, some replayed, under two versions of the policy."""
    now = time.time()
    with db.transaction() as connection:
        for version, days in ((0.4, 20), (0.45, 3)):
            connection.execute(
                text(
                    "INSERT INTO policy_versions (created_at, profile, fraud_threshold, review_from, block_from, actor)"
                    " VALUES (to_timestamp(:at), 'normal', 0.6, :from, 0.7, 'ann')"
                ),
                {"at": now - days * DAY, "from": version},
            )
    world.store(
        db, world.events(900, now - 1.5 * DAY, now - 5) + world.events(600, now - 8 * DAY, now - 7 * DAY, 2), now
    )
    old = [one for one in world.events(30, now - DAY, now - 5, seed=7) if isinstance(one, Prediction)]
    for one in old:
        one.replayed = True
    world.store(db, [*old], now)
    world.settle(db, now, only=("decisions", "confidence", "score_decisions", "decision_mix"))
    return now


def test_a_viewer_may_open_it_and_an_address_that_is_not_understood_says_why(person: Make, db: Database) -> None:
    vic = person("vic", "viewer")
    shown = page(vic)
    assert f"{PREFIX}analytics?period=7d" in shown.values("href")
    assert "No sums have been made yet." in shown
    assert "No predictions in this period." in page(vic, "analytics/overview")
    assert "The last 24 hours are shown." in page(vic, "analytics?period=fortnight", 400)


def test_home_equals_raw_rows(person: Make, db: Database, stored: float) -> None:
    shown = page(person("vic", "viewer"), "analytics?period=7d")
    end = int(stored // 3600 * 3600) + 3600
    span = world.Span(int(end - 7 * DAY), end)
    decided = "timestamp >= :start AND timestamp < :end AND NOT coalesce(extra ? 'replayed', false)"
    ((total, approved, held, blocked),) = world.ask(
        db,
        "SELECT count(*), count(*) FILTER (WHERE decision = 'APPROVED'), count(*) FILTER (WHERE extra ? 'holdout'),"
        f" count(*) FILTER (WHERE decision = 'BLOCKED') FROM fraud_predictions WHERE {decided}",
        span,
    )
    assert f"{total:,}" in shown
    assert f"{100 * approved / total:.1f}" in shown
    assert f"{total - approved - blocked:,} in review ({held:,} held out) · {blocked:,} blocked" in shown
    assert "30 replayed predictions are left out of all figures." in shown
    assert "Today so far" in shown
    assert "Sums as of" in shown


def test_today_is_compared_over_the_same_finished_hours(person: Make, db: Database, stored: float) -> None:
    rows = {row[0]: row for row in page(person("vic", "viewer")).rows(-1)}
    midnight, hour = stored // DAY * DAY, stored // 3600 * 3600
    for column, back in ((2, 0.0), (3, 7 * DAY)):
        ((count,),) = world.ask(
            db,
            "SELECT count(*) FROM fraud_predictions WHERE timestamp >= :start AND timestamp < :end"
            " AND NOT coalesce(extra ? 'replayed', false)",
            world.Span(int(midnight - back), int(hour - back)),
        )
        assert rows["p"][column] == f"{count:,}"


def test_overview_has_a_table_behind_each_chart_and_every_threshold_that_was_in_force(
    person: Make, db: Database, stored: float
) -> None:
    shown = page(person("vic", "viewer"), "analytics/overview?period=7d")
    for name in ("volume", "decisions", "approval", "confidence", "scores"):
        assert name in shown.values("data-csv")
    figure = next(one for one in shown.values("data-figure") if "review from 0.4" in one)
    assert "review from 0.4 (v1)" in figure
    assert "review from 0.45 (v2)" in figure
    assert "fraud from 0.6 (v1 to v2)" in figure
    assert "LOW" in shown
    assert "v1 normal, v2 normal" in shown


def test_bins_of_the_approval_rate_are_wide_enough_for_a_rate() -> None:
    bins = Bins(26_000_040, 26_000_040 + 50 * 60, 60)
    few = [Decided(5, 1, 1)] * 50
    found, made = wider(bins, few)
    assert found.step == 24 * 60
    assert found.first <= bins.first
    assert found.after >= bins.after
    assert sum(one.total for one in made) == 350
    assert any(one.rate is not None for one in made)
    assert wider(bins, [Decided(90, 9, 1)] * 50) == (bins, [Decided(90, 9, 1)] * 50)


def test_only_thresholds_of_policies_in_force_are_named() -> None:
    one = PolicySpan(3, "strict", 0.0, 0.4, 0.5, 0.6)
    assert [(line.at, line.words) for line in thresholds([one])] == [
        (0.4, "review from 0.4"), (0.5, "fraud from 0.5"), (0.6, "block from 0.6"),
    ]  # fmt: skip
    assert thresholds([]) == []


def test_services_come_from_the_monitoring_api_and_their_absence_is_said(person: Make, inside: Inside) -> None:
    vic = person("vic", "viewer")
    assert "No service checks have run yet." in page(vic) or "up" in page(vic)
    inside.away = True
    assert "The monitoring API cannot be reached." in page(vic)
