"""One pass over all features gives what each of them gives alone."""

import numpy as np
import pytest

from core.models.drift import kl, psi
from core.models.drift.window import Window


def test_the_pass_equals_the_features_one_by_one() -> None:
    random = np.random.default_rng(1)
    sizes = [2, 11, 3, 12, 1, 6]
    reference = [random.integers(0, 60, size).tolist() for size in sizes]
    counts = [random.integers(0, 9, size).tolist() for size in sizes]
    reference[3][4] = counts[3][4] = 0
    counts[5] = [0] * 6
    window = Window([f"x{i}" for i in range(len(sizes))], reference)
    found, stability = window.divergences(np.concatenate(counts))
    assert found == pytest.approx([kl(c, r) for c, r in zip(counts, reference, strict=True)])
    assert stability == pytest.approx([psi(c, r) for c, r in zip(counts, reference, strict=True)])


def test_the_largest_comes_first_and_what_never_was_is_left_out() -> None:
    window = Window(["same", "moved", "never"], [[500, 500, 0], [500, 500, 0], [0, 0, 1000]])
    found = window.judge([100, 100, 0, 190, 10, 0, 0, 0, 200])
    assert [(feature.name, feature.status) for feature in found] == [("moved", "drifted"), ("same", "healthy")]
    assert window.width == 9


def test_no_features() -> None:
    assert Window([], []).judge([]) == []
