"""`GET /api/monitoring/snapshot` and `GET /api/monitoring/<part>`: what the console and scripts read."""

from collections.abc import Mapping
from typing import Annotated, Any

from flask import Response, request
from msgspec import Meta

from api.resource_registry import Reads
from api.snapshot import Entry
from api.window import RangeQuery, Window, asked
from core import codec
from core.clock import iso, now
from core.errors import BadInput
from core.monitoring import resources, snapshot_type
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented
from core.web.problems import RETRY_SECONDS, problem


class SnapshotQuery(RangeQuery, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments of the snapshot."""

    parts: Annotated[str, Meta(description="Comma-separated names; default: all.", max_length=500)] = ""
    since: Annotated[
        int, Meta(description="Only parts with a greater version; 304 when there are none.", ge=0, le=2**53)
    ] = 0


def install(app: App, reads: Reads) -> None:
    """Add the snapshot and one route for each part."""
    longest = reads.config.longest_range_days

    app.telemetry.add("snapshot")

    @app.get("/api/monitoring/snapshot")
    @documented(
        "Get several parts at once, only what changed",
        tag="monitoring",
        scope="read",
        query=SnapshotQuery,
        answers={200: snapshot_type(), 304: None},
        description="Pass the `version` of a response as `since` in the next request. 304 also has `X-As-Of`.",
    )
    def snapshot() -> Response:
        query = arguments(SnapshotQuery)
        window = asked(query, now(), longest)
        names = _names(query.parts, reads)
        entries, down = reads.snapshots.read(names, window)
        counted_to = iso(as_of(entries, reads))
        newest = max((entry.version for entry in entries.values()), default=0)
        headers = {"X-As-Of": counted_to, "Cache-Control": "no-cache"}
        if query.since and newest <= query.since:
            return Response(status=304, headers=headers)
        # Bodies are JSON already: they are put into the answer as they are.
        parts = b",".join(
            b'"%s":{"version":%d,%s' % (name.encode(), entry.version, entry.body[1:])
            for name, entry in entries.items()
            if entry.version > query.since
        )
        head = codec.encode({"version": newest, "as_of": counted_to, "range": window.described(), "down": sorted(down)})
        return Response(head[:-1] + b',"parts":{' + parts + b"}}", 200, headers, content_type="application/json")

    for name, module in reads.modules.items():
        _add(app, reads, name, module)

    @app.get("/api/monitoring/<part>")
    @documented("Unknown part", tag="monitoring", problems=(404,), scope="read")
    def unknown(part: str) -> Response:
        return problem(404, f"Unknown part; available parts: {', '.join(reads.modules)}.", field="part")


def as_of(entries: Mapping[str, Entry], reads: Reads) -> float:
    """Until when everything is counted: by the quickest of the parts asked for, as the slow ones lag on purpose."""
    pace = {name: reads.modules[name].REFRESH for name in entries}
    quickest = min(pace.values(), default=0.0)
    return min((entry.as_of for name, entry in entries.items() if pace[name] == quickest), default=now())


def _add(app: App, reads: Reads, name: str, module: Any) -> None:
    title = (module.__doc__ or name).strip().splitlines()[0]

    @documented(
        title,
        tag="monitoring",
        scope="read",
        query=RangeQuery,
        answers={200: resources()[name], 304: None},
        problems=(503,),
        headers={"If-None-Match": "The ETag of an earlier response."},
    )
    def view() -> Response:
        window = asked(arguments(RangeQuery), now(), reads.config.longest_range_days)
        entries, _ = reads.snapshots.read([name], window)
        return _bare(entries[name], window)

    app.add_url_rule(f"/api/monitoring/{name}", f"part_{name}", view, methods=["GET"])


def _bare(entry: Entry, window: Window) -> Response:
    if entry.failed:
        error = codec.decode(entry.body)["error"]
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return problem(503 if entry.down else 500, error["detail"], error["title"], headers)
    headers = {"ETag": f'"{window.label}.{entry.version}"', "X-As-Of": iso(entry.as_of), "Cache-Control": "no-cache"}
    if headers["ETag"] in (text.strip() for text in request.headers.get("If-None-Match", "").split(",")):
        return Response(status=304, headers=headers)
    return Response(entry.data, 200, headers, content_type="application/json")


def _names(text: str, reads: Reads) -> list[str]:
    """Names in the order asked for, each once. Raises BadInput for one that does not exist."""
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip())) or list(reads.modules)
    unknown = [name for name in names if name not in reads.modules]
    if unknown:
        raise BadInput("?parts", f"unknown part {unknown[0][:60]!r}; available parts: {', '.join(reads.modules)}")
    return names
