"""The first changed row, for numbers, categories, truths and gaps."""

from typing import Any

import numpy as np
import pytest

from core.models.drift.baseline import Category, Numeric, declared, fit
from ml.drift.onset import onset


def base(values: Any) -> Numeric | Category:
    found = fit({"x": values}).columns[0]
    assert isinstance(found, (Numeric, Category))
    return found


@pytest.mark.parametrize("kind", ["number", "gap", "flag", "word", "declared"])
def test_a_change_is_found_where_it_begins(kind: str) -> None:
    random = np.random.default_rng(1)
    n, at = 2000, 777
    number, flags = random.normal(size=2 * n), (random.random(2 * n) < 0.1)
    made: dict[str, tuple[Any, list[Any]]] = {
        "number": (number[:n], [*number[n : n + at], *(number[n + at :] + 2)]),
        "gap": (number[:n], [*number[n : n + at], *[""] * (n - at)]),
        "flag": (flags[:n].astype(str).tolist(), ["ft"[int(flag)] for flag in flags[n : n + at]] + ["t"] * (n - at)),
        "word": (["a", "b"] * 1000, [*["b", "a", "a"] * 259, *["c", "a"] * 612]),
        "declared": (["1", "2"] * 1000, [*["1", "2", "1"] * 259, *["17", "1"] * 612]),
    }  # fmt: skip
    before, after = made[kind]
    reference = declared("x", "feature", before) if kind == "declared" else base(before)
    assert isinstance(reference, (Numeric, Category))
    assert abs(onset(reference, after, 1000) - at) <= 6


def test_a_whole_that_is_changed_begins_at_its_first_row() -> None:
    random = np.random.default_rng(2)
    assert onset(base(random.normal(size=2000)), (random.normal(size=300) + 0.5).tolist(), 0) == 0
    assert onset(base(["a", "b", "c", "d"] * 100), ["a", "b", "c"] * 50, 0) == 0


def test_a_change_that_ends_again_is_found() -> None:
    random = np.random.default_rng(3)
    values = random.normal(size=900)
    values[300:400] += 4
    assert abs(onset(base(random.normal(size=5000)), values.tolist(), 200) - 300) <= 3
