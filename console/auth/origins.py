"""Under which address people reach the console: decided once for each request, and a foreign `Host` is refused.

The refusal and the failed check of an origin say what to set: nearly always a proxy in front does not pass the name on.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from console.auth.context import AuthContext
from console.auth.public_origin import FOREIGN, OWN, OriginMiddleware, of_url, split_host
from core import log
from core.settings import Settings
from core.web.client import networks
from core.web.current import current_request
from core.web.health import ENDPOINTS
from core.web.problems import problem

VARIABLE = "GATEHOUSE_PUBLIC_CONSOLE_URL"
PROXY_LINES = (
    "proxy_set_header Host $host;",
    "proxy_set_header X-Forwarded-Host $http_host;",
    "proxy_set_header X-Forwarded-Proto $scheme;",
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
)
_log = log.get(__name__)


def install(server: Flask, auth: AuthContext) -> None:
    """Wrap the application, and refuse foreign hosts; call it after the allow-list and before the guard."""
    settings = auth.settings
    public = of_url(settings.public_console_url) if settings.public_console_url else None
    if public is None and settings.environment == "production":
        _log.warning(
            "no public URL",
            detail=f"{VARIABLE} is not set: links in messages lead to an inner address, passkeys and cookies follow "
            "what the proxy reports, and host names are refused",
        )
    trusted = networks(settings.config.limits.trusted_proxies)
    # Flask's own way to add middleware, which a checker takes for a method that is overwritten.
    server.wsgi_app = OriginMiddleware(server.wsgi_app, trusted, public, _inner_names(settings))  # type: ignore[method-assign]

    @server.before_request
    def refuse_foreign() -> Response | None:
        foreign = current_request().environ.get(FOREIGN)
        if foreign is None or request.endpoint in ENDPOINTS:
            return None
        if public is not None:
            return problem(
                421, f"The console is not at {foreign}. Use {settings.public_console_url}", "Wrong address",
                hints=_hints(), place=settings.public_console_url,
            )  # fmt: skip
        return problem(
            421, f"The console is not configured for the host name {foreign}. Ask its operator to set its address.",
            "Wrong address",
            hints=(f"{VARIABLE}=https://{foreign}{auth.prefix.rstrip('/')}", *_hints()),
        )  # fmt: skip


def is_own(origin: str | None, site: str | None) -> bool:
    """Whether a change comes from a page of ours, as far as the browser says where it comes from.

    A page of our host that came by TLS is ours even where nobody told us that a proxy ends TLS before us.
    """
    if site is not None and site not in ("same-origin", "none"):
        return False
    if origin is None:
        return True
    found = of_url(origin)
    own: frozenset[str] = request.environ.get(OWN, frozenset({request.host_url.rstrip("/")}))
    return found is not None and (str(found) in own or (found.scheme == "https" and f"http://{found.host}" in own))


def refused(prefix: str) -> Response:
    """The answer to a change that does not come from a page of ours."""
    origin, site = request.headers.get("Origin", ""), request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none") or of_url(origin) is None:
        return problem(403, "This request came from another site. No changes were made.")
    detail = (
        f"The browser sent this request from {origin}, but it arrived as if for {request.host_url.rstrip('/')}. No "
        f"changes were made. If {origin} is this console, the proxy in front does not forward the address; otherwise "
        "another site sent the request."
    )
    return problem(403, detail, "Origin mismatch", hints=(f"{VARIABLE}={origin}{prefix.rstrip('/')}", *_hints()))


def _hints() -> tuple[str, ...]:
    return (*PROXY_LINES, "GATEHOUSE_TRUSTED_PROXIES=<address or network of the proxy>")


def _inner_names(settings: Settings) -> set[str]:
    """Host names by which our own processes and health checks reach the console."""
    found = {split_host(urlsplit(settings.console_url).netloc), split_host(settings.host)}
    return {name for name, _ in filter(None, found)}
