"""`POST /api/v1/drills/pool`: lets the pool of connections of the worker that answers run out for some seconds.

For drills on one's own machine: in any environment but development there is no such route. Scenario `pool-exhausted`
calls it, with the token by which the simulator reports.
"""

from typing import Annotated

import msgspec
from flask import Response, request
from msgspec import Meta, Struct

from api.pool_drill import MOST_SECONDS, PoolDrill
from core import codec
from core.errors import BadInput
from core.settings import Settings
from core.stores import Stores
from core.web.app import App
from core.web.openapi import documented

ROUTE = "/api/v1/drills/pool"


class Drill(Struct, forbid_unknown_fields=True):
    """For how many seconds."""

    seconds: Annotated[float, Meta(gt=0, le=MOST_SECONDS)]


class Begun(Struct, frozen=True):
    """Whether it began; false where one is under way."""

    begun: bool


def install(app: App, settings: Settings, stores: Stores) -> None:
    """Add the route in development."""
    if settings.environment != "development":
        return
    drill = PoolDrill(stores.database)

    @app.post(ROUTE)
    @documented(
        "Let the pool of database connections run out for some seconds (development only)", tag="endpoints",
        scope="ingest", body=Drill, answers={200: Begun}, problems=(400,),
    )  # fmt: skip
    def pool_drill() -> Response:
        try:
            wanted = msgspec.json.decode(request.get_data(), type=Drill)
        except msgspec.MsgspecError as error:
            raise BadInput("$", str(error)) from None
        body = codec.encode(Begun(drill.start(wanted.seconds)))
        return Response(body, headers={"Cache-Control": "no-store"}, content_type="application/json")
