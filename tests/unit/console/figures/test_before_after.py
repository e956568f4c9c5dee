"""Before and after of a feature and of the scores."""

from console.figures import before_after
from core.monitoring.drift_features import MovedFeature, ScoreShift

MOVED = MovedFeature(
    name="amount", kl=0.3, status="drifted", edges=[1.0, 2.5], before=[0.5, 0.3, 0.2], after=[0.2, 0.3, 0.5],
    missing=(0.0, 0.0),
)  # fmt: skip


def test_training_is_bars_and_now_a_line_in_the_colour_of_its_state() -> None:
    figure = before_after.feature(MOVED)
    bars, line = figure["data"]
    assert (bars["type"], bars["y"]) == ("bar", [0.5, 0.3, 0.2])
    assert line["y"] == [0.2, 0.2, 0.3, 0.5, 0.5]
    assert line["line"]["color"] == "@blocked"
    assert bars["customdata"][0] == ["below 1", "50.0 %", "20.0 %"]
    assert figure["layout"]["xaxis"]["ticktext"] == ["1", "2.5"]
    assert figure["layout"]["xaxis"]["tickvals"] == [0.5, 1.5]  # an edge lies between two bins


def test_bins_are_said_in_words() -> None:
    assert before_after.bins([1.0, 2.5]) == ["below 1", "1 to 2.5", "2.5 and above"]
    assert before_after.bins([]) == ["all values"]


def test_scores_are_on_a_logarithmic_scale() -> None:
    found = ScoreShift(
        before=[0.9] + [0.005] * 20, after=[0.9] + [0.005] * 20, kl=0.0, distance=0.0, status="healthy", n=900
    )
    figure = before_after.scores(found)
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert figure["data"][1]["line"]["color"] == "@accent"
