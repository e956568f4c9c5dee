"""`GET /api/v1/security-events`: stored security events as ECS or OCSF documents, one JSON object a line (S3)."""

from collections.abc import Iterator
from typing import Annotated, Literal

from flask import Response
from msgspec import Meta, Struct

from core import clock, codec
from core.db.engine import Database
from core.errors import BadInput
from core.events import types as events
from core.pipeline import event_cursor
from core.security import ecs_export, ocsf
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented

PAGE = 1000


class ExportQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: a span of event time, or `after` to follow on in the order of storing."""

    format: Literal["ecs", "ocsf"] = "ecs"
    start: Annotated[str, Meta(description="ISO 8601; only events at or after this time.", max_length=40)] = ""
    end: Annotated[str, Meta(description="ISO 8601; only events before this time.", max_length=40)] = ""
    after: Annotated[int, Meta(description="Header `X-Next-After` of the previous response.", ge=0, le=2**62)] = 0
    limit: Annotated[int, Meta(ge=1, le=10000)] = 1000


def install(app: App, database: Database) -> None:
    """Add the route."""

    @app.get("/api/v1/security-events")
    @documented(
        "Export security events as ECS or OCSF, one JSON document per line",
        tag="security",
        scope="read",
        query=ExportQuery,
        answers={200: str},
        content_type="application/x-ndjson",
        problems=(503,),
        description="Ordered by time of storage. To get the next page, set `after` to the header `X-Next-After`.",
    )
    def security_events() -> Response:
        asked = arguments(ExportQuery)
        begin, until = _time(asked.start, "?from"), _time(asked.end, "?to")
        upto = event_cursor.complete_to(database, "security")
        render = ecs_export.document if asked.format == "ecs" else ocsf.document
        lines: list[bytes] = []
        last = asked.after
        for row in _rows(database, asked.after, upto):
            last = row["seq"]
            moment = row["timestamp"].timestamp()
            if (begin is None or moment >= begin) and (until is None or moment < until):
                lines.append(codec.encode(render(row)) + b"\n")
                if len(lines) == asked.limit:
                    break
        headers = {"X-Next-After": str(last), "Cache-Control": "no-store"}
        return Response(b"".join(lines), headers=headers, content_type="application/x-ndjson")


def _rows(database: Database, after: int, upto: int) -> Iterator[event_cursor.Row]:
    while after < upto:
        with database.transaction() as connection:
            page = event_cursor.security_after(connection, after, upto, PAGE)
        if not page:
            return
        yield from page
        after = page[-1]["seq"]


def _time(text: str, field: str) -> float | None:
    if not text:
        return None
    try:
        return events.when(text, clock.now(), 1e9)
    except BadInput as error:
        raise BadInput(field, error.reason) from None
