"""The page Redis: our commands by their share of time, and the servers: memory, commands, slow log, streams."""

from collections.abc import Sequence
from typing import Any

from dash import html

from console import changes, format, markup
from console.chart_panel import column
from console.figures.bins import Bins
from console.page import Page, PageContext, Place, View
from console.pages.database import parts, reading
from console.pages.database.samples import samples_chart
from console.pages.performance import parts as shared
from console.pages.performance.reading import read
from console.panel import Column
from console.table import table
from core import clock
from core.endpoints.overview import LENGTHS, Figures
from core.endpoints.queries import ROUTE, QueriesOverview
from core.endpoints.stores import REDIS_ROUTE, RedisNode, RedisState, Samples
from core.http import HttpClient

EVERY = 10.0
PATH = "redis"
FULL = 0.85  # the share of its memory limit from where a server is marked
OLD_SECONDS = 60.0  # an entry of the stream that waits for longer
EMPTY = "No commands in this range. Choose a longer one."
MIB = 2**20
NONE = Figures()
NODES = (
    Column("name", "Server", "two", "180px"), Column("memory", "Memory", "right"), Column("peak", "Peak", "right"),
    Column("limit", "Limit", "right"), Column("fragmentation", "Fragmentation", "right"),
    Column("clients", "Clients", "int"), Column("blocked", "Blocked", "int"), Column("keys", "Keys", "int"),
    Column("hits", "Hit rate", "right"), Column("evicted", "Evicted", "int"), Column("expired", "Expired", "int"),
    Column("rejected", "Rejected", "int"), Column("commands", "Commands/s", "right"),
    Column("persistence", "Persistence", "text"),
)  # fmt: skip
COMMANDS = (
    Column("command", "Command", "mono"), Column("calls", "Calls", "int"), Column("mean", "Mean", "right"),
    Column("seconds", "In all", "right"), Column("share", "Share", "meter", "150px"), Column("failed", "Failed", "int"),
    Column("rejected", "Rejected", "int"),
)  # fmt: skip
SLOW = (
    Column("at", "Time (UTC)", "time"), Column("took", "Took", "right"), Column("command", "Command", "mono"),
    Column("arguments", "Arguments", "int"), Column("node", "Server", "mono"),
)  # fmt: skip
LATENCY = (
    Column("event", "Event", "mono"), Column("at", "Last (UTC)", "time"), Column("last", "Took", "right"),
    Column("most", "Max", "right"), Column("node", "Server", "mono"),
)  # fmt: skip
STREAMS = (
    Column("key", "Stream", "mono"), Column("length", "Entries", "int"), Column("pending", "Being stored", "int"),
    Column("lag", "Not read yet", "int"), Column("oldest", "Oldest", "right"), Column("state", "State", "state"),
)  # fmt: skip


def content(context: PageContext) -> View:
    """Our commands from PostgreSQL, the servers' own figures from Redis; each is shown while the other is away."""
    wanted = reading.asked(context.args)
    shown = read(context.auth.api, ROUTE, wanted, QueriesOverview)
    state = read(context.auth.api, REDIS_ROUTE, wanted.range_only, RedisState)
    notes: list[Any] = [shared.notes(shown)]
    if state.found is not None and state.found.away:
        head = html.B("Redis cannot be reached.")
        why = f" {format.sentence(state.found.away)} What is below is from before; this page recovers automatically."
        notes.append(markup.said([head, why], "wifi-off", "bad", "redis-away"))
    body: list[Any] = []
    if state.found is not None:
        body = [_figures(state.found, shown.found), _charts(state.found.samples, context.auth.api)]
    if shown.found is not None:
        body.append(_ours(shown.found, wanted))
    if state.found is not None and not state.found.away:
        body += _servers(state.found)
    page = markup.page("redis", "Redis", *notes, *body, wide=True)
    return View(page, status=400 if shown.refused else 200, every=EVERY)


def _figures(found: RedisState, ours: QueriesOverview | None) -> html.Div:
    nodes, samples = found.nodes, found.samples.figures
    memory, limit = sum(one.memory for one in nodes), sum(one.memory_limit for one in nodes)
    size = format.size(memory).rpartition(" ") if nodes else ("", "", format.NONE)
    is_full = bool(limit) and memory > FULL * limit
    calls = ours.kinds.get("redis", NONE) if ours else NONE
    p95 = shared.lasted(calls.p95).rpartition(" ")
    rates = [one.hit_rate for one in nodes if one.hit_rate is not None]
    hit = f"{100 * sum(rates) / len(rates):.1f}" if rates else format.NONE
    ops = sum(one.commands_per_second for one in nodes)
    return shared.cards([
        shared.card(
            "memory", "Memory", size[0] or size[2], size[2] if size[0] else "",
            f"of {format.size(limit)}" if limit else "no limit set" if nodes else "", _course(samples, "memory"),
            "alert" if is_full else "",
        ),
        shared.card(
            "p95", "p95 of our commands", p95[0] or p95[2], p95[2] if p95[0] else "",
            f"{format.number(calls.hits)} calls · {calls.errors:,} errors · max {shared.lasted(calls.most)}",
        ),
        shared.card(
            "commands", "Commands", format.number(ops) if nodes else format.NONE, "/s" if nodes else "",
            f"{sum(one.clients for one in nodes)} clients", _course(samples, "commands_per_second"),
        ),
        shared.card(
            "hits", "Hit rate", hit, "%" if rates else "",
            f"{format.number(sum(one.keys for one in nodes))} keys · "
            f"{format.number(sum(one.evicted for one in nodes))} evicted",
        ),
    ])  # fmt: skip


