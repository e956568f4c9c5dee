"""Spans are cut to what a chart shows, policy changes are named, and a tick can always patch the bar."""

import json

from msgspec.structs import replace

from console.figures import custom, endpoints, lines, marks, queries, statuses
from console.figures.bins import Bins
from core.endpoints.overview import Figures
from core.figures.overview import Bin, FigureSeries
from core.monitoring.alerts import AlertSpan, PolicyChange
from core.monitoring.changes import Change

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
    found = marks.changes(marks.of_policies([change, replace(change, t=900)]), 100, 300)
    assert [line["x0"] for line in found["shapes"]] == [200]
    assert found["annotations"][0]["text"] == "strict v4"
    assert "0.50, by alerts" in found["annotations"][0]["hovertext"]


def test_changes_that_lie_close_together_are_one_mark_that_names_all() -> None:
    deploy = Change(t=200, kind="deploy", title="shop <b>2", detail="1 slower", ref="7", service="shop")
    config = Change(t=203, kind="configuration", title="rules.toml", detail="", ref="", service="")
    later = replace(deploy, t=280, title=f"shop {'v' * 40}")
    found = marks.changes([deploy, config, later], 100, 300, above=True)
    assert [one["text"] for one in found["annotations"]] == ["2 changes", f"{'v' * 15}…"]
    told = found["annotations"][0]["hovertext"]
    assert told == "Deploy: shop &lt;b>2, 1 slower<br>Configuration: rules.toml"
    assert [one["y"] for one in found["annotations"]] == [1.0, 1.0]
    assert {shape["line"]["color"] for shape in found["shapes"]} == {"@text"}


def test_there_are_so_many_marks() -> None:
    one = Change(t=100, kind="incident", title="Fraud", detail="", ref="", service="")
    many = [replace(one, t=100 + 10 * at, ref=f"{at}") for at in range(20)]
    assert len(marks.changes(many, 100, 300)["shapes"]) == marks.MOST_MARKS


def test_every_chart_over_the_bins_of_a_range_marks_what_changed() -> None:
    deploy = Change(t=28_000_030 * 60_000, kind="deploy", title="shop 2", detail="", ref="7", service="shop")
    bins = Bins(28_000_020, 28_000_040, 10, [deploy])
    sample = Bin(minute=28_000_020, count=1, mean=1.0, least=1.0, most=1.0, last=1.0)
    drawn = [
        endpoints.requests([1, 2], [0, 0], bins), endpoints.classes({2: [1, 1]}, bins),
        endpoints.durations(bins, [Figures(), Figures()]), lines.lines([lines.Series("a", [1.0, 2.0])], bins, str, "a"),
        queries.time_by_kind({"own": [1.0, 1.0]}, bins),
        custom.lines([FigureSeries(name="", bins=[sample])], "", bins), statuses.counts([], bins, None, [], False),
        statuses.approval([], bins, "approved", []),
    ]  # fmt: skip
    for one in drawn:
        layout = json.loads(json.dumps(one))["layout"]
        assert [mark["text"] for mark in layout["annotations"]] == ["2"]
        assert [shape["x0"] for shape in layout["shapes"]] == [deploy.t]
