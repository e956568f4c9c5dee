"""Categories: words in the order of their rate on older rows, rare and new ones as risky as the average."""

import numpy as np

from ml.config import CategoriesConfig
from ml.data import categories
from ml.data.features import Encoder, Feature, from_json
from ml.data.table import Table
from ml.train import reference, training
from tests.unit.ml.examples import config

WORDS = ("bad", "good", "rare", "so-so")
CONFIG = CategoriesConfig(most=10, least_rows=5, prior_rows=2.0)


def table(n: int = 2000) -> Table:
    """`bad` is mostly fraud, `good` hardly ever; `rare` comes twice."""
    rng = np.random.default_rng(3)
    index = rng.choice([0, 1, 3], n)
    index[[10, 20]] = 2
    labels = (rng.random(n) < np.array([0.8, 0.02, 0.5, 0.3])[index]).astype(float)
    column = index.astype(np.float32)
    column[5] = np.nan
    rows = np.column_stack([column, rng.normal(size=n).astype(np.float32)]).astype(np.float32)
    return Table((Feature("kind", "category", categories=WORDS), Feature("x")), rows, labels, "f")


def test_words_are_in_the_order_of_their_rate_and_rare_ones_are_unseen() -> None:
    found = categories.ordered(table(), np.arange(1500), CONFIG)
    feature = found.features[0]
    assert feature.categories == ("good", "so-so", "bad")
    assert feature.unseen == 1.5
    assert found.rows[10, 0] == found.rows[20, 0] == 1.5
    assert np.isnan(found.rows[5, 0])
    assert found.features[1] == Feature("x")


def test_newer_rows_have_no_say() -> None:
    changed = table()
    changed.labels[1500:] = 1 - changed.labels[1500:]
    first, second = (categories.ordered(t, np.arange(1500), CONFIG) for t in (table(), changed))
    assert first.features == second.features


def test_only_the_most_frequent_words_are_told_apart() -> None:
    most = CategoriesConfig(most=2, least_rows=1, prior_rows=2.0)
    assert len(categories.ordered(table(), np.arange(1500), most).features[0].categories) == 2


def test_a_model_takes_words_where_it_learnt_words() -> None:
    artefact = training.train(table(), config())
    features = from_json([feature.as_json() for feature in artefact.features])
    assert features == artefact.features
    encoder = Encoder(features)
    good, bad, new, none = (encoder.values({"kind": word, "x": 1})[0] for word in ("good", " bad ", "new", None))
    assert (good, bad, new) == (0, 2, features[0].unseen)
    assert np.isnan(none)
    assert np.isnan(encoder.values({"kind": ""})[0])
    assert [features[0].word(value) for value in (0.0, 2.0, 1.5, None)] == ["good", "bad", None, None]


def test_numbers_and_flags_are_taken_as_they_are_written() -> None:
    encoder = Encoder((Feature("zip", "category", categories=("10115", "true", "1.5"), unseen=-0.5),))
    assert [encoder.values({"zip": value})[0] for value in (10115, 10115.0, True, 1.5, 7)] == [0, 0, 1, 2, -0.5]


def test_every_word_has_a_bin_of_its_own() -> None:
    found = categories.ordered(table(), np.arange(1500), CONFIG)
    bins, _ = reference.bins(found.rows, found.features, 10)
    assert bins["edges"] == [0.5, 1.25, 1.75]
    assert sum(bins["counts"]) == 2000
    assert bins["counts"][2] == 2
    assert bins["counts"][-1] == 1
