"""What callers send: names that nothing knows and names left out, by minute and by caller."""

from typing import Any

from dash import html

from console.model_page.charts import Chart, misnamed
from console.model_page.data import Gathered
from console.pages.model.parts import AWAY, NO_API, Why, csv, figure, frame, heading, missing, numbers, says
from console.panel import Column
from console.table import plain_table
from core.monitoring.input_names import InputNames

NOTE = "unknown and missing names in the last three hours; a broken integration shows within a minute"
CALLERS = (
    Column("caller", "Caller"),
    Column("requests", "Requests", "int"),
    Column("unknown", "Unknown", "int"),
    Column("missing", "Missing", "int"),
)
KNOWN = "No request in the last three hours had unknown or missing features or fields."


def parts(found: Gathered, charts: dict[str, Chart]) -> list[Any]:
    """The heading and both panels."""
    names = found.resources.input_names
    panels = [_names(found, names, charts.get("names")), _callers(found, names)]
    return [heading("inputs", "Caller input", note=NOTE), html.Div(panels, className="grid mb-3")]


def _away(found: Gathered, names: InputNames | None) -> html.Div:
    redis = "The counts are in Redis, which cannot be reached."
    return missing(Why(AWAY, found.errors.get("input_names") or (redis if names else NO_API)))


def _names(found: Gathered, names: InputNames | None, chart: Chart | None) -> html.Section:
    title = "Unknown and missing names a minute"
    note, tools = "solid: unknown features and fields, dotted: missing features", []
    if chart is not None:
        tools = [csv("input-names", "unknown and missing names")]
        label = "Unknown and missing names of each caller a minute, over three hours"
        body = [
            figure(chart, "input-names", label), numbers(chart, "input-names", "Unknown and missing names"),
        ]  # fmt: skip
    elif names and names.counted:
        body = [says("check-circle-fill", "No unknown or missing names", KNOWN)]
    else:
        body = [_away(found, names)]
    return frame("p-names", title, note, "w8", body, tools)


def _callers(found: Gathered, names: InputNames | None) -> html.Section:
    if names and names.callers:
        body = _listed(found, names)
    elif names and names.counted:
        nothing = "No transactions or events in the last three hours."
        body = [says("clock", "No requests", nothing)]
    else:
        body = [_away(found, names)]
    return frame("p-callers", "Callers", "most unknown names first", "w4", body)


def _listed(found: Gathered, names: InputNames) -> list[Any]:
    rows = [
        [one.caller, one.caller, one.requests, sum(one.feature) + sum(one.field), sum(one.missing)]
        for one in names.callers
    ]
    body: list[Any] = [plain_table("callers-rows", "Callers", CALLERS, rows)]
    if names.others:
        body.append(html.P(f"and {names.others} more", className="text-body-secondary mb-2"))
    unknown = [_unknown(caller, name) for caller, name in misnamed(found)]
    return [*body, html.Ul(unknown, className="lines", id="misnamed")] if unknown else body


def _unknown(caller: str, name: Any) -> html.Li:
    words: list[Any] = [html.B(name.name, className="mono"), f" is not a known {name.kind}"]
    if name.nearest:
        words += ["; did you mean ", html.Span(name.nearest, className="mono"), "?"]
    return html.Li(html.Span([*words, " ", html.Small(caller, className="text-body-secondary mb-2")]))
