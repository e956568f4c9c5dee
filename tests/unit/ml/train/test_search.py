"""Settings are chosen on older rows only, by parts in time; the shipped ones stay unless others are clearly better."""

import dataclasses

import msgspec
import numpy as np
import pytest

from bench import _card_data as cards
from ml.artefact import Algorithm
from ml.config import ModelConfig
from ml.data.features import Feature
from ml.data.split import DAY, Protocol
from ml.data.table import Table
from ml.train import search, training
from tests.unit.ml.examples import searching as config
from tests.unit.ml.examples import table


def test_parts_lie_in_time_and_leave_known_entities_out() -> None:
    whole = dataclasses.replace(table(), times=np.arange(3000) * 600.0, entities=np.arange(3000) % 900)
    found = search.parts(whole, np.arange(2000), config(), Protocol(), 3)
    assert len(found) == 3
    for part in found:
        assert part.older.max() < part.newer.min() < 2000
        frauds = set(whole.entities[part.older[whole.labels[part.older] == 1]].tolist())
        yesterday = whole.times[part.newer[0]] // DAY * DAY
        known = {e for e in frauds if (whole.times[(whole.entities == e) & (whole.labels == 1)][0]) < yesterday - DAY}
        assert not known & set(whole.entities[part.newer].tolist())


def test_a_delay_is_kept_where_there_is_room_for_it() -> None:
    whole = dataclasses.replace(table(), times=np.arange(3000) * DAY / 10)
    for part in search.parts(whole, np.arange(3000), config(), Protocol(20.0), 4):
        assert whole.times[part.newer[0]] - whole.times[part.older[-1]] > 20 * DAY
    assert len(search.parts(whole, np.arange(3000), config(), Protocol(200.0), 4)) == 4


def test_large_tables_are_thinned_evenly() -> None:
    rules = msgspec.structs.replace(config(), search=msgspec.structs.replace(config().search, rows=1000))
    whole = table()
    parts = search.parts(whole, np.arange(3000), rules, Protocol(), 4)
    used = np.concatenate([parts[0].older, *(part.newer for part in parts)])
    assert len(used) == len(set(used.tolist())) <= 1001
    assert abs(whole.labels[used].mean() - whole.labels.mean()) < 0.005


def test_the_test_rows_choose_nothing() -> None:
    whole = table()
    turned = whole.labels.copy()
    turned[2250:] = np.random.default_rng(1).permutation(turned[2250:])
    other = dataclasses.replace(whole, labels=turned)
    quick = msgspec.structs.replace(config(), boosted=msgspec.structs.replace(config().boosted, rounds=40))
    first, second = (training.train(one, quick) for one in (whole, other))
    assert first.model == second.model
    assert first.card["model"]["search"]["boosted"] == second.card["model"]["search"]["boosted"]


def test_1_is_among_the_weights_and_what_was_tried_is_on_the_card() -> None:
    heavy = msgspec.structs.replace(config().boosted, weight=8.0, rounds=40)
    tried = training.train(table(), msgspec.structs.replace(config(), boosted=heavy)).card["model"]["search"]["boosted"]
    assert {1.0, 4.0, 8.0} <= {row["weight"] for row in tried}
    assert tried[0]["weight"] == 8.0
    assert {row["depth"] for row in tried} == {3, 4, 5}


def test_few_frauds_leave_the_settings_as_they_are() -> None:
    artefact = training.train(table(300), config())
    assert artefact.card["model"]["search"] == {}
    assert artefact.card["model"]["parameters"]["boosted"]["depth"] == config().boosted.depth


def test_settings_that_are_clearly_better_win() -> None:
    """Fraud is an exclusive or: trees of one level cannot see it."""
    rng = np.random.default_rng(3)
    rows = (rng.random((4000, 2)) < [0.5, 0.4]).astype(np.float32)
    labels = ((rows.sum(axis=1) == 1) & (rng.random(4000) < 0.3)).astype(float)
    odd = Table(tuple(Feature(f"x{i}", "flag") for i in range(2)), rows, labels, "f")
    shallow = msgspec.structs.replace(
        config().boosted, depth=1, depths=[3], rounds=20, learning_rate=0.3, column_share=1.0, weights=[]
    )
    artefact = training.train(odd, msgspec.structs.replace(config(), boosted=shallow))
    assert artefact.card["model"]["parameters"]["boosted"]["depth"] == 3


def small() -> Table:
    """Two weeks of the published simulator at a tenth of its size."""
    made = cards.payments(52, 500, 1000, seed=9)
    rows = np.flatnonzero(made.at >= 38 * DAY)
    columns = cards.features(made)
    return Table(
        tuple(Feature(name) for name in columns),
        np.column_stack([values[rows] for values in columns.values()]).astype(np.float32),
        made.fraud[rows].astype(float),
        "cards",
        times=cards.FIRST_DAY + made.at[rows].astype(float),
        entities=made.customer[rows],
    )


def settings(weight: float) -> ModelConfig:
    """Fewer trees; a fraud counts that many honest payments."""
    shipped = config()
    boosted = msgspec.structs.replace(shipped.boosted, rounds=60, learning_rate=0.2, depths=[], weight=weight)
    forest = msgspec.structs.replace(shipped.forest, rounds=30, weight=weight)
    return msgspec.structs.replace(shipped, boosted=boosted, forest=forest)


@pytest.mark.parametrize("weight", [1.0, 18.0])
@pytest.mark.parametrize("algorithm", ["boosted", "forest"])
@pytest.mark.parametrize("searched", [True, False])
def test_scores_of_card_payments_mean_probabilities(weight: float, algorithm: Algorithm, searched: bool) -> None:
    rules = Protocol(test_days=7, drop_known=False)
    card = training.train(small(), settings(weight), algorithm, protocol=rules, search=searched).card
    assert 0.7 < card["measures"]["mean_score"] / card["measures"]["fraud_rate"] < 1.45
