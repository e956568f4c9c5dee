"""The console's application: Dash behind one guard, the live endpoint beside it. Everything is registered in here.

Dash's gaps are closed: an unknown path is 404 (its catch-all would answer with the page), versions do not show, an
unknown callback is 400, and nothing is reachable without a session.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from dash import Dash
from flask import Flask, Response, g, has_request_context, redirect, request
from markupsafe import Markup, escape
from werkzeug.datastructures import Headers

from console import addresses, figure_numbers, hardening, navigation, region, shell, static, table_csv
from console.actions import allow_files
from console.as_html import as_html, element
from console.auth import assembly, guard, invitation, judge_link, login, mfa, networks, origins, spared, state
from console.auth.oidc import routes as oidc
from console.auth.permissions import REQUIRED_ROLE
from console.auth.roles import reaches
from console.dialogs import dialogs, keys, notices
from console.live import RANGES, LiveView, Range
from console.page import Page, discover_pages
from console.pages import problem_page
from core import clock, codec
from core.errors import BadInput
from core.http import HttpClient
from core.settings import Settings
from core.stores import assemble
from core.untrusted_text import settled
from core.web.app import App
from core.web.app import create_app as create_web_app
from core.web.current import current_g, current_request
from core.web.problems import problem

PREFIX = addresses.PREFIX
ASSETS = Path(__file__).parent / "assets"
LONGEST_SPAN = timedelta(days=90)
# What Dash puts on every page and no page of ours needs: polyfills for browsers without modules, and its old table.
_UNUSED = re.compile(r'<script src="[^"]+/(?:deps/polyfill@|dash_table/bundle\.)[^"]*"></script>\s*')

_INDEX = """<!doctype html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<link rel="preload" href="{prefix}assets/fonts/inter.woff2" as="font" type="font/woff2" crossorigin>
<link rel="icon" href="{prefix}assets/favicon.svg" type="image/svg+xml">
<meta name="plotly" content="{prefix}assets/vendor/plotly.min.js">
{%css%}
</head>
<body>
<!--first-->
{%app_entry%}
{dialogs}
<footer class="boot">{%config%}{%scripts%}{%renderer%}{modules}</footer>
</body>
</html>"""


def create_app(settings: Settings, client: HttpClient | None = None) -> App:
    """The WSGI application. Raises ConfigError when the secret key, PostgreSQL or Redis is not set."""
    settings.require("secret_key", "database_url", "redis_url")
    client = client or HttpClient(settings.api_url, timeout=4.0, token=settings.own_token)
    server = create_web_app("console", settings, tokens=False)
    server.jinja_env.finalize = _settled
    server.jinja_env.filters["exact"] = escape
    server.jinja_env.globals |= {
        "keys": lambda links: as_html(keys({link.key: link.words for link in links})),
        "notices": notices(),
    }
    stores = server.stores or assemble(settings)
    server.ready_checks["postgres"] = stores.database.ping
    server.ready_checks["redis"] = stores.live.check_writes
    server.ready_checks["monitoring API"] = lambda: _check(client)
    auth = assembly.assemble(settings, stores, PREFIX, client)
    networks.install(server, auth)
    origins.install(server, auth)
    spared.install(server, auth)
    pages = discover_pages()
    allow_files(server, settings, PREFIX, [action for page in pages.values() for action in page.actions])
    versions_of_assets = static.Versions(ASSETS, f"{PREFIX}assets/")
    static.name_versions(server, versions_of_assets)
    guard.install(server, auth)
    region.admit(pages)
    region.install(server, auth, stores.live, pages)
    server.extensions["bar"] = navigation.bar(pages)
    if server.admission is not None:
        server.admission.always_answer("emergency", "emergency_submit")
    for routes in (login, state, mfa, invitation, judge_link, oidc):
        routes.install(server, auth)
    views = {name: LiveView(page.panels, client) for name, page in pages.items() if page.panels}
    _routes(server, views, pages)
    dash = _dash(server, pages)
    region.show(server, auth, dash, pages)
    hardening.install(server, dash, PREFIX)
    problem_page.install(server, auth)
    static.install(server, PREFIX, versions_of_assets)
    return server


def _settled(value: Any) -> Any:
    """What a template shows: a text from outside reorders or hides nothing of the page, whichever page it is.

    What nobody sees and something reads, such as the id that a form sends back, goes through the filter `exact`.
    """
    return value if not isinstance(value, str) or isinstance(value, Markup) else settled(value)


def _routes(server: Flask, views: dict[str, LiveView], pages: dict[str, Page]) -> None:
    @server.get(f"{PREFIX}live", endpoint="live")
    def live() -> Response:
        args = current_request().args.to_dict()  # whose `get` raises and catches an error for what is not there
        page = args.get("page", "live")
        if page not in views:
            raise BadInput("?page", "must be a page with live panels")
        if not reaches(current_g().session.role, pages[page].role):
            return problem(403, "You do not have permission to view this page.")
        reply = views[page].answer(_span(args), _since(args.get("since", "0")))
        headers = [*reply.headers.items(), ("Cache-Control", "no-store")]
        if reply.body:
            headers.append(("Content-Encoding", "gzip"))
        return _Tick(reply.body, reply.status, headers, content_type="application/json")

    @server.get(f"{PREFIX}live/numbers", endpoint="live_numbers")
    def numbers() -> Response:
        """The numbers of a chart as a table (`table` is its panel and slot), or those or a table as a file (`csv`)."""
        page, place = request.args.get("page", "live"), request.args.get("csv") or request.args.get("table", "")
        found = views[page].content(_span(request.args), place) if page in views else None
        if found is None or ("csv" not in request.args and found[0].kind != "figure"):
            raise BadInput("?csv", "must be a chart or a table of a page with live panels")
        if not reaches(g.session.role, pages[page].role):
            return problem(403, "You do not have permission to view this page.")
        if "csv" in request.args:
            return table_csv.of_slot(*found, request.args)
        content = codec.encode({"content": figure_numbers.table(found[1], found[0].label)})
        return Response(content, content_type="application/json", headers={"Cache-Control": "no-store"})

    @server.get("/", endpoint="root")
    def root() -> Any:
        return redirect(PREFIX, 302)

    @server.get(PREFIX.rstrip("/"), endpoint="prefix")
    def prefix() -> Any:
        return redirect(PREFIX, 302)


class _Tick(Response):
    """An answer whose headers are whole: there is no address to complete, and its length is known."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        return self.headers if self.status_code == 200 else super().get_wsgi_headers(environ)


