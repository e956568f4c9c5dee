"""Chunks show what cancels in the whole, keep quiet about chance, and say where a change begins."""

from typing import Any

import numpy as np
import pytest

from core.models.drift.baseline import fit
from core.models.drift.params import DriftParams
from core.models.drift.report import Report
from ml.drift.chunks import Chunk, Chunks
from ml.drift.judge import judge
from tests.unit.core.models.drift.making import table, words

PARAMS = DriftParams()


def cut(rows: int, size: int) -> Chunks:
    """Chunks of `size` rows."""
    parts = [Chunk(f"{i}", np.arange(i, min(rows, i + size))) for i in range(0, rows, size)]
    return Chunks(f"{size} rows", parts, lambda row: f"row {row}")


def report(reference: dict[str, Any], current: dict[str, Any], size: int, **more: Any) -> Report:
    rows = max(map(len, current.values()))
    return judge(fit(reference, **more), current, PARAMS, 0.0, None, cut(rows, size))


def test_opposite_shifts_do_not_cancel() -> None:
    random = np.random.default_rng(1)
    reference = {"x": random.normal(size=5000), "calm": random.normal(size=5000)}
    current = {"x": random.normal(size=4000) + np.repeat([-0.5, 0.5], 2000), "calm": random.normal(size=4000)}
    current["x"] /= np.sqrt(1.25)
    whole = judge(fit(reference), current, PARAMS, 0.0)
    assert (whole.drifted, whole.verdict) == (0, "ok")
    seen = report(reference, current, 1000)
    x = next(column for column in seen.columns if column.name == "x")
    assert (x.state, x.chunks, seen.verdict) == ("drifted", [0, 1, 2, 3], "retrain")
    assert "in 4 of 4 chunks, since row 0" in x.reason
    assert [list(chunk.drifted) for chunk in seen.chunks] == [["x"]] * 4


def test_categories_that_vanish_and_return_are_seen() -> None:
    random = np.random.default_rng(2)
    kinds = words(5)
    reference = {"r": kinds[random.choice(5, 5000, p=[0.45, 0.25, 0.22, 0.03, 0.05])]}
    current = {"r": np.append(kinds[random.choice(3, 3000, p=[0.49, 0.27, 0.24])], kinds[[3, 4] * 130])}
    assert judge(fit(reference), current, PARAMS, 0.0).drifted == 0
    seen = report(reference, current, 500)
    assert seen.verdict != "ok"
    assert "gone: 'kind 4', 'kind 3'" in seen.chunks[0].turned["r"]
    assert "gone: 'kind 0', 'kind 1', 'kind 2'" in seen.chunks[-1].turned["r"]


@pytest.mark.parametrize("shift", [0.8, 3.0])
def test_the_row_is_named_where_a_change_begins_in_the_middle_of_a_chunk(shift: float) -> None:
    random = np.random.default_rng(3)
    reference = {"x": random.normal(size=20_000)}
    values = random.normal(size=20_000)
    values[12_345:] += shift
    column = report(reference, {"x": values}, 5000).columns[0]
    assert column.chunks[0] == 2
    assert abs(int(column.since.split()[1]) - 12_345) <= 20


def test_a_new_category_is_dated_by_its_first_row() -> None:
    random = np.random.default_rng(4)
    reference = {"c": words(3)[random.integers(0, 3, 5000)]}
    values = words(3)[random.integers(0, 3, 5000)]
    values[3210::10] = "fresh"
    seen = report(reference, {"c": values}, 1000).columns[0]
    assert abs(int(seen.since.split()[1]) - 3210) <= 5
    assert "new: 'fresh'" in seen.turned


@pytest.mark.parametrize(("size", "runs"), [(100, 12), (1000, 40)])
def test_false_alarms_of_a_report_in_chunks_stay_under_the_nominal_rate(size: int, runs: int) -> None:
    alarms = 0
    for seed in range(runs):
        random = np.random.default_rng([size, seed])
        reference, current = table(random, 4000), table(random, 4000)
        seen = judge(fit(reference), current, PARAMS, 0.0, None, cut(4000, size))
        alarms += seen.drifted > 0 or any(column.turned for column in seen.columns)
    assert alarms / runs <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_chunks_of_too_few_rows_are_not_judged_and_say_so() -> None:
    random = np.random.default_rng(5)
    seen = report({"x": random.normal(size=500)}, {"x": random.normal(size=420)}, 100)
    assert [(chunk.rows, chunk.judged) for chunk in seen.chunks] == [(100, True)] * 4 + [(20, False)]


def test_labels_that_have_not_come_yet_are_no_drift_in_the_newest_chunks() -> None:
    random = np.random.default_rng(6)
    reference = {"x": random.normal(size=4000), "y": (random.random(4000) < 0.3).astype(int).astype(str).tolist()}
    labels = (random.random(4000) < 0.3).astype(int).astype(str).tolist()
    labels[2600:] = ["1" if seed % 9 == 0 else "" for seed in range(1400)]
    current = {"x": random.normal(size=4000), "y": labels}
    seen = report(reference, current, 500, roles={"y": "target"})
    assert seen.verdict == "ok"
    few = {**current, "y": ["", *labels[2600:], *[""] * 2599]}
    late = judge(fit(reference, {"y": "target"}), few, PARAMS, 0.0)
    assert (late.verdict, [c.state for c in late.columns if c.name == "y"]) == ("ok", ["skipped"])


def test_a_column_that_turns_to_text_in_one_chunk_is_no_error() -> None:
    random = np.random.default_rng(7)
    values = [*map(str, random.normal(size=900)), *["n/k"] * 100]
    seen = report({"x": random.normal(size=2000)}, {"x": values}, 100).columns[0]
    assert (seen.state, seen.chunks) == ("drifted", [9])
