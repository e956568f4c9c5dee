"""The chain ladder: Mack's own example, weeks that are complete, and weeks that say nothing yet."""

import numpy as np
import pytest

from console.analytics.scorecard.vintages import chain_ladder

# Taylor & Ashe (1983), thousands, as in Mack (1993): cumulative claims by year of accident and of development.
CUMULATIVE = [
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]


def test_macks_own_example() -> None:
    """Factors and reserves as published: 18,680,856 in all; the standard errors of the last years."""
    counts = np.zeros((10, 10))
    for at, row in enumerate(CUMULATIVE):
        counts[at, : len(row)] = np.diff(row, prepend=0)
    found = chain_ladder(counts, np.arange(10, 0, -1))
    assert found is not None
    assert found.factors[0] == pytest.approx(3.4906, abs=1e-4)
    reserves = [(one.completed or 0) - one.known for one in found.vintages]
    assert sum(reserves) == pytest.approx(18_680_856, abs=50)
    assert found.vintages[-1].error == pytest.approx(1_363_155, rel=0.001)
    assert found.vintages[-2].error == pytest.approx(971_258, rel=0.001)
    assert found.vintages[0].low == found.vintages[0].high == found.vintages[0].completed == 3_901_463


def test_lags_that_are_not_over_are_ignored() -> None:
    counts = np.array([[40.0, 10, 5], [40, 10, 3], [40, 10, 0], [40, 2, 0]])
    first = chain_ladder(counts, [3, 3, 2, 1])
    counts[2, 2], counts[3, 1] = 99, 50
    assert chain_ladder(counts, [3, 3, 2, 1]) == first


def test_the_share_known_is_one_over_the_growth_to_come() -> None:
    found = chain_ladder(np.array([[50.0, 50, 0], [50, 50, 0], [50, 0, 0]]), [3, 2, 1])
    assert found is not None
    newest = found.vintages[-1]
    assert newest.share_known == 0.5
    assert newest.completed == 100
    assert newest.low is not None
    assert newest.high is not None
    assert 50 < newest.low < 100 < newest.high


def test_few_frauds_or_weeks_say_nothing() -> None:
    assert chain_ladder(np.ones((2, 2)) * 50, [2, 1]) is None
    assert chain_ladder(np.ones((4, 2)), [2, 2, 2, 1]) is None
    found = chain_ladder(np.array([[40.0, 10], [40, 10], [4, 0]]), [2, 2, 1])
    assert found is not None
    assert found.vintages[-1].completed is None, "four known frauds are too few"
    assert found.vintages[-1].share_known == 0.8
