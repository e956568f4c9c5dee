"""`GET /api/v1/outliers` and `GET /api/v1/outlier`: requests much slower than their endpoints usually are."""

from collections import defaultdict
from typing import Annotated, Any

import msgspec
from flask import Response
from msgspec import Meta, Struct

from api import endpoint_spans, range_answer
from api.context import ProcessCache
from api.endpoint_overview import Length
from api.window import minutes
from core import clock, codec
from core.db.engine import Database
from core.db.queries import query
from core.endpoints.outliers import (
    ROUTE,
    ROUTE_OF_ONE,
    EndpointOutliers,
    Order,
    OutlierDetail,
    OutlierRow,
    OutliersOverview,
)
from core.endpoints.overview import LENGTHS, USUAL
from core.web.app import App
from core.web.body import arguments
from core.web.openapi import documented
from core.web.problems import problem

BINS = 60  # at most
MOST = 200  # outliers that are listed
ENDPOINTS = 20  # that are named, those with most


class OutliersQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments: a range, a filter (what is empty is any), and an order."""

    range: Annotated[Length, Meta(description="A rolling range that ends now.")] = USUAL
    start: Annotated[str, Meta(description="Start of an absolute range, with `to`.", max_length=64)] = ""
    end: Annotated[str, Meta(description="End of an absolute range, with `from`.", max_length=64)] = ""
    service: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    route: Annotated[str, Meta(max_length=300, pattern=r"^[^\x00]*$")] = ""
    method: Annotated[str, Meta(max_length=20, pattern=r"^[^\x00]*$")] = ""
    version: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] = ""
    order: Order = "newest"


class OutlierQuery(Struct, forbid_unknown_fields=True):
    """Arguments: which outlier."""

    id: Annotated[int, Meta(ge=1, le=2**63 - 1)]


def install(app: App, database: Database, memory: ProcessCache, longest_days: int) -> None:
    """Add the routes."""

    @app.get(ROUTE)
    @documented(
        "Get requests that were much slower than their endpoints usually are",
        tag="endpoints",
        scope="read",
        query=OutliersQuery,
        answers={200: OutliersOverview},
        problems=(503,),
    )
    def outliers() -> Response:
        asked, now = arguments(OutliersQuery), clock.now()
        span = minutes(asked.start, asked.end, LENGTHS[asked.range], now, longest_days)
        chosen = (asked.service, asked.route, asked.method, asked.version, asked.order)
        key = (ROUTE, *chosen, range_answer.range_key(asked, span))
        return range_answer.answer(memory, key, lambda: overview(database, asked, span, now))

    @app.get(ROUTE_OF_ONE)
    @documented(
        "Get one slow request with its stacks and what went on meanwhile",
        tag="endpoints",
        scope="read",
        query=OutlierQuery,
        answers={200: OutlierDetail},
        problems=(404, 503),
    )
    def outlier() -> Response:
        found = detail(database, arguments(OutlierQuery).id, clock.now())
        if found is None:
            return problem(404, "There is no such outlier; it may have been too old to keep.")
        return Response(codec.encode(found), headers={"Cache-Control": "no-store"}, content_type="application/json")


def overview(database: Database, asked: OutliersQuery, span: tuple[int, int], now: float) -> OutliersOverview:
    """Of minutes [first, after), widened to whole bins. Raises DatabaseUnavailable."""
    step = endpoint_spans.step_for(span[1] - span[0], BINS)
    first, after = endpoint_spans.widened(*span, step)
    chosen = {name: getattr(asked, name) for name in ("service", "route", "method", "version")}
    values: dict[str, Any] = {"start": first * 60, "end": after * 60, **chosen}
    with database.transaction() as connection:
        endpoint_spans.one_state(connection)
        listed = connection.execute(query(f"outliers.{asked.order}"), {**values, "most": MOST}).mappings().all()
        counted = connection.execute(query("outliers.bins"), {**values, "step": step}).all()
        services = list(connection.execute(query("outliers.services"), values).scalars())
        dropped = connection.execute(query("outliers.dropped"), values).scalar_one()
    bins = [0] * ((after - first) // step)
    endpoints: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0, 0.0])
    for at, service, route, method, count, slowest in counted:
        bins[(at - first) // step] += count
        known = endpoints[service, route, method]
        known[0], known[1] = known[0] + count, max(known[1], slowest)
    ordered = sorted(endpoints.items(), key=lambda one: (-one[1][0], one[0]))
    total = sum(bins)
    return OutliersOverview(
        now=now, first=first, after=after, step=step, rows=[OutlierRow(**row) for row in listed], total=total,
        more=max(0, total - len(listed)), bins=bins, services=services, dropped=dropped,
        endpoints=[
            EndpointOutliers(service=name[0], route=name[1], method=name[2], outliers=int(found[0]), slowest=found[1])
            for name, found in ordered[:ENDPOINTS]
        ],
    )  # fmt: skip


def detail(database: Database, number: int, now: float) -> OutlierDetail | None:
    """One outlier; None where there is none. Raises DatabaseUnavailable."""
    with database.transaction() as connection:
        row = connection.execute(query("outliers.one"), {"id": number}).mappings().one_or_none()
    if row is None:
        return None
    known = {name: value for name, value in row.items() if name != "detail"}
    return msgspec.convert({**row["detail"], "now": now, "row": known}, OutlierDetail)
