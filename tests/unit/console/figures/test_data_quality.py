"""Charts of Data quality: a line a problem, a bar a score, and bins with their words."""

from console.figures import data_quality as figures
from console.figures.bins import Bins
from core.monitoring.drift_features import MovedFeature

BINS = Bins(0, 180, 60)


def test_each_problem_is_a_line_with_gaps() -> None:
    shares = {name: [0.1, None, 0.2] for name in ("Missing", "Wrong type", "Out of range", "Unseen word")}
    drawn = figures.trend(shares, BINS)
    assert [line["name"] for line in drawn["data"]] == list(shares)
    assert drawn["data"][0]["y"] == [0.1, None, 0.2]
    assert drawn["data"][0]["customdata"][0] == "10 %"


def test_scores_are_bars_without_the_unknown() -> None:
    drawn = figures.scores([(-1, 100), (750, 25), (1000, 75)])
    assert drawn["data"][0]["y"] == [0.25, 0.75]
    assert drawn["layout"]["xaxis"]["ticktext"] == ["0.75", "1"]
    assert figures.scores([])["data"][0]["y"] == []


def test_bins_of_a_category_are_named_by_its_words() -> None:
    moved = MovedFeature(
        name="payment", kl=0.2, status="drifted", edges=[0.5], before=[0.5, 0.5], after=[0.1, 0.9], missing=(0.0, 0.0)
    )
    drawn = figures.distribution(moved, ["card", "wallet"], is_category=True)
    assert [tip[0] for tip in drawn["data"][0]["customdata"]] == ["card", "wallet"]
    assert drawn["layout"]["xaxis"]["ticktext"] == ["card", "wallet"]
