"""Whether a person's browser opens an address, or a script asks in the background.

A person gets a page whatever happens; a script gets a problem document it can act on, and never the log-in page.
"""

from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from flask import request

from core.web.raw_problem import CONTENT_TYPE

LONGEST = 4000  # characters of an address to return to: with an id of 200 letters that take 12 each
_DOTS = (".", "..")
_NOWHERE = ("login", "logout", "live")  # below the prefix: no pages to return to
_PLAIN = "/:@!$&'()*+,;=~-._"  # what a path may show as it is


def is_navigation() -> bool:
    """Whether the answer is going to fill a window or tab."""
    if request.args.get("fragment") == "1":
        return False
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is not None:
        return mode == "navigate" and request.headers.get("Sec-Fetch-Dest", "document") == "document"
    return request.accept_mimetypes.best_match([CONTENT_TYPE, "text/html"]) == "text/html"


def is_proven_own() -> bool:
    """Whether the browser itself says that the request comes from a page of ours; the guard has refused false ones."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" if site is not None else request.headers.get("Origin") is not None


def own_path(wanted: str | None, prefix: str) -> str:
    """`wanted` when it is the address of a page of ours, else the live page.

    A log-in must not lead to another site, nor end on a part of a page.
    """
    if not wanted or len(wanted) > LONGEST or not wanted.startswith(prefix) or "\\" in wanted:
        return prefix
    if not wanted.isprintable() or not wanted.isascii():
        return prefix
    parts = urlsplit(wanted)
    path = unquote(parts.path)
    if any(segment in _DOTS for segment in path.split("/")) or "\\" in path or not path.isprintable():
        return prefix
    first = path.removeprefix(prefix).split("/")[0]
    if first in _NOWHERE or first.startswith("_"):
        return prefix
    query = parts.query
    if "fragment=" in query:
        kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "fragment"]
        query = urlencode(kept)
    return parts._replace(scheme="", netloc="", query=query).geturl()


def address() -> str:
    """Path and query of the request as the browser wrote them."""
    query = request.query_string.decode("ascii", "replace")
    return quote(request.path, safe=_PLAIN) + (f"?{query}" if query else "")


def page_before(prefix: str) -> str:
    """The page from which a form was sent, by its Referer; the live page when that is unknown."""
    referer = request.headers.get("Referer", "")
    try:
        parts = urlsplit(referer)
    except ValueError:
        return prefix
    if parts.netloc.lower() != request.host.lower():
        return prefix
    return own_path(parts._replace(scheme="", netloc="").geturl(), prefix)
