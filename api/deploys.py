"""`POST /api/v1/deploys`: a deploy is announced. `GET`: deploys, and what each of them did to the endpoints."""

from typing import Annotated, Any

from flask import Response, request
from msgspec import Meta, Struct, json, structs

from api.other_services import other_services
from api.window import instant
from core import clock, codec, config_values
from core.db.engine import Connection
from core.db.queries import query
from core.endpoints import deploys
from core.endpoints.deploy_reads import ROUTE, DeployDetail, DeployNoted, DeployRow, Deploys, EndpointChange
from core.endpoints.deploys import Announced
from core.errors import BadInput
from core.events import senders
from core.events.endpoint_series import LINE, Text, Word
from core.events.times import when
from core.settings import Settings
from core.stores import Stores
from core.web import tokens
from core.web.app import App
from core.web.body import arguments, json_body
from core.web.openapi import documented
from core.web.problems import problem

_TEXT = r"^[^\x00]*$"


class Deploy(Struct, forbid_unknown_fields=True):
    """A deploy: `revision` is that of the version control system, `link` an address of the deploy or its change."""

    service: Word
    version: Word
    revision: Text = ""
    time: Annotated[str | float | None, Meta(description="ISO 8601 or epoch seconds; default: now.")] = None
    link: Annotated[str, Meta(max_length=500, pattern=LINE)] = ""


class DeploysQuery(Struct, rename={"start": "from", "end": "to"}, forbid_unknown_fields=True):
    """Arguments; with `route` and `method` each deploy has what it did to this endpoint."""

    service: Annotated[str, Meta(max_length=200, pattern=_TEXT)] = ""
    route: Annotated[str, Meta(max_length=300, pattern=_TEXT)] = ""
    method: Annotated[str, Meta(max_length=20, pattern=_TEXT)] = ""
    start: Annotated[str, Meta(description="Only deploys from this time on.", max_length=64)] = ""
    end: Annotated[str, Meta(description="Only deploys before this time.", max_length=64)] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 50


_body = json.Decoder(Deploy)


def install(app: App, settings: Settings, stores: Stores) -> None:
    """Add the routes."""
    config, ahead = settings.config.performance.deploys, settings.config.ingest.future_seconds
    foreign = other_services(app)

    @app.post(ROUTE)
    @documented(
        "Announce a deploy",
        tag="endpoints",
        scope="ingest",
        body=Deploy,
        answers={200: DeployNoted, 201: DeployNoted},
        problems=(403, 413, 415, 429, 503),
        description=(
            "201 for a new deploy, 200 for one that is known: the version that its service has at that time, announced "
            "again or seen already. What was left out is completed. A version that its service had before, and another "
            "since, is a new deploy (a roll-back)."
        ),
    )
    def post_deploy() -> Response:
        given, now = json_body(_body), clock.now()
        binding = tokens.binding(request.environ)
        if not binding.allows(given.service):
            foreign.inc("deploy")
            return problem(403, f"$.service {binding.reason(given.service)}.", field="$.service")
        noted = deploys.announce(stores.database, _announced(given, now, ahead), now, config.most_a_day)
        if noted.id is None:
            return problem(
                429, f"The service has {config.most_a_day} deploys within a day (most_a_day in performance.toml).",
                headers={"Retry-After": "3600"},
            )  # fmt: skip
        answer = DeployNoted(id=noted.id, new=noted.is_new, service=senders.apart(given.service), version=given.version)
        return _json(answer, 201 if noted.is_new else 200)

    @app.get(ROUTE)
    @documented(
        "List deploys, newest first",
        tag="endpoints",
        scope="read",
        query=DeploysQuery,
        answers={200: Deploys},
        problems=(503,),
    )
    def list_deploys() -> Response:
        asked, now = arguments(DeploysQuery), clock.now()
        with stores.database.transaction() as connection:
            rows = listed(connection, asked, now)
        return _json(Deploys(now=now, looks=list(config.looks), rows=rows))

    @app.get(f"{ROUTE}/<int:number>")
    @documented(
        "Get one deploy and what it did to the endpoints",
        tag="endpoints",
        scope="read",
        answers={200: DeployDetail},
        problems=(404, 503),
    )
    def one_deploy(number: int) -> Response:
        with stores.database.transaction() as connection:
            found = _deploys(connection, id=number, most=1) if number < 2**62 else []
            changes = _changes(connection, [number]).get(number, []) if found else []
        if not found:
            return problem(404, "There is no such deploy.")
        looks = list(config.looks)
        return _json(DeployDetail(now=clock.now(), looks=looks, alpha=config.alpha, deploy=found[0], endpoints=changes))


def listed(connection: Connection, asked: DeploysQuery, now: float) -> list[DeployRow]:
    """The deploys of a filter. Raises BadInput for a time that is none."""
    start, end = (
        instant(name, text, now) if text else None for name, text in (("from", asked.start), ("to", asked.end))
    )
    found = _deploys(connection, service=asked.service, start=start, end=end, most=asked.limit)
    if not asked.route:
        return found
    changes = _changes(connection, [one.id for one in found], (asked.route, asked.method))
    return [structs.replace(one, endpoint=next(iter(changes.get(one.id, [])), None)) for one in found]


def _deploys(connection: Connection, **given: Any) -> list[DeployRow]:
    values = {"id": None, "service": "", "start": None, "end": None, **given}
    return [DeployRow(**row) for row in connection.execute(query("deploy_reads.listed"), values).mappings()]


def _changes(
    connection: Connection, ids: list[int], endpoint: tuple[str, str] | None = None
) -> dict[int, list[EndpointChange]]:
    route, method = endpoint or ("", "")
    values = {"ids": ids, "one": endpoint is not None, "route": route, "method": method}
    found: dict[int, list[EndpointChange]] = {}
    for row in connection.execute(query("deploy_reads.endpoints"), values).mappings():
        fields = dict(row)
        found.setdefault(fields.pop("deploy_id"), []).append(EndpointChange(**fields))
    return found


def _announced(given: Deploy, now: float, ahead: float) -> Announced:
    """Raises BadInput for a time or a link that is none."""
    try:
        at = when(given.time, now, ahead)
    except BadInput as error:
        raise BadInput("$.time", error.reason) from None
    if given.link:
        try:
            config_values.check_url(given.link)
        except ValueError as error:
            raise BadInput("$.link", str(error)) from None
    actor = str(request.environ.get("gatehouse.user") or "anonymous")
    service = senders.apart(given.service)
    return Announced(service, given.version, at, given.time is not None, given.revision, given.link, actor)


def _json(value: Any, status: int = 200) -> Response:
    return Response(codec.encode(value), status, {"Cache-Control": "no-store"}, content_type="application/json")
