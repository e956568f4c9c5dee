"""The console's application: Dash behind one guard, the live endpoint beside it. Everything is registered in here.

Dash's gaps are closed: an unknown path is 404 (its catch-all would answer with the page), versions do not show, an
unknown callback is 400, and nothing is reachable without a session.
"""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask, Response, g, has_request_context, redirect, request

from console import hardening, static
from console.auth import guard, login
from console.auth.sessions import Sessions
from console.live import RANGES, LiveView, Range
from console.pages import live as live_page
from console.pages import transaction
from console.panel import Panel
from core import log
from core.discovery import discover
from core.errors import BadInput, GatehouseError
from core.http import HttpClient
from core.settings import Settings
from core.store.live import Live
from core.web.app import create_app as create_web_app

PREFIX = "/admin/monitoring/"
ASSETS = Path(__file__).parent / "assets"
LONGEST_SPAN = timedelta(days=90)
_log = log.get(__name__)

_INDEX = """<!doctype html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<link rel="preload" href="{prefix}assets/fonts/inter.woff2" as="font" type="font/woff2" crossorigin>
<link rel="icon" href="{prefix}assets/favicon.svg" type="image/svg+xml">
{%css%}
</head>
<body>
{%app_entry%}
<footer class="boot">{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


def create_app(settings: Settings, client: HttpClient | None = None) -> Flask:
    """The WSGI application. Raises ConfigError when the secret key or Redis is not set."""
    settings.require("secret_key", "redis_url")
    client = client or HttpClient(settings.api_url, timeout=4.0, token=settings.internal_token)
    server = create_web_app("console", settings, tokens=False)
    store = server.stores.live if server.stores else Live(settings.redis_url)
    server.ready_checks["redis"] = store.ping
    server.ready_checks["monitoring API"] = lambda: _check(client)
    sessions = Sessions(store)
    guard.install(server, PREFIX, sessions)
    login.install(server, PREFIX, settings, sessions, lambda event: _report(client, event))
    panels: dict[str, Panel] = discover("console.panels", "PANEL")
    view = LiveView(panels, client)
    _routes(server, view)
    dash = _dash(server, panels)
    transaction.register(dash, client)
    hardening.install(server, dash, PREFIX)
    static.install(server, PREFIX)
    return server


def _routes(server: Flask, view: LiveView) -> None:
    @server.get(f"{PREFIX}live", endpoint="live")
    def live() -> Response:
        span, since = _span(request.args), _since(request.args.get("since", "0"))
        reply = view.answer(span, since)
        response = Response(reply.body, reply.status, reply.headers, content_type="application/json")
        if reply.body:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Cache-Control"] = "no-store"
        return response

    @server.get("/", endpoint="root")
    def root() -> Any:
        return redirect(PREFIX, 302)

    @server.get(PREFIX.rstrip("/"), endpoint="prefix")
    def prefix() -> Any:
        return redirect(PREFIX, 302)


def _dash(server: Flask, panels: dict[str, Panel]) -> Dash:
    dash = Dash(
        "console",
        server=server,
        assets_folder=str(ASSETS),
        assets_ignore=r"plotly\.min\.js|^login",
        pages_folder="",
        use_pages=False,
        routes_pathname_prefix=PREFIX,
        requests_pathname_prefix=PREFIX,
        title="Monitoring Dashboard · Gatehouse",
        update_title="",
        index_string=_INDEX.replace("{prefix}", PREFIX),
        suppress_callback_exceptions=True,
        add_log_handler=False,
    )

    def layout() -> Any:
        session = g.get("session") if has_request_context() else None
        return live_page.layout(panels, PREFIX, session.csrf if session else "", session.user if session else "")

    dash.layout = layout
    return dash


def _span(args: Any) -> Range:
    start, end = args.get("from", ""), args.get("to", "")
    if not start and not end:
        label = args.get("range", "1h")
        if label not in RANGES:
            raise BadInput("?range", f"must be one of {', '.join(RANGES)}")
        return Range(label)
    first, last = _time("?from", start), _time("?to", end)
    if not first < last:
        raise BadInput("?to", "must be later than from")
    if last - first > LONGEST_SPAN:
        raise BadInput("?from", f"the span may be at most {LONGEST_SPAN.days} days")
    return Range("", first.isoformat().replace("+00:00", "Z"), last.isoformat().replace("+00:00", "Z"))


def _time(name: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(name, "must be a time in ISO 8601") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _since(text: str) -> int:
    if not text.isdigit() or len(text) > 16:
        raise BadInput("?since", "must be a version number")
    return int(text)


def _check(client: HttpClient) -> None:
    client.get("/healthz")


def _report(client: HttpClient, event: dict[str, Any]) -> None:
    """Send a security event without making the person wait."""

    def send() -> None:
        try:
            client.post_json("/api/v1/events", event)
        except GatehouseError as error:
            _log.warning("security event not sent", text=event["text"], detail=str(error))

    threading.Thread(target=send, name="report", daemon=True).start()
