"""The lanes of what changed: marks where something happened, bars where it lasted."""

from console.figures import changes

DAY = 86_400_000
START, END = 1_700_000_000_000, 1_700_000_000_000 + 30 * DAY


def test_each_kind_has_its_lane_and_a_span_is_cut_to_the_chart() -> None:
    events = [
        {"at": START + DAY, "until": None, "kind": "role", "text": "Model 2 became champion"},
        {"at": START - DAY, "until": START + 2 * DAY, "kind": "incident", "text": "Feature drift"},
        {"at": START - 9 * DAY, "until": START - 8 * DAY, "kind": "training", "text": "long over"},
    ]
    figure = changes.draw(events, START, END)
    traces = {trace["name"]: trace for trace in figure["data"]}
    assert traces["Model"]["x"] == [START + DAY]
    assert traces["Drift"]["x"] == [START]
    assert traces["Drift, lasting"]["x"] == [START, START + 2 * DAY, None]
    assert traces["Training"]["x"] == []
    assert figure["layout"]["yaxis"]["ticktext"][::-1] == ["Model", "Training", "Policy", "Drift"]
