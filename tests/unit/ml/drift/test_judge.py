"""The report finds what changed, says why, keeps quiet about chance at every size, and survives any column by name."""

from datetime import datetime
from typing import Any

import msgspec
import numpy as np
import pytest

from core import codec
from core.models.drift.baseline import fit
from core.models.drift.params import DriftParams
from core.models.drift.report import ColumnDrift, Report
from ml.drift.judge import Sources, judge
from tests.unit.core.models.drift.making import table, words

PARAMS = DriftParams()


def compared(reference: dict[str, Any], current: dict[str, Any], **roles: Any) -> dict[str, ColumnDrift]:
    """The columns of a report by name."""
    return {column.name: column for column in judge(fit(reference, roles), current, PARAMS, 0.0).columns}


@pytest.mark.parametrize(("n", "runs"), [(50, 400), (500, 300), (5_000, 60), (50_000, 8)])
def test_false_alarms_stay_under_the_nominal_rate_at_every_size(n: int, runs: int) -> None:
    alarms = 0
    for seed in range(runs):
        random = np.random.default_rng([n, seed])
        alarms += judge(fit(table(random, n)), table(random, n), PARAMS, 0.0).drifted > 0
    # An alarm of any of ten columns; the nominal rate and three standard errors.
    assert alarms / runs <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_a_tiny_real_change_is_no_alarm_however_many_rows() -> None:
    random = np.random.default_rng(1)
    n = 200_000
    reference = {"x": random.normal(0, 1, n), "c": words(2)[(random.random(n) < 0.50).astype(int)]}
    current = {"x": random.normal(0.05, 1, n), "c": words(2)[(random.random(n) < 0.51).astype(int)]}
    found = compared(reference, current)
    assert {column.state for column in found.values()} == {"stable"}
    assert all(column.tests[0].adjusted < 0.001 for column in found.values())
    assert "too small to be relevant" in found["x"].reason


def test_the_headline_cases_are_caught() -> None:
    random = np.random.default_rng(2)
    amounts = random.lognormal(4, 1, 5000)
    reference = {"amount": amounts, "gaps": random.normal(size=5000), "spread": random.normal(size=5000)}
    current = {
        "amount": np.append(random.lognormal(4, 1, 1999) * 3, 1e6),
        "gaps": np.where(random.random(2000) < 0.5, np.nan, random.normal(size=2000)),
        "spread": random.normal(0, 2, 2000),
    }
    found = compared(reference, current)
    assert {column.state for column in found.values()} == {"drifted"}
    assert "1 above" not in found["amount"].reason
    assert any("the highest 1,000,000" in note for note in found["amount"].notes)
    assert "missing 0.0 % → 5" in found["gaps"].reason
    assert found["amount"].superiority == pytest.approx(0.78, abs=0.03)


def test_a_vanished_category_and_a_rare_flag() -> None:
    random = np.random.default_rng(3)
    share = [0.4, 0.35, 0.18, 0.07]
    reference = {
        "carrier": words(4)[random.choice(4, 20_000, p=share)],
        "rare": (random.random(20_000) < 0.022).astype(int),
        "even": words(4)[random.choice(4, 20_000)],
    }
    current = {
        "carrier": words(3)[random.choice(3, 20_000, p=np.array(share[:3]) / sum(share[:3]))],
        "rare": (random.random(20_000) < 0.009).astype(int),
        "even": words(4)[random.choice(4, 20_000)],
    }
    found = compared(reference, current)
    assert (found["carrier"].state, found["rare"].state, found["even"].state) == ("drifted", "drifted", "stable")
    assert found["carrier"].notes == ["gone: 'kind 3'"]
    assert "'1' 2." in found["rare"].reason


def test_a_new_category_is_named() -> None:
    reference = {"c": ["a", "b"] * 500}
    found = compared(reference, {"c": ["a", "b"] * 200 + ["c"] * 100})["c"]
    assert found.state == "drifted"
    assert found.notes == ["new: 'c' (100 rows)"]
    one = compared(reference, {"c": ["a", "b"] * 200 + ["c"]})["c"]
    assert (one.state, one.notes) == ("stable", ["new: 'c' (1 row)"])


N = 200


