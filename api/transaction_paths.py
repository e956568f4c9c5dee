"""How the paths of the monitoring API carry the id of a transaction: any text, encoded slashes and all."""

from typing import Any

from flask import request
from msgspec import Struct
from werkzeug.routing import BaseConverter

from core.events.base import Key
from core.web.app import App


class IdQuery(Struct, forbid_unknown_fields=True):
    """The id of a transaction, letter by letter."""

    id: Key


class IdConverter(BaseConverter):
    """An id in a path; its slashes come decoded, so it may take several parts."""

    regex = ".+"
    part_isolating = False


def install(app: App) -> None:
    """Let routes write `<any_id:transaction_id>`."""
    app.url_map.converters["any_id"] = IdConverter


def ends_as_sent(suffix: str) -> bool:
    """Whether the path ended so before it was decoded: `%2Fsimilar` is the end of an id, `/similar` is not."""
    environ: dict[str, Any] = request.environ
    raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"])
    return raw.partition("?")[0].endswith(suffix)
