"""A fitted reference keeps what is needed: exact for few values, within 1/512 for many, and the same after storing."""

import numpy as np
import pytest
import scipy

from core import codec
from core.models.drift.baseline import GRID, Category, Numeric, Skipped, fit, from_json
from core.models.drift.columns import read
from core.models.drift.params import DriftParams
from ml.drift.compare import compare


@pytest.mark.parametrize("kind", ["few", "many", "tied"])
def test_the_distance_is_scipys(kind: str) -> None:
    random = np.random.default_rng(4)
    make = {
        "few": lambda n, s: random.normal(s, 1, n),
        "many": lambda n, s: random.lognormal(s, 1, n),
        "tied": lambda n, s: random.poisson(6 + 3 * s, n).astype(float),
    }[kind]
    reference, current = make(400 if kind == "few" else 20_000, 0.0), make(700, 0.3)
    base = fit({"x": reference}).columns[0]
    assert isinstance(base, Numeric)
    found = compare(base, read(current), DriftParams()).findings[0].statistic
    exact = float(scipy.stats.ks_2samp(reference.astype(np.float32), current.astype(np.float32)).statistic)
    assert exact - 1 / GRID - 1e-9 <= found <= exact + 1e-9
    if kind != "many":
        assert found == pytest.approx(exact)


def test_the_superiority_is_the_rank_sum_statistic() -> None:
    random = np.random.default_rng(5)
    reference, current = random.poisson(8, 900).astype(float), random.poisson(9, 500).astype(float)
    base = fit({"x": reference}).columns[0]
    assert isinstance(base, Numeric)
    u = float(scipy.stats.mannwhitneyu(current, reference).statistic) / (len(reference) * len(current))
    assert compare(base, read(current), DriftParams()).superiority == pytest.approx(u)


def test_a_baseline_comes_back_from_json() -> None:
    random = np.random.default_rng(6)
    table = {
        "number": random.lognormal(0, 2, 3000),
        "flag": random.integers(0, 2, 3000),
        "word": random.choice(["a", "b"], 3000),
        "many": [f"w{n}" for n in random.integers(0, 400, 3000)],
        "id": [f"w{n}" for n in range(3000)],
        "empty": [None] * 3000,
        "when": ["2026-01-01"] * 3000,
    }
    base = fit(table, {"flag": "target"}, {"word": "left out"})
    back = from_json(codec.decode(codec.encode(base.as_json())))
    assert codec.encode(back.as_json()) == codec.encode(base.as_json())
    kinds = {column.name: type(column) for column in back.columns}
    assert kinds == {
        "number": Numeric,
        "flag": Category,
        "word": Skipped,
        "many": Category,
        "id": Skipped,
        "empty": Category,
        "when": Skipped,
    }
    assert back.columns[1].role == "target"
    number = back.columns[0]
    assert isinstance(number, Numeric)
    assert len(number.grid) <= GRID
    assert number.present == 3000
    assert number.quantile(0.5) == pytest.approx(np.median(table["number"]), rel=0.05)


def test_the_drawn_bars_hold_all_rows() -> None:
    values = np.concatenate([np.zeros(900), np.random.default_rng(7).exponential(1, 2100)])
    base = fit({"x": values}).columns[0]
    assert isinstance(base, Numeric)
    assert base.bars.sum() == pytest.approx(3000)
    expected = np.histogram(values, [-np.inf, *base.edges, np.inf])[0]
    # numpy's bins are closed on the left, ours on the right: only values on an edge differ, and the atom lies on one.
    assert np.abs(np.cumsum(base.bars - expected)[1:]).max() < 3000 / GRID * 2
