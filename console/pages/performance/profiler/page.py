"""The page Profiler: a flame graph and a table of functions, and the difference of two profiles."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from console import format, markup
from console.chart_panel import column
from console.page import Page, PageContext, View
from console.pages.performance import parts, reading
from console.pages.performance.profiler import demand, drawing, tables
from console.pages.performance.profiler.asked import FOLD, SHOW, Wanted, wanted
from core import clock
from core.endpoints.profiles import LENGTHS, ROUTE, Profile

EVERY, EVERY_RUNNING = 30.0, 3.0
PATH = tables.PATH
SPARE_SECONDS = 25  # after a profile on demand has ended until all its samples are stored
NOTHING = "Requests of our own processes are sampled all the time, unless performance.toml says otherwise."
LONGER = (
    "Requests are sampled while they run: an endpoint that is rarely called has few samples. Choose a longer range."
)
BASES = {"": "nothing", "previous": "the range before", "day": "a day before", "week": "a week before"}
RESET = dict.fromkeys(
    ("service", "route", "method", "version", "run", "frame", "base", "base_version", "base_run", "libraries"), ""
)


def content(context: PageContext) -> View:
    """The filter, the flame graph, the table of functions, and profiles on demand."""
    asked = wanted(context.args)
    shown = reading.read(context.auth.api, ROUTE, asked, Profile, libraries=asked.libraries)
    found = shown.found
    body: list[Any] = []
    if found is not None:
        below = [one for one in (demand.sheet(context, asked.service), tables.runs(found.runs, asked)) if one]
        body = [
            _filter(found, asked, context.prefix),
            _graph(found, asked, context.prefix),
            tables.functions(found, asked) if found.samples or found.base_samples else None,
            html.Div([column(4 if len(below) == 2 and place == 0 else 8, one) for place, one in enumerate(below)],
                     className="grid"),
        ]  # fmt: skip
    page = markup.page(
        "profiler", "Profiler", parts.notes(shown), *body, back=_back(asked, context.prefix), wide=True
    )  # fmt: skip
    return View(page, status=400 if shown.refused else 200, every=_pace(found, asked))


def _back(asked: Wanted, prefix: str) -> tuple[str, str]:
    """To the endpoint that is looked at, or to all of them."""
    if asked.route and asked.service:
        return f"{asked.method} {asked.route}", prefix + parts.address(asked.service, asked.route, asked.method, asked)
    return "Performance", f"{prefix}performance"


def _pace(found: Profile | None, asked: Wanted) -> float:
    """A profile on demand that is being taken is looked at more often."""
    run = next((one for one in found.runs if one.id == asked.run), None) if found and asked.run else None
    running = run is not None and clock.now() < run.started_at + run.seconds + SPARE_SECONDS
    return EVERY_RUNNING if running else EVERY


def _filter(found: Profile, asked: Wanted, prefix: str) -> html.Form:
    """What is shown, and what it is compared with."""
    kept = {name: value for name, value in asked.values.items() if name in ("range", "from", "to", "run", "frame")}
    endpoint = f"{asked.method} {asked.route}" if asked.route else ""
    versions = {one: one for one in found.versions}
    against = {
        **BASES,
        **{f"version:{one}": f"version {one}" for one in found.versions if one != asked.version},
        **{f"run:{one.id}": f"the profile of {markup.minute(one.started_at)}" for one in found.runs
           if one.id != asked.run and asked.run},
    }  # fmt: skip
    clear = asked.query(**RESET)
    return html.Form(
        [
            *(dcc.Input(type="hidden", id=f"f-{name}", name=name, value=value) for name, value in kept.items()),
            _choice("service", "Service", {"": "all services", **{one: one for one in found.services}}, asked.service),
            _choice("endpoint", "Endpoint", {"": "all endpoints", **_endpoints(found.endpoints)}, endpoint),
            _choice("version", "Version", {"": "all versions", **versions}, asked.version),
            html.Label("compared with", htmlFor="f-compare", className="small text-body-secondary"),
            _choice("compare", "Compare with", against, asked.compared),
            _choice("libraries", "Libraries", {FOLD: "libraries folded", SHOW: "libraries shown"}, asked.libraries),
            dbc.Button("Show", type="submit", size="sm", color="secondary"),
            *([html.A("Clear", href=prefix + PATH + clear, className="btn btn-sm btn-link")]
              if set(asked.values) & set(RESET) else []),
        ],
        id="filter",
        method="get",
        action=prefix + PATH,
        className="d-flex flex-wrap align-items-center gap-2 mb-3",
    )  # fmt: skip


def _endpoints(known: Sequence[tuple[str, str]]) -> dict[str, str]:
    return {f"{method} {route}": f"{method} {route}" for route, method in known}


def _choice(name: str, label: str, known: Mapping[str, str], value: str) -> html.Div:
    listed = dict(known) if value in known else {**known, value: value.partition(":")[2] or value}
    options = [{"value": key, "label": words} for key, words in listed.items()]
    select = dbc.Select(
        id=f"f-{name}", name=name, options=options, value=value, class_name="form-select-sm", placeholder=known.get(""),
        style={"maxWidth": "24em"},
    )  # fmt: skip
    hidden = [] if name == "compare" else [html.Label(label, htmlFor=f"f-{name}", className="visually-hidden")]
    return html.Div([*hidden, select])


def _graph(found: Profile, asked: Wanted, prefix: str) -> html.Section:
    title = f"Flame graph of {drawing.short(asked.frame)}" if asked.frame else "Flame graph"
    tools = []
    if asked.frame or asked.run:
        tools = [markup.way("All functions" if asked.frame else "All samples", prefix + PATH + asked.query(
            **({"frame": ""} if asked.frame else {"run": "", "base_run": ""})), "x-lg")]  # fmt: skip
    if not found.samples and not found.base_samples:
        empty = markup.calm("clock", "No samples in this range.", LONGER if found.services else NOTHING)
        return markup.sheet("flame", title, empty, tools=tools)
    return markup.sheet(
        "flame", title, _legend(found, asked), drawing.graph(found, asked), note=_note(found, asked),
        tools=tools,
    )  # fmt: skip


def _note(found: Profile, asked: Wanted) -> str:
    samples = f"{found.samples:,} samples"
    if asked.frame:
        samples += f", {format.percent(100 * found.samples / max(1, found.all_samples))} of all, from every caller"
    if found.is_compared:
        samples += f" against {found.base_samples:,}"
    return samples


def _legend(found: Profile, asked: Wanted) -> html.Div:
    """What the colours mean."""
    if found.is_compared:
        signs = [
            markup.chip("blocked", "arrow-up", "larger share than before"),
            markup.chip("ok", "arrow-down", "smaller share"),
        ]
    else:
        signs = [markup.chip("accent", "", "application"), markup.chip("", "", "library")]
    words = "Select a bar to see that function alone. Time spent waiting is included."
    if asked.run:
        words = f"Profile on demand {asked.run}. {words}"
    return html.Div(
        [*signs, html.Span(words, className="small text-body-secondary")],
        className="d-flex flex-wrap align-items-center gap-2 mb-2",
    )


PAGE = Page(
    name="profiler",
    path=PATH,
    title="Profiler",
    role="viewer",
    content=content,
    under="performance",
    ranges=tuple(LENGTHS),
    actions=(demand.run,),
)
