"""Without chunks, a change that cancels in the whole file is said all the same; sorted files and chance are not."""

from typing import Any

import numpy as np

from core.models.drift.baseline import fit
from core.models.drift.params import DriftParams
from core.models.drift.report import Report
from ml.drift import within
from ml.drift.judge import judge
from tests.unit.core.models.drift.making import table

PARAMS = DriftParams()


def looked(reference: dict[str, Any], current: dict[str, Any]) -> Report:
    base = fit(reference)
    report = judge(base, current, PARAMS, 0.0)
    sides = [
        (one, within.in_parts(max(map(len, one.values())), lambda row: f"row {row}")) for one in (current, reference)
    ]
    return within.told(report, base, sides[0], sides[1])


def test_opposite_shifts_are_worth_watching() -> None:
    random = np.random.default_rng(1)
    reference = {"x": random.normal(size=5000), "calm": random.normal(size=5000)}
    moved = (random.normal(size=4000) + np.repeat([-0.5, 0.5], 2000)) / np.sqrt(1.25)
    report = looked(reference, {"x": moved, "calm": random.normal(size=4000)})
    x = next(column for column in report.columns if column.name == "x")
    assert (report.verdict, report.drifted, x.state) == ("watch", 0, "stable")
    assert "unchanged overall, but not since row 0" in x.reason
    assert "'x'" in report.summary
    assert "--chunk" in report.summary


def test_what_drifted_says_since_when() -> None:
    random = np.random.default_rng(2)
    values = random.normal(size=4000)
    values[1500:] += 1
    report = looked({"x": random.normal(size=5000)}, {"x": values})
    assert abs(int(report.columns[0].since.split()[1]) - 1500) < 20


def test_a_file_that_is_sorted_as_its_reference_is_has_not_changed() -> None:
    random = np.random.default_rng(3)
    report = looked({"x": np.sort(random.normal(size=5000))}, {"x": np.sort(random.normal(size=4000))})
    assert (report.verdict, report.columns[0].since) == ("ok", "")


def test_chance_is_seldom_worth_watching() -> None:
    alarms = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        alarms += looked(table(random, 3000), table(random, 3000)).verdict != "ok"
    assert alarms <= 20 * (0.06 + 3 * np.sqrt(0.06 * 0.94 / 20))


def test_a_short_file_has_no_parts() -> None:
    assert within.in_parts(399, str) is None
    parts = within.in_parts(1000, str)
    assert parts is not None
    assert [len(part.rows) for part in parts.parts] == [200] * 5
