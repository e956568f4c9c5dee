"""What is kept of a request's own words: a few harmless headers and the names of its query parameters. Pure.

Never kept: cookies, authorization, any other header, a query's values, a body, the path (the route stands for it; a
path may hold a one-time link).
"""

import re
from collections.abc import Mapping
from typing import Any

from core.events.performance.outlier import MOST_PARAMETERS
from core.web.admission import CLIENT
from core.web.in_flight import CORRELATION
from core.web.tokens import USER

HEADERS = {
    "HTTP_ACCEPT": "Accept",
    "HTTP_ACCEPT_ENCODING": "Accept-Encoding",
    "HTTP_CONTENT_ENCODING": "Content-Encoding",
    "CONTENT_LENGTH": "Content-Length",
    "CONTENT_TYPE": "Content-Type",
    "HTTP_USER_AGENT": "User-Agent",
}
NEEDED = frozenset({*HEADERS, "REQUEST_METHOD", "QUERY_STRING", CORRELATION, CLIENT, USER})
CHARACTERS = 200
OTHERS = "(other)"
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9.+*-]{1,60}/[A-Za-z0-9.+*-]{1,60}")
_TOKEN = re.compile(r"[A-Za-z0-9*-]{1,20}")
_NUMBER = re.compile(r"\d{1,15}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_.-]{0,31}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def headers(environ: Mapping[str, Any]) -> dict[str, str]:
    """The headers that may be kept, by name, of a WSGI environment; what is not of its form is left out."""
    found = {}
    for key, name in HEADERS.items():
        if value := _kept(name, str(environ.get(key) or "")):
            found[name] = value[:CHARACTERS]
    return found


def parameters(environ: Mapping[str, Any]) -> list[str]:
    """The names of the query's parameters, each once; one that does not read like a name counts as `(other)`."""
    names: dict[str, None] = {}
    for part in str(environ.get("QUERY_STRING") or "")[:8192].split("&"):
        name, equals, _ = part.partition("=")
        if part and len(names) < MOST_PARAMETERS:
            # Without a value it may be one itself.
            names[name if equals and _NAME.fullmatch(name) else OTHERS] = None
    return list(names)


def _kept(name: str, value: str) -> str:
    """A header's value without whatever somebody could have put into it beside what it is for."""
    if name == "User-Agent":
        return _CONTROL.sub("\ufffd", value)
    if name == "Content-Length":
        return value if _NUMBER.fullmatch(value) else ""
    form = _TOKEN if "Encoding" in name else _MEDIA_TYPE
    parts = (part.partition(";")[0].strip() for part in value[:2000].split(","))
    return ", ".join(part for part in parts if form.fullmatch(part))
