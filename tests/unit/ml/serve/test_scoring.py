"""Scoring: the short way to XGBoost gives its own numbers, contributions add up, threads do not mix."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.errors import BadInput
from ml.serve.scoring import Scorer
from ml.train import training
from tests.unit.ml.examples import config, model_of, table


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer(model_of(training.train(table(), config())))


def objects(scorer: Scorer) -> list[dict[str, float | None]]:
    rows = table(200, seed=9).rows.astype(float)
    return [
        {name: None if np.isnan(value) else value for name, value in zip(scorer.encoder.names, row, strict=True)}
        for row in rows
    ]


def test_one_row_scores_like_inplace_predict(scorer: Scorer) -> None:
    expected = scorer.score_many(table(200, seed=9).rows)
    found = [scorer.score(item)[0] for item in objects(scorer)]
    np.testing.assert_array_equal(np.float32(found), expected)


def test_threads_do_not_mix_their_rows(scorer: Scorer) -> None:
    items = objects(scorer) * 10
    alone = [scorer.score(item)[0] for item in items]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda item: scorer.score(item)[0], items)) == alone


def test_contributions_and_base_add_up_to_the_score(scorer: Scorer) -> None:
    for item in objects(scorer)[:20]:
        score, values = scorer.score(item)
        shares, base = scorer.explain(values)
        assert 1 / (1 + np.exp(-(sum(shares.values()) + base))) == pytest.approx(score, abs=1e-4)


def test_the_top_feature_moved_the_score_most_towards_fraud(scorer: Scorer) -> None:
    score, values = scorer.score({"speed": 4.0, "new_device": True, "age": 50})
    name, value = scorer.top(values, scorer.contributions(scorer.encoder.rows([values]))[0])
    assert score > 0.7
    assert (name, value) == ("speed", 4.0)


def test_a_missing_top_value_is_none(scorer: Scorer) -> None:
    nothing = [np.nan] * 3
    assert scorer.top(nothing, np.array([0.1, 0.5, 0.2], dtype=np.float32)) == ("new_device", None)


def test_rows_of_another_models_length_are_refused(scorer: Scorer) -> None:
    with pytest.raises(BadInput, match="takes 3 values"):
        scorer.explain([1.0])


def test_a_number_beyond_single_precision_is_refused(scorer: Scorer) -> None:
    with pytest.raises(BadInput):
        scorer.score({"speed": 1e39})
