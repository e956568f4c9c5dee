"""The console's application: Dash behind one guard, the live endpoint beside it. Everything is registered in here.

Dash's gaps are closed: an unknown path is 404 (its catch-all would answer with the page), versions do not show, an
unknown callback is 400, and nothing is reachable without a session.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask, Response, g, has_request_context, redirect, request

from console import hardening, static
from console.auth import assembly, guard, invitation, login, networks, second
from console.auth.access import LEAST
from console.auth.oidc import routes as oidc
from console.live import RANGES, LiveView, Range
from console.pages import (
    account,
    alerts,
    audit,
    backtests,
    drift,
    incident,
    label_upload,
    model,
    own_passkeys,
    problem_page,
    review,
    runbooks,
    silences,
    thresholds,
    tokens,
    training,
    training_file,
    training_run,
    transaction,
    transactions,
    users,
    verdict,
    versions,
)
from console.pages import live as live_page
from console.pages.plain import links
from console.panel import Panel
from core.discovery import discover
from core.errors import BadInput
from core.http import HttpClient
from core.roles import reaches
from core.settings import Settings
from core.store.assembly import assemble
from core.web.app import App
from core.web.app import create_app as create_web_app

PREFIX = "/admin/monitoring/"
ASSETS = Path(__file__).parent / "assets"
LONGEST_SPAN = timedelta(days=90)

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


def create_app(settings: Settings, client: HttpClient | None = None) -> App:
    """The WSGI application. Raises ConfigError when the secret key, PostgreSQL or Redis is not set."""
    settings.require("secret_key", "database_url", "redis_url")
    client = client or HttpClient(settings.api_url, timeout=4.0, token=settings.internal_token)
    server = create_web_app("console", settings, tokens=False)
    stores = server.stores or assemble(settings)
    server.ready_checks["postgres"] = stores.database.ping
    server.ready_checks["redis"] = stores.live.ping
    server.ready_checks["monitoring API"] = lambda: _check(client)
    door = assembly.assemble(settings, stores, PREFIX)
    networks.install(server, door)
    training.allow_files(server, settings.config.uploads)
    guard.install(server, door)
    for routes in (
        login,
        second,
        invitation,
        oidc,
        account,
        own_passkeys,
        audit,
        tokens,
        users,
        alerts,
        incident,
        silences,
        backtests,
        runbooks,
        verdict,
        review,
        label_upload,
        training,
        training_file,
        drift,
    ):
        routes.install(server, door)
    transactions.install(server, door, client)
    thresholds.install(server, door, stores.live)
    model.install(server, door, stores.live, client)
    training_run.install(server, door, stores.live)
    versions.install(server, door, stores.live)
    panels: dict[str, Panel] = discover("console.panels", "PANEL")
    view = LiveView(panels, client)
    _routes(server, view)
    dash = _dash(server, panels)
    transaction.register(dash, client)
    hardening.install(server, dash, PREFIX)
    problem_page.install(server, door)
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
        assets_ignore=r"plotly\.min\.js|^login|^pages",
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
        if session is None:
            return live_page.layout(panels, PREFIX, "", "")
        operates = reaches(session.role, LEAST["incident_acknowledge"])
        return live_page.layout(panels, PREFIX, session.csrf, session.user, links(PREFIX, session.role), operates)

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
    if not text.isdecimal() or len(text) > 16:
        raise BadInput("?since", "must be a version number")
    return int(text)


def _check(client: HttpClient) -> None:
    client.get("/healthz")