@pytest.mark.parametrize(
    ("reference", "current", "state", "said"),
    [
        ([None] * N, [None] * N, "skipped", "empty on both sides"),
        (list(range(N)), [None] * N, "drifted", "missing 0.0 % → 100.0 %"),
        ([None] * N, list(range(N)), "drifted", "missing 100.0 % → 0.0 %"),
        (list(range(N)), [], "insufficient", "0 present values in the current data"),
        (list(range(N)), [5], "insufficient", "1 present values"),
        ([], list(range(N)), "insufficient", "0 present values in the reference data"),
        (list(range(N)), None, "absent", "missing from the current data"),
        (None, list(range(N)), "added", "missing from the reference"),
        ([datetime(2026, 1, 1)] * N, [datetime(2026, 2, 1)] * N, "skipped", "a time"),  # noqa: DTZ001
        (list(range(N)), ["2026-01-01"] * N, "drifted", "times now"),
        ([1, 2, None, 3, 4, 5, 6] * N, [1, 2, None, 3, 4, 5, 6] * N, "stable", ""),
        (list(range(N)), [*map(str, range(N - 1)), "abc"], "stable", ""),
        (list(range(N)), ["abc"] * N, "drifted", "text now, such as 'abc'"),
        (["one"] * N, ["one"] * N, "stable", "always 'one'"),
        (["one"] * N, ["two"] * N, "drifted", "'one' 100.0 % → 0.0 %"),
        ([7] * N, [7] * N, "stable", "always '7'"),
        ([f"id{n}" for n in range(N + 100)], [f"id{n}" for n in range(N)], "skipped", "an identifier"),
    ],
)
def test_every_odd_column_is_reported_by_name_and_the_report_is_complete(
    reference: Any, current: Any, state: str, said: str
) -> None:
    steady = [float(n) for n in range(N)]
    before = {"odd": reference, "steady": steady} if reference is not None else {"steady": steady}
    after = {"odd": current, "steady": steady} if current is not None else {"steady": steady}
    report = judge(fit(before), after, PARAMS, 0.0)
    found = {column.name: column for column in report.columns}
    assert (found["odd"].state, found["steady"].state) == (state, "stable")
    assert said in found["odd"].reason
    assert msgspec.convert(codec.decode(codec.encode(msgspec.to_builtins(report))), Report) == report


def test_an_unreadable_value_is_named_with_its_row() -> None:
    found = compared({"x": list(range(N))}, {"x": [*range(N - 1), "abc"]})["x"]
    assert found.notes == ["1 values are not numbers, such as 'abc' in row 200"]


@pytest.mark.parametrize("rows", [0, 1, 49])
def test_few_rows_say_so_and_nothing_else(rows: int) -> None:
    report = judge(fit({"x": list(range(500))}), {"x": list(range(rows))}, PARAMS, 0.0)
    assert (report.verdict, report.share) == ("insufficient", None)
    assert f"{rows} current rows are not enough: at least 50" in report.summary


def test_the_verdict_follows_the_share_of_drifted_features() -> None:
    random = np.random.default_rng(8)
    reference = {f"x{i}": random.normal(size=1000) for i in range(10)}
    verdicts = []
    for moved in (0, 1, 2, 3, 4):
        current = {f"x{i}": random.normal(size=1000) + (i < moved) for i in range(10)}
        report = judge(fit(reference), current, PARAMS, 0.0)
        assert (report.drifted, report.judged, report.share) == (moved, 10, moved / 10)
        verdicts.append(report.verdict)
    assert verdicts == ["ok", "ok", "watch", "watch", "retrain"]


def test_score_and_target_do_not_count_as_features_but_are_watched() -> None:
    random = np.random.default_rng(9)
    reference = {"x": random.normal(size=900), "p": random.random(900), "y": (random.random(900) < 0.1).astype(int)}
    current = {"x": random.normal(size=900), "p": random.random(900) ** 3, "y": (random.random(900) < 0.1).astype(int)}
    report = judge(fit(reference, {"p": "score", "y": "target"}), current, PARAMS, 0.0, Sources("a", "b", 7))
    assert (report.drifted, report.judged, report.verdict, report.model_version) == (0, 1, "watch", 7)
    assert "score 'p' drifted" in report.summary


def test_a_column_that_is_gone_is_worth_watching() -> None:
    report = judge(fit({"x": list(range(N)), "y": list(range(N))}), {"x": list(range(N))}, PARAMS, 0.0)
    assert report.verdict == "watch"
    assert "Missing from the current data: y." in report.summary


@pytest.mark.parametrize("truths", [("f", "t"), ("False", "True"), ("0", "1")])
def test_one_odd_word_does_not_move_a_flag(truths: tuple[str, str]) -> None:
    random = np.random.default_rng(3)
    before, after = ([("f", "t")[int(v)] for v in random.random(2000) < 0.3] for _ in range(2))
    after = [truths[word == "t"] for word in after]
    after[7] = "unknown"
    report = judge(fit({"new": before}), {"new": after}, PARAMS, 0.0)
    assert (report.verdict, report.columns[0].state) == ("ok", "stable")
    many = ["unknown" if i % 3 else word for i, word in enumerate(after)]
    told = judge(fit({"new": before}), {"new": many}, PARAMS, 0.0).columns[0]
    assert told.state == "drifted"


def test_the_day_that_a_version_becomes_another_is_seen() -> None:
    versions = ["4.2.10", "4.2.11"] * 500
    report = judge(fit({"app": versions}), {"app": ["4.3.1"] * 500 + versions[:500]}, PARAMS, 0.0)
    assert report.columns[0].state == "drifted"
