"""Spans are cut to what a chart shows, policy changes are named, and a tick can always patch the bar."""

from msgspec.structs import replace

from console.figures import marks
from core.monitoring.alerts import AlertSpan, PolicyChange

SPAN = AlertSpan(
    incident="i1", rule="A1", series="", metric="fraud_rate", severity="high", title="Fraud", start=100, end=None
)


def test_spans_are_those_of_the_metrics_cut_to_the_chart() -> None:
    over = replace(SPAN, incident="i0", start=0, end=40)
    other = replace(SPAN, metric="drift")
    found = marks.within([SPAN, over, other], ("fraud_rate",), 50, 300)
    assert [(mark.span.incident, mark.start, mark.end) for mark in found] == [("i1", 100, 300)]
    assert marks.within([SPAN], ("fraud_rate",), 120, 300)[0].start == 120


def test_a_bar_names_its_incident_at_every_point_and_breaks_between_spans() -> None:
    spans = marks.within([SPAN, replace(SPAN, incident="i2", start=200)], ("fraud_rate",), 50, 300)
    bar = marks.bars(spans, 1.0)
    assert len(bar["x"]) == len(bar["y"]) == len(bar["customdata"]) == len(bar["marker"]["size"])
    assert bar["x"].count(None) == 2
    assert {fact[0] for fact in bar["customdata"]} == {"i1", "i2"}
    assert marks.bars([], 1.0)["x"] == []


def test_changes_inside_the_chart_are_lines_with_names() -> None:
    change = PolicyChange(t=200, version=4, profile="strict", fraud_threshold=0.5, actor="alerts")
    found = marks.changes([change, replace(change, t=900)], 100, 300)
    assert [line["x0"] for line in found["shapes"]] == [200]
    assert found["annotations"][0]["text"] == "strict v4"
    assert "0.50, by alerts" in found["annotations"][0]["hovertext"]
