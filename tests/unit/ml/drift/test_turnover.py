"""OK never covers a category that came or went; chance and a slip of the pen are no news."""

import numpy as np
import pytest

from core.models.drift.baseline import fit
from core.models.drift.params import DriftParams
from ml.drift.judge import judge
from tests.unit.core.models.drift.making import words

PARAMS = DriftParams()


def verdict(before: list[str], after: list[str], columns: int = 9) -> tuple[str, str]:
    """Of a report in which one of ten features may have changed."""
    random = np.random.default_rng(0)
    calm = [(f"x{i}", random.normal(size=len(before)), random.normal(size=len(after))) for i in range(columns)]
    reference = {"c": before, **{name: old for name, old, _ in calm}}
    current = {"c": after, **{name: new for name, _, new in calm}}
    report = judge(fit(reference), current, PARAMS, 0.0)
    return report.verdict, report.summary


def test_one_of_ten_features_that_lost_categories_is_no_ok() -> None:
    word, summary = verdict(["a", "b", "c", "d"] * 1000, ["a", "b"] * 1500)
    assert word == "watch"
    assert "'c' (gone: 'c', 'd')" in summary


@pytest.mark.parametrize(("rows", "word"), [(1, "ok"), (12, "watch")])
def test_a_new_category_too_rare_to_move_the_column_is_still_said(rows: int, word: str) -> None:
    after = ["a", "b"] * 1500 + ["new"] * rows
    found, _ = verdict(["a", "b"] * 2500, after)
    assert found == word
    assert verdict(["a", "b"] * 2500, after)[0] == word


def test_a_rare_category_that_is_gone_is_said() -> None:
    word, summary = verdict(["a"] * 4960 + ["rare"] * 40, ["a"] * 3000)
    assert word == "watch"
    assert "gone: 'rare'" in summary


def test_where_new_ones_always_come_they_are_no_news() -> None:
    random = np.random.default_rng(1)
    alarms = 0
    for _ in range(40):
        before, after = (words(400)[(random.pareto(0.9, 1500) * 3).astype(int) % 400].tolist() for _ in range(2))
        before, after = before[:600], after[:600]
        report = judge(fit({"shop": before}), {"shop": after}, PARAMS, 0.0)
        alarms += bool(report.columns[0].turned)
    assert alarms <= 2 + 3 * np.sqrt(40 * 0.05 * 0.95)


def test_the_commonest_of_very_many_categories_is_missed() -> None:
    random = np.random.default_rng(2)
    names = words(3000)
    before = [*["big"] * 300, *names[random.integers(0, 3000, 5700)]]
    after = names[random.integers(0, 3000, 3000)].tolist()
    report = judge(fit({"shop": before}), {"shop": after}, PARAMS, 0.0)
    assert "gone: 'big'" in report.columns[0].turned
    assert report.verdict != "ok"


def test_an_accent_that_is_typed_as_two_characters_is_the_same_word() -> None:
    composed, decomposed = "Ma\u0301laga", "M\u00e1laga"
    report = judge(fit({"city": [composed, "Berlin"] * 200}), {"city": [decomposed, "Berlin"] * 200}, PARAMS, 0.0)
    assert (report.verdict, report.columns[0].notes) == ("ok", [])
