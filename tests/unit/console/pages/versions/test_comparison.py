"""Two models side by side: which measure is better which way, what came and went, and when figures may be compared."""

from typing import Any

from console.pages.versions import comparison as version_compare


def card(
    ap: float, brier: float, features: dict[str, float], fingerprint: str = "a", rows: int = 1000
) -> dict[str, Any]:
    return {
        "model": {"algorithm": "boosted", "trees": 160},
        "data": {
            "source": "x.csv", "rows": rows, "frauds": 10, "fingerprint": fingerprint * 64,
            "from": "2026-01-01T00:00:00.000Z", "to": None,
        },
        "split": {"test_rows": 250, "test_frauds": 5, "delay_days": 0.5},
        "measures": {"average_precision": ap, "brier": brier, "recall": 0.5},
        "importance": [{"feature": name, "share": share} for name, share in features.items()],
        "features": [{"name": name} for name in features],
    }  # fmt: skip


OLD = card(0.3, 0.2, {"speed": 0.7, "age": 0.3})
NEW = card(0.4, 0.1, {"speed": 0.2, "shop": 0.8}, "b", 2000)


def test_better_is_up_or_down_as_the_measure_says() -> None:
    rows = {row.words: row for row in version_compare.between(OLD, NEW).measures}
    assert (rows["Average precision"].better, rows["Brier score"].better) == ("second", "second")
    assert rows["Recall"].better == ""
    assert rows["AUC ROC"].difference is None
    back = {row.words: row for row in version_compare.between(NEW, OLD).measures}
    assert (back["Average precision"].better, back["Brier score"].better) == ("first", "first")


def test_features_that_came_and_went_are_named_and_shares_stand_beside_each_other() -> None:
    side = version_compare.between(OLD, NEW)
    assert (side.added, side.removed) == (["shop"], ["age"])
    assert [(s.feature, s.first, s.second) for s in side.shares] == [
        ("shop", None, 0.8), ("speed", 0.7, 0.2), ("age", 0.3, None),
    ]  # fmt: skip


def test_facts_read_as_text_and_say_whether_they_differ() -> None:
    facts = {fact.words: fact for fact in version_compare.between(OLD, NEW).facts}
    assert (facts["Rows"].first, facts["Rows"].second, facts["Rows"].differs) == ("1,000", "2,000", True)
    assert (facts["From"].first, facts["To"].first, facts["To"].differs) == ("2026-01-01 00:00", "–", False)
    assert facts["Fingerprint of the data"].first == "a" * 16


def test_figures_of_the_same_rows_only_may_be_compared() -> None:
    assert not version_compare.between(OLD, NEW).same_rows
    assert version_compare.between(OLD, card(0.5, 0.1, {"speed": 1.0})).same_rows


def test_what_is_the_same_as_shown_is_not_called_worse() -> None:
    near = card(0.3002, 0.1998, {"speed": 0.7, "age": 0.3})
    assert {row.better for row in version_compare.between(OLD, near).measures} == {""}


def test_a_difference_that_reads_as_nothing_is_not_called_better() -> None:
    """0.30049 and 0.30051 are shown as 0.300 and 0.301, and their difference as 0.000."""
    first, second = card(0.30049, 0.2, {"speed": 1.0}), card(0.30051, 0.2, {"speed": 1.0})
    assert {row.better for row in version_compare.between(first, second).measures} == {""}
