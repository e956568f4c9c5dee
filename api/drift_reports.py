"""`GET /api/v1/drift-reports`: kept drift reports (L7), listed, whole, as a page, and two of them side by side."""

from typing import Annotated, Any

import msgspec
from flask import Response
from msgspec import Meta, Struct

from core import codec
from core.clock import iso
from core.db.engine import Database
from core.errors import BadInput
from core.models import drift_reports
from core.models.drift import changes, page
from core.models.drift.changes import Changes
from core.models.drift.report import Report, Verdict
from core.web.app import App
from core.web.body import arguments
from core.web.download import attachment, inline
from core.web.openapi import documented
from core.web.problems import problem

LARGEST = 2**62
Number = Annotated[int, Meta(ge=1, le=LARGEST)]


class ListQuery(Struct, forbid_unknown_fields=True):
    """Arguments of the list."""

    limit: Annotated[int, Meta(ge=1, le=drift_reports.MOST)] = 50
    below: Annotated[int, Meta(ge=0, le=LARGEST, description="Only reports with a lower number (next page).")] = 0
    model_version: Annotated[int, Meta(ge=0, le=2_000_000_000, description="Only reports on this model.")] = 0


class CompareQuery(Struct, forbid_unknown_fields=True):
    """Two kept reports."""

    first: Number
    second: Number


class Kept(Struct):
    """A report in the list; `share` is that of drifted features, None when nothing could be judged."""

    id: int
    created_at: str
    requested_by: str
    model_version: int | None
    verdict: Verdict
    share: float | None
    drifted: int
    judged: int
    current_rows: int
    reference: str
    current: str
    summary: str


class KeptList(Struct):
    """Newest first; `next` is the `below` of the next page, None on the last."""

    reports: list[Kept]
    next: int | None


def install(app: App, database: Database) -> None:
    """Add the routes."""

    @app.get("/api/v1/drift-reports")
    @documented("List drift reports, newest first", tag="drift", query=ListQuery, answers={200: KeptList}, scope="read")
    def drift_report_list() -> Response:
        asked = arguments(ListQuery)
        rows = drift_reports.listed(database, asked.below or None, asked.limit, asked.model_version or None)
        kept = [Kept(**{**row, "created_at": iso(row["created_at"].timestamp())}) for row in rows]
        return _json(KeptList(kept, kept[-1].id if len(kept) == asked.limit else None))

    @app.get("/api/v1/drift-reports/compare")
    @documented(
        "Compare two reports",
        tag="drift",
        query=CompareQuery,
        answers={200: Changes},
        scope="read",
    )
    def drift_report_compare() -> Response:
        asked = arguments(CompareQuery)
        first, second = drift_reports.load(database, asked.first), drift_reports.load(database, asked.second)
        if first is None or second is None:
            raise BadInput("?first" if first is None else "?second", "there is no report with this number")
        return _json(changes.between(first, second))

    @app.get("/api/v1/drift-reports/<int:number>")
    @documented("Get a report", tag="drift", answers={200: Report}, problems=(404,), scope="read")
    def drift_report(number: int) -> Response:
        report = _load(database, number)
        return _json(report) if report else _unknown()

    @app.get("/api/v1/drift-reports/<int:number>/json")
    @documented("Download a report as JSON", tag="drift", answers={200: Report}, problems=(404,), scope="read")
    def drift_report_json(number: int) -> Response:
        report = _load(database, number)
        if report is None:
            return _unknown()
        return attachment(codec.encode(msgspec.to_builtins(report)), "application/json", f"drift-report-{number}.json")

    @app.get("/api/v1/drift-reports/<int:number>/html")
    @documented(
        "Download a report as a standalone HTML page",
        tag="drift",
        answers={200: str},
        problems=(404,),
        content_type="text/html",
        scope="read",
    )
    def drift_report_html(number: int) -> Response:
        report = _load(database, number)
        if report is None:
            return _unknown()
        answer = inline(page.page(report), "text/html; charset=utf-8", f"drift-report-{number}.html")
        answer.headers["Content-Security-Policy"] = page.POLICY
        return answer


def _load(database: Database, number: int) -> Report | None:
    return drift_reports.load(database, number) if number <= LARGEST else None


def _json(value: Any) -> Response:
    return Response(codec.encode(msgspec.to_builtins(value)), content_type="application/json")


def _unknown() -> Response:
    return problem(404, "No drift report has this number.", field="number")
