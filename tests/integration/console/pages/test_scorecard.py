"""The page Scorecard: figures with interval, n and maturity; why there is none; the choices of its address."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from console.analytics.scorecard import read, score_bins, sums
from console.analytics.scorecard.ranking import gini
from console.app import PREFIX
from core.analytics.periods import Span
from core.db.engine import Database
from core.db.redis_client import Live
from tests import analytics_world as world
from tests import scorecard_world
from tests.components import Shown, document
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
PATH = "analytics/scorecard"


def page(person: Person, more: str = "", status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{PATH}{more}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def test_before_any_prediction_it_says_so(person: Make) -> None:
    shown = page(person("vic", "viewer"))
    assert "No predictions yet." in shown


def test_without_weeks_of_labels_each_figure_says_why_there_is_none(person: Make, db: Database, live: Live) -> None:
    scorecard_world.fill(db, live, time.time(), days=10, per_day=20)
    shown = page(person("vic", "viewer"), "?period=30d")
    assert "Label delay needs 3 whole weeks of predictions" in shown
    assert "critical value" in shown, "stability needs no labels"


def test_every_figure_has_interval_n_maturity_and_a_sentence(person: Make, db: Database, live: Live) -> None:
    scorecard_world.fill(db, live, time.time(), drifted=True)
    vic = person("vic", "viewer")
    shown = page(vic, "?period=30d")
    for words in (
        "95 % interval", "mature weeks", "labelled", "critical value", "A random fraud scores above",
        "The scores are distributed as the reference", "1 of 2 features are above their critical value",
        "1 of them shifted beyond chance", "Reviewing the 100 highest scores a day finds",
        "transactions (", "would be decided differently", "not mature: rates may still rise", "Analyst was right",
        "more frauds are expected to become known",
    ):  # fmt: skip
        assert words in shown, words
    assert "Reviewing the 5 highest scores a day" in page(vic, "?period=30d&k=5")
    assert "profile strict → version 1, normal" in page(vic, "?period=30d&before=strict&after=v1")


@pytest.mark.parametrize("more", ["&k=0", "&k=x", "&k=99999999999", "&model=99", "&before=nobody", "&challenger=0"])
def test_a_choice_that_is_not_there_is_the_usual_one(more: str, person: Make, db: Database, live: Live) -> None:
    scorecard_world.fill(db, live, time.time(), days=2, per_day=10)
    shown = page(person("vic", "viewer"), f"?period=7d{more}")
    assert "version 1, normal → profile strict" in shown


def test_the_gini_of_the_sums_is_that_of_the_raw_scores_within_its_bound(db: Database, live: Live) -> None:
    """The reference ranks the raw scores of the same weeks one by one."""
    now = time.time()
    made = scorecard_world.fill(db, live, now)
    span = Span(int(now) - 90 * 86_400, int(now))
    with db.transaction() as connection:
        found = sums.sharp(connection, made.champion, sums.Kept(), span, 100, now)
        weeks = read.weeks(connection, sums.history(span), now)
    assert found.gini
    mature = ", ".join(f"'{at}'::date" for at in weeks.mature)
    raw = world.ask(
        db,
        "SELECT p.fraud_score, e.label = 'fraud' FROM fraud_predictions p JOIN effective_labels e USING"
        f" (transaction_id) WHERE date_trunc('week', p.timestamp AT TIME ZONE 'UTC')::date IN ({mature})",
    )
    bad, good = (np.array([score for score, fraud in raw if fraud is wanted]) for wanted in (True, False))
    ranked = 2 * stats.mannwhitneyu(bad, good).statistic / (len(bad) * len(good)) - 1
    assert (found.gini.frauds, found.gini.legit) == (len(bad), len(good))
    assert found.gini.value == pytest.approx(ranked, abs=found.gini.bound)
    assert found.gini == gini(score_bins.counted(bad), score_bins.counted(good))


def test_the_swap_set_of_models_equals_the_raw_rows(db: Database, live: Live) -> None:
    now = time.time()
    made = scorecard_world.fill(db, live, now, days=20, per_day=30)
    span = Span(int(now) // 3600 * 3600 - 15 * 86_400, int(now) // 3600 * 3600 + 3600)
    with db.transaction() as connection:
        found = sums.challenged(connection, made.challenger, span)
    raw = world.ask(
        db,
        "SELECT s.champion_decision::text, s.decision::text, count(*), count(e.label), count(*) FILTER (WHERE e.label ="
        " 'fraud') FROM shadow_predictions s LEFT JOIN effective_labels e USING (transaction_id) WHERE s.timestamp >="
        " :start AND s.timestamp < :end GROUP BY 1, 2",
        span,
    )
    assert {(one.before, one.after, one.n, one.labelled, one.frauds) for one in found.swaps} == {
        row for row in raw if row[0] != row[1]
    }
    assert found.n == sum(row[2] for row in raw) == 420


def test_the_edges_of_the_database_are_those_of_the_arithmetic(db: Database) -> None:
    assert world.ask(db, "SELECT score_edges()") == [(pytest.approx(score_bins.EDGES, rel=1e-6),)]
    scores = np.random.default_rng(1).random(2000).astype(np.float32).tolist() + score_bins.EDGES
    listed = ",".join(f"({one!r}::real)" for one in scores)
    found = world.ask(db, f"SELECT width_bucket(v, score_edges()) FROM (VALUES {listed}) AS t (v)")
    assert [at for (at,) in found] == score_bins.of(scores).tolist()
