"""The chart by week: saved above the line, costs below it, estimated ones apart."""

from console.analytics.fraud_cost.line import Figure, Line
from console.figures.fraud_cost import weeks


def line(saved: Figure, lost: Figure) -> Line:
    return Line(saved, lost, Figure(1000), Figure(500), 1, 1, 1, 1, 0, 0)


def test_costs_are_below_and_estimates_are_lighter() -> None:
    found = weeks(
        {
            "1 Nov": line(Figure(20_000, 10_000.0, 25_000.0, 35_000.0), Figure(3000)),
            "8 Nov": line(Figure(0), Figure(0)),
        },
        lambda cents: f"${cents / 100:.0f}",
    )
    traces = {trace["name"]: trace for trace in found["data"]}
    assert list(traces) == ["Saved", "Saved, estimated", "Lost", "Wrongly blocked", "Review"]
    assert traces["Saved"]["y"] == [200.0, 0.0]
    assert traces["Saved, estimated"]["y"] == [100.0, 0.0]
    assert traces["Saved, estimated"]["marker"]["color"] == "@good/0.4"
    assert traces["Lost"]["y"] == [-30.0, 0.0]
    assert traces["Lost"]["customdata"][0] == "$30"
    ticks = found["layout"]["yaxis"]
    assert min(ticks["tickvals"]) < 0 < max(ticks["tickvals"])
    assert all(text.startswith("$") and "-" not in text for text in ticks["ticktext"])


def test_nothing_is_drawn_of_nothing() -> None:
    assert all(trace["y"] == [] for trace in weeks({}, str)["data"])
