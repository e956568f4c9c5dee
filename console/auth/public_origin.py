"""The origin under which browsers know the console: its configured public URL, or what trusted proxies report.

One middleware decides it before anything else runs and writes it into the WSGI environment, so that every reader of
`request.scheme` and `request.host` (cookies, HSTS, links, passkeys, OpenID Connect) agrees. `X-Forwarded-Proto` and
`X-Forwarded-Host` count only behind proxies of `limits.trusted_proxies`. A `Host` that is none of ours is noted for
whoever answers it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from core.web.client import Network, trusted_hops

OWN = "gatehouse.origins"  # environ key: the origins from which this request may have been sent
FOREIGN = "gatehouse.foreign-host"  # environ key: the Host that is none of ours
_PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,126}}\Z")
_LONGEST = 253
_KNOWN = 256  # hosts of requests whose meaning is remembered

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, and host as browsers write it: small letters, and a port only when it is not the scheme's own."""

    scheme: str
    host: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}"


@lru_cache(_KNOWN)
def parsed(scheme: str, authority: str) -> Origin | None:
    """The origin of a scheme and an authority (`Host`, IPv6 in brackets); None when either cannot be one."""
    scheme = scheme.strip().lower()
    split = split_host(authority)
    if scheme not in _PORTS or split is None:
        return None
    name, port = split
    return Origin(scheme, name if port in (None, _PORTS[scheme]) else f"{name}:{port}")


def of_url(url: str) -> Origin | None:
    """The origin of a URL; None when it has none of ours, or names a user."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parsed(parts.scheme, parts.netloc)


@lru_cache(_KNOWN)
def split_host(authority: str) -> tuple[str, int | None] | None:
    """Name and port of an authority, in small letters; None when it is malformed."""
    text = authority.strip().lower()
    name, bracket, rest = text.rpartition("]")
    if bracket:
        name += bracket
    else:
        name, colon, digits = text.partition(":")
        rest = colon + digits
    if rest and not (rest.startswith(":") and rest[1:].isascii() and rest[1:].isdecimal() and len(rest) <= 6):
        return None
    port = int(rest[1:]) if rest else None
    if port is not None and not 0 < port < 65536:
        return None
    name = name.removesuffix(".")
    if bracket:
        name = _canonical_ipv6(name)
    elif len(name) > _LONGEST or not _NAME.match(name):
        return None
    return (name, port) if name else None


@lru_cache(_KNOWN)
def is_local(name: str) -> bool:
    """Whether a host name is this machine's own or an IP address: no foreign name can be made to point here by it."""
    if name == "localhost":
        return True
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


class OriginMiddleware:
    """Writes scheme and host into the environment of each request.

    `public` is the configured origin, or None; `names` are further host names by which our own processes ask.
    """

    def __init__(self, app: Wsgi, trusted: Sequence[Network], public: Origin | None, names: Iterable[str] = ()) -> None:
        self._app = app
        self._trusted = trusted
        self._public = public
        self._names = frozenset(names)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found, foreign = seen(environ, self._trusted, self._public, self._names)
        environ[OWN] = frozenset({str(found), *([str(self._public)] if self._public else [])})
        if foreign:
            environ[FOREIGN] = foreign
        told = self._public or found
        environ["wsgi.url_scheme"], environ["HTTP_HOST"] = told.scheme, told.host
        return self._app(environ, start_response)


def seen(
    environ: dict[str, Any], trusted: Sequence[Network], public: Origin | None, names: frozenset[str]
) -> tuple[Origin, str]:
    """The origin that a request was sent to, as far as it can be believed; and its host when that is none of ours."""
    scheme = str(environ.get("wsgi.url_scheme", "http"))
    host = str(environ.get("HTTP_HOST") or _server(environ))
    hops = trusted_hops(environ, trusted)
    reported = _reported(environ, "HTTP_X_FORWARDED_HOST", hops)
    if hops:
        scheme = _reported(environ, "HTTP_X_FORWARDED_PROTO", hops) or scheme
        host = reported if parsed("http", reported) else host
    found = parsed(scheme, host) or parsed("http", host)
    if found is None:
        return Origin("http", "localhost"), host[:_LONGEST]
    name = (split_host(found.host) or ("", None))[0]
    known = found.host == public.host if public else bool(hops)
    return found, "" if known or is_local(name) or name in names else found.host


def _reported(environ: dict[str, Any], key: str, hops: int) -> str:
    """What the outermost trusted proxy reports: each appends a value, or the last one keeps a single one."""
    values = [value.strip() for value in str(environ.get(key, "")).split(",")]
    return values[-hops] if 0 < hops <= len(values) else values[0] if hops else ""


def _server(environ: dict[str, Any]) -> str:
    name, port = str(environ.get("SERVER_NAME", "")), str(environ.get("SERVER_PORT", ""))
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


def _canonical_ipv6(name: str) -> str:
    try:
        return f"[{ip_address(name[1:-1])}]" if name.startswith("[") and ":" in name else ""
    except ValueError:
        return ""