class _Console(Dash):
    """Dash whose page loads only the scripts that it needs."""

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # Dash names each part
        parts["scripts"] = _UNUSED.sub("", parts["scripts"])
        return str(super().interpolate_index(**parts))  # type: ignore[no-untyped-call]


def _dash(server: Flask, pages: dict[str, Page]) -> Dash:
    dash = _Console(
        "console",
        server=cast(Any, server),  # Dash says a bool or a callable, and takes a Flask
        assets_folder=str(ASSETS),
        assets_ignore=r"\.js$|^login",
        pages_folder="",
        use_pages=False,
        routes_pathname_prefix=PREFIX,
        requests_pathname_prefix=PREFIX,
        title="Monitoring Dashboard · Gatehouse",
        update_title="",
        index_string=_INDEX.replace("{prefix}", PREFIX)
        .replace("{dialogs}", dialogs())
        .replace("{modules}", _modules()),
        suppress_callback_exceptions=True,
        add_log_handler=False,
        use_async=False,  # or Dash serves otherwise wherever asgiref happens to be installed
    )

    def layout() -> Any:
        session = g.get("session") if has_request_context() else None
        if session is None:
            return shell.layout(pages, PREFIX, "", "", "", [], False)
        links = navigation.offered(server.extensions["bar"], PREFIX, session.role)
        operates = reaches(session.role, REQUIRED_ROLE["incident_acknowledge"])
        return shell.layout(pages, PREFIX, session.csrf, session.user, session.role, links, operates)

    dash.layout = layout
    return dash


def _modules() -> Markup:
    """The scripts of the shell, in the order of their names; each finds what another has to offer in `gh`."""
    own = [path.relative_to(ASSETS).as_posix() for path in sorted((ASSETS / "js").rglob("*.js"))]
    library = element("script", {"src": f"{PREFIX}assets/vendor/idiomorph.min.js"})
    return library + Markup("").join(
        element("script", {"type": "module", "src": f"{PREFIX}assets/{one}"}) for one in own
    )


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
        return clock.moment(text)
    except ValueError:
        raise BadInput(name, "must be a time in ISO 8601") from None


def _since(text: str) -> int:
    if not text.isdecimal() or len(text) > 16:
        raise BadInput("?since", "must be a version number")
    return int(text)


def _check(client: HttpClient) -> None:
    client.get("/healthz")
