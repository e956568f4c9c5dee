"""The curve of late labels: where it is mature, and nothing about frauds while too few are known."""

from typing import Any

import pytest
from msgspec.structs import replace

from console.figures import label_delay
from core.monitoring.label_delay import DelayCurve, LabelDelay


def found(**changed: Any) -> LabelDelay:
    ages = [0.25 * (n + 1) for n in range(80)]
    share = [min(1.0, 0.02 * (n + 1)) for n in range(80)]
    curve = DelayCurve(ages=ages, share=share, low=share, high=share, cases=500)
    usual = LabelDelay(
        known=0.95, mature_after=12.0, horizon_days=20.0, enough=True, least_frauds=20, predictions=curve,
        frauds=replace(curve), windows={}, days=[], sampled=100.0,
    )  # fmt: skip
    return replace(usual, **changed)


def names(figure: dict[str, Any]) -> list[str]:
    return [trace["name"] for trace in figure["data"]]


def test_the_age_of_maturity_is_marked_and_the_curve_ends_a_little_later() -> None:
    figure = label_delay.draw(found())
    assert figure["layout"]["shapes"][0]["x0"] == 12.0
    assert figure["layout"]["xaxis"]["range"] == [0, pytest.approx(19.2)]
    assert any("mature after 12 days" in note["text"] for note in figure["layout"]["annotations"])
    assert max(figure["data"][1]["x"]) <= 19.2
    assert figure["data"][1]["y"][0] == 0.0


def test_few_frauds_say_nothing() -> None:
    figure = label_delay.draw(found(enough=False, mature_after=None))
    assert names(figure) == ["all predictions, 95 %", "All predictions"]
    assert figure["layout"]["shapes"] == []
    assert figure["layout"]["xaxis"]["range"] == [0, 20.0]


@pytest.mark.parametrize(("value", "words"), [(0.25, "6 hours"), (1.0, "1 day"), (4.25, "4.25 days")])
def test_ages_read_as_people_say_them(value: float, words: str) -> None:
    assert label_delay.days(value) == words
