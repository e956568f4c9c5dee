"""The usual Dash page: dcc.Interval every 5 s, ten callbacks that each build a figure or a table, stock plotly.js.

It shows what our page shows, from the same data, which it finds in memory (no time to read it is counted). Answers are
gzipped as Flask-Compress does. `BENCH_PER_HOUR` says how many predictions an hour there are. Served by gunicorn.
"""

import gzip
import os
from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
from dash import Dash, Input, Output, dcc, html
from flask import Flask, Response, request

from bench._live_data import SECONDS, Busy, now
from core.monitoring.kpis import KpiCard

COLOURS = {"APPROVED": "#4aa3ff", "REVIEW": "#f5c026", "BLOCKED": "#f76b76"}
CHARTS = ("scatter", "traffic", "clients", "matrix", "drift")
TEXTS = ("cards", "feed", "limits", "health", "security")
world = Busy(int(os.environ.get("BENCH_PER_HOUR", "5000")))


def part(name: str) -> Any:
    """What the monitoring API would answer now."""
    return world.made(name, now() - 3600, now())


def table(heads: list[str], rows: list[list[Any]]) -> html.Table:
    """A table as most people write it."""
    head = html.Thead(html.Tr([html.Th(text) for text in heads]))
    return html.Table([head, html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in rows])])


def cards(_: int) -> Any:
    def card(one: KpiCard) -> html.Div:
        spark = go.Figure(go.Scatter(x=[p.t for p in one.spark], y=[p.v for p in one.spark], mode="lines"))
        spark.update_layout(template="plotly_dark", height=60, margin={"l": 0, "r": 0, "t": 0, "b": 0})
        texts = [one.title, f"{one.value:,.2f} {one.unit}", f"{one.delta_percent:+.1f} %", one.status]
        return html.Div([*[html.Div(text) for text in texts], dcc.Graph(figure=spark)], style={"width": "24%"})

    return html.Div([card(one) for one in part("kpis").cards], style={"display": "flex"})


def scatter(_: int) -> Any:
    number, at, score = world.stream.between(now() - 3600, now())
    figure = go.Figure()
    for name, low, high in (("APPROVED", 0, 0.4), ("REVIEW", 0.4, 0.7), ("BLOCKED", 0.7, 1.1)):
        mask = (score >= low) & (score < high)
        times = at[mask].astype("datetime64[ms]")
        ids = None if name == "APPROVED" else [f"tx_{n:012x}" for n in number[mask]]  # as on our page
        look = {"mode": "markers", "name": name, "marker_color": COLOURS[name]}
        figure.add_trace(go.Scattergl(x=times, y=score[mask], ids=ids, **look))
    figure.add_hline(0.4, line_dash="dash")
    figure.add_hline(0.7, line_dash="dash")
    return figure.update_layout(template="plotly_dark", height=390, uirevision="1")


def feed(_: int) -> Any:
    keys = ["time", "txn_id", "score", "decision", "top_feature_text", "amount"]
    return table(keys, [[getattr(row, key) for key in keys] for row in part("fraud_feed")])


def traffic(_: int) -> Any:
    minutes = part("traffic").per_minute
    at = [minute.t for minute in minutes]
    figure = go.Figure(go.Scatter(x=at, y=[minute.n for minute in minutes], fill="tozeroy", name="Requests"))
    figure.add_bar(x=at, y=[minute.errors for minute in minutes], name="Errors")
    return figure.update_layout(template="plotly_dark", height=270, xaxis_type="date")


def clients(_: int) -> Any:
    tops = part("traffic").top_ips
    figure = go.Figure(go.Bar(x=[top.n for top in tops], y=[top.ip for top in tops], orientation="h"))
    return figure.update_layout(template="plotly_dark", height=270)


def limits(_: int) -> Any:
    found = part("limits")
    rows = [[one.ip, one.used, one.limit] for one in found.near]
    return html.Div([f"{found.everyone.used} of {found.everyone.limit}", table(["IP", "Used", "Limit"], rows)])


def matrix(_: int) -> Any:
    found = part("model").matrix
    figure = go.Figure(go.Heatmap(z=[[found.tp, found.fn], [found.fp, found.tn]], texttemplate="%{z}"))
    return figure.update_layout(template="plotly_dark", height=330)


def drift(_: int) -> Any:
    days = part("drift").days
    figure = go.Figure(go.Scatter(x=[day.day for day in days], y=[day.kl for day in days]))
    figure.add_hline(0.15, line_dash="dash")
    return figure.update_layout(template="plotly_dark", height=330, xaxis_type="date")


def health(_: int) -> Any:
    keys = ["title", "status", "uptime_percent", "latency_ms", "checked_at"]
    return table(keys, [[getattr(service, key) for key in keys] for service in part("health").services])


def security(_: int) -> Any:
    keys = ["t", "severity", "text", "actor", "ip", "correlation_id", "source"]
    return table(keys, [[getattr(event, key) for key in keys] for event in part("security").events])


def create_app() -> Flask:
    """The page with its ten callbacks."""
    dash = Dash("usual")
    charts = [dcc.Graph(id=name) for name in CHARTS]
    dash.layout = html.Div([dcc.Interval("tick", SECONDS * 1000), *[html.Div(id=name) for name in TEXTS], *charts])
    draws: list[Callable[[int], Any]] = [cards, scatter, feed, traffic, clients]
    draws += [limits, matrix, drift, health, security]
    for draw in draws:
        name = draw.__name__
        dash.callback(Output(name, "figure" if name in CHARTS else "children"), Input("tick", "n_intervals"))(draw)

    @dash.server.after_request
    def compress(response: Response) -> Response:
        wanted = "gzip" in request.headers.get("Accept-Encoding", "") and not response.direct_passthrough
        if wanted and len(response.get_data()) > 500:
            response.set_data(gzip.compress(response.get_data(), 6))
            response.headers["Content-Encoding"] = "gzip"
        return response

    server: Flask = dash.server
    server.add_url_rule("/metrics", "metrics", lambda: "")
    return server


app = create_app()
