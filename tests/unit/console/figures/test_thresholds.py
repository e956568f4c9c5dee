"""The simulator's charts show the curve they are given, bounds included."""

from typing import Any

import msgspec

from console.figures import thresholds
from core.transactions.thresholds import BUCKETS, Cell, curve


def made() -> dict[str, Any]:
    cells = [
        Cell(180, "fraud", 0, 9, 900.0),
        Cell(180, "legit", 1, 1, 50.0),
        Cell(180, None, 0, 4, 40.0),
        Cell(20, "fraud", 2, 1, 10.0),
    ]
    return msgspec.to_builtins(curve(cells, 2.0))


def named(figure: dict[str, Any], name: str) -> dict[str, Any]:
    return next(trace for trace in figure["data"] if trace["name"] == name)


def test_rates_by_threshold_with_their_bounds() -> None:
    figure = thresholds.rates(made(), BUCKETS)
    assert named(figure, "Precision")["y"][120] == 0.9
    assert named(figure, "Recall")["y"][0] == 1.0
    assert named(figure, "Precision")["y"][190] is None, "nothing is labelled up there"
    band = named(figure, "Precision, 95 %")
    assert len(band["x"]) == 2 * 181
    assert max(band["y"]) <= 1.0


def test_money_by_threshold_and_what_is_let_through() -> None:
    figure = thresholds.money(made(), BUCKETS)
    assert named(figure, "Fraud at or above")["y"][100] == 900.0
    assert named(figure, "Unknown at or above")["y"][100] == 40.0
    assert named(figure, "Fraud below")["y"][100] == 10.0


def test_scores_are_counted_by_label() -> None:
    figure = thresholds.scores(made(), BUCKETS)
    assert named(figure, "Fraud")["y"][18] == 9
    assert named(figure, "Unknown")["y"][18] == 4
    assert named(figure, "Legit")["y"][0] is None
