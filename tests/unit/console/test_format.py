"""Numbers read as people expect, and no value is a dash."""

import math

import pytest

from console import format


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
        (0, "0"),
        (1043.4, "1,043"),
        (3.1234, "3.12"),
        (62.25, "62.2"),
        (412.6, "413"),
        (0.04567, "0.0457"),
        (100, "100"),
        (12, "12"),
        (-3.14159, "-3.14"),
    ],
)
def test_number(value: float | None, text: str) -> None:
    assert format.number(value) == text


def test_money_is_exact_only_when_small() -> None:
    assert [format.money(v) for v in (11873.4, 41.5, -5, None)] == ["$11,873", "$41.50", "-$5.00", "–"]


def test_sizes_and_durations_use_human_units() -> None:
    assert format.size(12 * 2**30) == "12 GiB"
    assert format.size(512) == "512 B"
    assert [format.milliseconds(v) for v in (0.61, 850, 14000, 600_000, None)] == [
        "0.610 ms",
        "850 ms",
        "14 s",
        "10 min",
        "–",
    ]


def test_percent_and_ratio_never_show_nan() -> None:
    assert format.percent(math.nan) == "–"
    assert format.ratio(None) == "–"
    assert format.ratio(0.61472) == "0.615"


def test_a_reason_becomes_a_sentence_and_keeps_its_own_capitals() -> None:
    assert format.sentence("the CSV has no rows") == "The CSV has no rows."
    assert format.sentence("AUC is missing") == "AUC is missing."


def test_a_limit_is_as_it_was_configured() -> None:
    assert [format.limit(0.5, "%"), format.limit(0.15, ""), format.limit(1234.5, "/h")] == [
        "0.5 %",
        "0.15",
        "1,234.5 /h",
    ]
    assert [format.limit(80.0, "%"), format.limit(5000, "USD"), format.limit(900, "s")] == ["80 %", "$5,000", "15 min"]
    assert [format.limit(None, "%"), format.limit(float("nan"), "")] == ["–", "–"]


def test_a_change_of_many_times_is_no_percentage() -> None:
    said = [format.change(now, 100) for now in (80, 100, 112.34, 1099, 1100, 122_777)]
    assert said == ["-20.0 %", "+0.0 %", "+12.3 %", "+999.0 %", "11 ×", "1,228 ×"]
