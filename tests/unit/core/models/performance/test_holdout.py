"""The hold-out is a stable, secret share, and weighting it back gives the matrix that blocking hides."""

import numpy as np
import pytest

from core.models.performance.holdout import HeldOut, held_out, weighted

KEY = b"secret"


@pytest.mark.parametrize("share", [0.01, 0.2])
def test_the_share_is_kept_and_depends_on_the_key(share: float) -> None:
    ids = [f"t{n}" for n in range(20_000)]
    chosen = [held_out(KEY, one, share) for one in ids]
    assert sum(chosen) / len(ids) == pytest.approx(share, rel=0.2)
    assert chosen == [held_out(KEY, one, share) for one in ids]
    assert chosen != [held_out(b"other", one, share) for one in ids]


def test_a_larger_share_holds_the_smaller_one() -> None:
    ids = [f"t{n}" for n in range(3000)]
    assert all(held_out(KEY, one, 0.2) for one in ids if held_out(KEY, one, 0.05))


def test_none_without_a_share_and_no_share_without_a_key() -> None:
    assert not held_out(b"", "t1", 0.0)
    with pytest.raises(ValueError, match="secret key"):
        held_out(b"", "t1", 0.1)


def test_the_hidden_matrix_comes_back_within_its_interval() -> None:
    """600 blocked, 540 of them fraud; 5 % let through. Without them precision would seem to be 40 / 100."""
    random = np.random.default_rng(1)
    truth, inside, found = (540 + 40) / (600 + 100), 0, []
    for _ in range(300):
        frauds, honest = int(random.binomial(540, 0.05)), int(random.binomial(60, 0.05))
        result = weighted(40, 20, 60, 9000, [HeldOut(0.05, frauds, honest)])
        if result is None:
            continue
        bounds = result.intervals["precision"]
        assert bounds is not None
        assert result.labelled == frauds + honest
        found.append(result.tp)
        inside += bounds[0] <= truth <= bounds[1]
    assert np.mean(found) == pytest.approx(580, rel=0.02)
    assert inside / len(found) >= 0.9


def test_groups_of_different_shares_carry_their_own_weight() -> None:
    result = weighted(0, 0, 0, 0, [HeldOut(0.1, 3, 1), HeldOut(0.5, 2, 0)])
    assert result is not None
    assert (result.tp, result.fp) == pytest.approx((34, 10))
    assert result.rates["precision"] == pytest.approx(34 / 44)


def test_nothing_without_labels() -> None:
    assert weighted(1, 2, 3, 4, []) is None
    assert weighted(1, 2, 3, 4, [HeldOut(0.1, 0, 0)]) is None
