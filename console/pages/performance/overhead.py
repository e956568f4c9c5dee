"""Overhead: what monitoring itself costs requests, CPU and storage, and what was dropped."""

from typing import Any

from dash import html

from console import changes, format, markup
from console.chart_panel import chart_panel, column
from console.figures.bins import Bins
from console.figures.lines import Series, lines
from console.page import Page, PageContext, View
from console.pages.performance import parts, reading
from console.pages.performance.reading import Asked
from console.panel import Column
from console.table import table
from core import clock
from core.endpoints.overhead import ROUTE, Brought, Cost, Overhead
from core.endpoints.overview import LENGTHS
from core.http import HttpClient

EVERY = 30.0
PATH = "performance/overhead"
SERVICES = (
    Column("service", "Service"), Column("requests", "Requests", "int"), Column("record", "In the request", "right"),
    Column("records", "Measured", "int"), Column("fold", "Adding up", "right"),
    Column("cores", "Monitoring threads", "right"), Column("share", "Share of CPU", "meter"),
)  # fmt: skip
EVENTS = (
    Column("what", "Events", "mono"), Column("number", "Today", "int"), Column("mean", "A day", "right"),
    Column("bytes", "Bytes today", "right"), Column("mean_bytes", "Bytes a day", "right"),
    Column("trend", "By day", "spark", "110px"),
)  # fmt: skip
DROPS = (
    Column("what", "Metric", "mono"), Column("number", "Today", "int"), Column("week", "Seven days", "int"),
    Column("trend", "By day", "spark", "110px"),
)  # fmt: skip
NOTHING = "No process reported in this range. Choose a longer one."


def content(context: PageContext) -> View:
    """Cost of a request, CPU of threads that monitor, events by kind, what was dropped."""
    shown = reading.read(context.auth.api, ROUTE, reading.only(reading.asked(context.args)), Overhead)
    found = shown.found
    back = Asked(range=shown.asked.range, start=shown.asked.start, end=shown.asked.end).query()
    page = markup.page(
        "overhead", "Overhead", parts.notes(shown), *(_body(found, context.auth.api) if found else []),
        back=("Performance", f"{context.prefix}performance{back}"), wide=True,
    )  # fmt: skip
    return View(page, status=400 if shown.refused else 200, every=EVERY)


def _body(found: Overhead, client: HttpClient) -> list[Any]:
    bins = changes.marked(client, Bins(found.first, found.after, found.step))
    return [
        _figures(found),
        html.Div([column(6, _times(found, bins)), column(6, _threads(found, bins))], className="grid"),
        table("services", "Cost by service", SERVICES, [_service(one) for one in found.services], NOTHING,
              note="in the request: real requests, two a second of a process; adding up: CPU time a request"),
        html.Div([column(7, _events(found)), column(5, _drops(found))], className="grid"),
    ]  # fmt: skip


def _figures(found: Overhead) -> html.Div:
    total, dropped = found.total, sum(one.number[-1] for one in found.dropped)
    own = [one for one in found.published if one.monitoring]
    return parts.cards([
        parts.card("record", "In each request", *parts.split(micro(total.record_seconds)),
                   f"{total.records:,} measured"),
        parts.card("fold", "Adding up", *parts.split(micro(total.fold_seconds)), "of CPU a request, outside of it"),
        parts.card("threads", "Monitoring threads", *parts.split(parts.cores(total.thread_cores)),
                   f"of a core; {_share(total.thread_share)} of the CPU of all processes"),
        parts.card("bytes", "Monitoring events", *parts.split(format.size(sum(one.bytes[-1] for one in own))),
                   f"today in {sum(one.number[-1] for one in own):,} events · {dropped:,} dropped",
                   [sum(column) for column in zip(*(one.bytes for one in own), strict=True)],
                   "warning" if dropped else ""),
    ])  # fmt: skip


def micro(seconds: float | None) -> str:
    """A short time in microseconds."""
    return format.NONE if seconds is None else f"{format.number(1e6 * seconds)} µs"


def _share(value: float | None) -> str:
    return format.NONE if value is None else f"{100 * value:.2g} %"


def _chart(bins: Bins, name: str, title: str, series: list[Series], words: Any) -> html.Section:
    times = [f"{clock.to_datetime(at * 60):%Y-%m-%d %H:%M}" for at in range(bins.first, bins.after, bins.step)]
    rows = [
        [at, *(format.NONE if one is None else words(one) for one in values)]
        for at, values in zip(times, zip(*(one.values for one in series), strict=True), strict=False)
        if any(one is not None for one in values)
    ]
    return chart_panel(
        name, title, lines(series, bins, words, name), f"{title} over time",
        ["Time (UTC)", *(f">{one.name}" for one in series)], rows[::-1], f"bins of {bins.words}, UTC",
    )  # fmt: skip


def _times(found: Overhead, bins: Bins) -> html.Section:
    series = [
        Series("in the request", [one.record_seconds for one in found.bins]),
        Series("adding up", [one.fold_seconds for one in found.bins]),
    ]
    return _chart(bins, "times", "What recording costs a request", series, micro)


def _threads(found: Overhead, bins: Bins) -> html.Section:
    series = [Series("monitoring threads", [one.thread_cores for one in found.bins])]
    return _chart(bins, "threads", "CPU of monitoring threads", series, parts.cores)


def _service(one: Cost) -> list[Any]:
    return [
        one.service, one.service, one.requests or None,
        None if one.record_seconds is None else [micro(one.record_seconds), one.record_seconds], one.records or None,
        None if one.fold_seconds is None else [micro(one.fold_seconds), one.fold_seconds],
        None if one.thread_cores is None else [parts.cores(one.thread_cores), one.thread_cores],
        None if one.thread_share is None else [_share(one.thread_share), one.thread_share],
    ]  # fmt: skip


def _events(found: Overhead) -> html.Section:
    rows = [_event(one) for one in found.published if one.monitoring]
    rest = [one for one in found.published if not one.monitoring]
    note = f"what monitoring sends; beside it {sum(one.number[-1] for one in rest):,} other events today"
    return table("events", "Events by kind", EVENTS, rows, "Nothing was published in seven days.", note=note)


def _event(one: Brought) -> list[Any]:
    days = max(1, sum(number > 0 for number in one.number))
    mean, size = sum(one.number) / days, sum(one.bytes) / days
    return [
        one.what, one.what, one.number[-1], [format.number(mean), mean], [format.size(one.bytes[-1]), one.bytes[-1]],
        [format.size(size), size], one.bytes,
    ]  # fmt: skip


def _drops(found: Overhead) -> html.Section:
    rows = [[one.what, one.what, one.number[-1], sum(one.number), one.number] for one in found.dropped]
    return table("dropped", "Dropped or beyond a limit", DROPS, rows, "Nothing was dropped in seven days.")


PAGE = Page(
    name="performance_overhead",
    path=PATH,
    title="Overhead",
    role="viewer",
    content=content,
    under="performance",
    ranges=tuple(LENGTHS),
)
