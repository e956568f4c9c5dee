"""Incidents by week: whole numbers on the axis, and what people said adds up to all of them."""

from datetime import UTC, datetime

import pytest

from console.figures import alert_quality
from console.quality import Quality


def week(incidents: int, right: int = 0, wrong: int = 0, useless: int = 0) -> Quality:
    return Quality(incidents, right, wrong, useless, 0, None, None, 0.0, 0.0)


@pytest.mark.parametrize("incidents", [0, 1, 2, 7, 1234])
def test_incidents_are_whole_numbers_and_add_up(incidents: int) -> None:
    found = {datetime(2026, 11, 23, tzinfo=UTC): week(0), datetime(2026, 11, 30, tzinfo=UTC): week(incidents)}
    drawn = alert_quality.weeks(found)
    ticks = drawn["layout"]["yaxis"]["tickvals"]
    assert ticks == sorted({int(one) for one in ticks})
    assert ticks[-1] >= incidents
    assert len(ticks) <= 8
    assert [sum(trace["y"][place] for trace in drawn["data"]) for place in range(2)] == [0, incidents]


def test_each_judgement_is_a_part_of_its_bar() -> None:
    drawn = alert_quality.weeks({datetime(2026, 11, 30, tzinfo=UTC): week(10, 4, 3, 1)})
    assert {trace["name"]: trace["y"] for trace in drawn["data"]} == {
        "Right": [4], "Wrong": [3], "Useless": [1], "Not judged": [2]
    }  # fmt: skip
