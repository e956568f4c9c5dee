"""drift shifts features by more than the alarm's threshold, and fraud is not what it brings."""

import numpy as np

from core.models.drift import kl
from ml.data.features import Encoder, named
from ml.train import reference
from simulator import traffic
from simulator.traffic import HOUR
from tests.unit.simulator.scenarios.play import CONFIG, pieces

NAMES = ("amount", "account_age", "price_deviation")


def test_shifted_features_are_beyond_the_threshold() -> None:
    shifted = [item for piece in pieces("drift", 20) for item in piece.transactions]
    assert len(shifted) > 500
    number = int(shifted[0].when // HOUR) - 1
    features = tuple(named(name) for name in NAMES)
    encoder = Encoder(features)
    usual = encoder.rows([encoder.values(item.features) for item in traffic.hour(number, CONFIG)])
    rows = encoder.rows([encoder.values(item.features) for item in shifted])
    for column, bins in enumerate(reference.bins(usual, features, 10)):
        counts = np.bincount(np.searchsorted(bins["edges"], rows[:, column], side="right"), minlength=10)
        assert kl([*counts, 0], bins["counts"]) > 0.5


def test_they_are_scored_at_once_and_no_sales() -> None:
    piece = pieces("drift", 2)[0]
    assert piece.at_once
    assert not piece.report
