"""Which requests are none of an address's own doing, or cost nothing, and so do not count against it (R3).

A foreign page can make a browser ask for anything: what `Sec-Fetch-Site` shows to come from another site, other than a
person who follows a link, is refused before any work, and not counted. So it is no way around a limit either.
"""

from collections.abc import Mapping, Set
from typing import Any

OWN = ("same-origin", "none")
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
UNCHANGED = 304


def is_foreign(environ: Mapping[str, Any], origins: Set[str]) -> bool:
    """Whether a page of another site loads this as a part of its own; pages of `origins` may."""
    site = environ.get("HTTP_SEC_FETCH_SITE")
    if site is None or site in OWN or environ.get("HTTP_ORIGIN") in origins:
        return False
    return (environ.get("HTTP_SEC_FETCH_MODE"), environ.get("HTTP_SEC_FETCH_DEST")) != ("navigate", "document")


def counts_later(environ: Mapping[str, Any], files: tuple[str, ...]) -> bool:
    """Whether only the answer shows if the request counts: it asks for a file of ours, or if something has changed."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return False
    return environ["PATH_INFO"].startswith(files) or any(name in environ for name in CONDITIONS)


def is_free(environ: Mapping[str, Any], files: tuple[str, ...], status: int) -> bool:
    """Whether a request that `counts_later` turned out to cost nothing."""
    return status == UNCHANGED or (status < 300 and environ["PATH_INFO"].startswith(files))
