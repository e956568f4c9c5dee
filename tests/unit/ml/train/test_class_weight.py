"""A fraud's weight: as configured where fraud is rare, and never more than balances the classes."""

import json

import msgspec
import numpy as np
import pytest

from ml.train import class_weight, training
from tests.unit.ml.examples import config, table


@pytest.mark.parametrize(
    ("configured", "frauds", "used"), [(18, 10, 18), (18, 53, 947 / 53), (18, 100, 9), (18, 700, 1), (0.5, 700, 0.5)]
)
def test_it_never_drowns_what_is_honest(configured: float, frauds: int, used: float) -> None:
    labels = np.repeat([1.0, 0.0], [frauds, 1000 - frauds])
    assert class_weight.of_fraud(configured, labels) == pytest.approx(used)


def test_the_model_and_its_card_say_what_was_used() -> None:
    found = table(800)
    heavy = msgspec.structs.replace(config().boosted, weight=500.0)
    made = training.train(found, msgspec.structs.replace(config(), boosted=heavy), search=False)
    objective = json.loads(training.loaded(made).save_config())["learner"]["objective"]
    older = found.labels[: round(800 * (1 - config().test_share))]
    used = class_weight.of_fraud(500.0, older)
    assert 1 < used < 500
    assert float(objective["reg_loss_param"]["scale_pos_weight"]) == pytest.approx(used, rel=1e-6)
    assert made.card["model"]["parameters"]["boosted"]["weight"] == pytest.approx(used)