def _course(samples: dict[str, list[float | None]], name: str) -> Sequence[float]:
    return [one or 0.0 for one in samples.get(name, ())]


def _charts(samples: Samples, client: HttpClient) -> html.Div:
    changed = changes.read(client, Bins(samples.first, samples.after, samples.step))
    note = "one sample a minute"
    memory = samples_chart(
        "memory", "Memory", "Memory in use over time", samples, (("memory", "memory", "ok"),),
        note, format.size, MIB, changed,
    )  # fmt: skip
    commands = samples_chart(
        "commands-over-time", "Commands and clients", "Commands a second and clients over time", samples,
        (("commands_per_second", "commands a second", "ok"), ("clients", "clients", "review"),
         ("blocked_clients", "blocked clients", "muted")),
        note, format.number, changed=changed,
    )  # fmt: skip
    return html.Div([column(6, memory), column(6, commands)], className="grid")


def _ours(found: QueriesOverview, wanted: reading.AskedQuery) -> html.Section:
    rows = [row for row in found.rows if row.kind in ("redis", "wait")]
    whole = found.kinds.get("redis", NONE).seconds
    listed = [row for row in rows if row.kind == "redis"] + [row for row in rows if row.kind == "wait"]
    note = "timed by our processes, most time first; commands that wait for new entries last"
    return parts.queries_table(
        "ours", "Our commands", listed, whole, wanted, EMPTY, note, named="Command", counted="Commands"
    )


def _servers(found: RedisState) -> list[Any]:
    return [
        *(markup.said(note, "info-circle-fill", "warn") for note in found.notes),
        _streams(found),
        table("servers", "Servers", NODES, [_node(one) for one in found.nodes], "No server answered.", whole=False),
        _commands(found),
        html.Div([column(6, _slow(found)), column(6, _latency(found))], className="grid"),
    ]


def _node(one: RedisNode) -> list[Any]:
    name = one.name or "Redis"
    return [
        name, [name, f"{one.version}, up {format.duration(one.uptime)}"], [format.size(one.memory), one.memory],
        [format.size(one.memory_peak), one.memory_peak],
        [format.size(one.memory_limit), one.memory_limit] if one.memory_limit else "none",
        format.number(one.fragmentation), one.clients, one.blocked_clients, one.keys,
        format.percent_of(one.hit_rate), one.evicted, one.expired, one.rejected, format.number(one.commands_per_second),
        one.persistence,
    ]  # fmt: skip


def _commands(found: RedisState) -> html.Section:
    whole = sum(one.seconds for one in found.commands)
    rows = [
        [
            one.command, one.command, one.calls, shared.duration_cell(one.mean),
            [format.duration(one.seconds), one.seconds],
            [f"{100 * one.seconds / whole if whole else 0:.1f} %", one.seconds / whole if whole else 0.0],
            one.failed, one.rejected,
        ]
        for one in found.commands
    ]  # fmt: skip
    note = "on the server alone, of all clients, since it started"
    return table("commands", "Command statistics", COMMANDS, rows, "The server keeps none.", note=note)


def _slow(found: RedisState) -> html.Section:
    rows = [
        [f"{place}", int(1000 * one.at), shared.duration_cell(one.seconds), one.command, one.arguments, one.node]
        for place, one in enumerate(found.slow)
    ]
    limit = "" if found.slow_limit is None else f"slower than {shared.lasted(found.slow_limit)}"
    return table("slow", "Slow log", SLOW, rows, "No command was slow.", note=limit, whole=False)


def _latency(found: RedisState) -> html.Section:
    rows = [
        [
            f"{one.event} {one.node}", one.event, int(1000 * one.at), shared.duration_cell(one.last),
            shared.duration_cell(one.most), one.node,
        ]
        for one in found.latency
    ]  # fmt: skip
    none = (
        f"No event took longer than {shared.lasted(found.latency_limit)}." if found.latency_limit
        else "Latency monitoring is off: latency-monitor-threshold of the server is 0."
    )  # fmt: skip
    return table("latency", "Latency events", LATENCY, rows, none, whole=False)


def _streams(found: RedisState) -> html.Section:
    rows = [
        [
            one.key, one.key, one.length, one.pending, one.lag,
            None if one.oldest is None else [format.duration(one.oldest), one.oldest],
            ["blocked", "hourglass-split", "waiting"] if (one.oldest or 0.0) > OLD_SECONDS
            else ["good", "check-circle-fill", "OK"],
        ]
        for one in found.streams
    ]  # fmt: skip
    note = f"entries that are not stored yet, at {clock.to_datetime(found.now):%H:%M:%S} UTC"
    return table("streams", "Event stream", STREAMS, rows, "Nothing was published yet.", note=note, whole=False)


PAGE = Page(
    name="redis",
    path=PATH,
    title="Redis",
    role="viewer",
    content=content,
    place=Place(67, "r", "More"),
    ranges=tuple(LENGTHS),
)
