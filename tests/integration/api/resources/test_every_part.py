"""What holds for each resource of the monitoring API, later ones too: it answers its type, no more and no less."""

import time
from typing import Any, get_type_hints

import msgspec
import pytest
from flask.testing import FlaskClient

from api.context import Dated
from api.query_read import QueryRead
from api.resource_registry import part_modules
from core import codec
from core.db.engine import Database
from core.db.redis_client import Live
from core.monitoring import resources, snapshot_type
from core.settings import Settings
from core.web.app import App
from tests.integration.api import seeded
from tests.integration.api.making import Store, get, prediction, sale


def strict(body: Any, kind: Any) -> None:
    """The body is of this type, and holds no field that the type does not know: it comes back as it was."""
    known = msgspec.json.decode(codec.encode(body), type=kind)
    assert codec.decode(codec.encode(known)) == body


def test_every_resource_answers_its_type_without_any_data(client: FlaskClient) -> None:
    for name, kind in resources().items():
        strict(get(client, f"/api/monitoring/{name}"), kind)


def test_every_resource_answers_each_range(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([sale(n, now - n) for n in range(20)], now)
    store([prediction(n, now - n, n / 20, "APPROVED") for n in range(20)], now)
    for name, kind in resources().items():
        for span in ("range=15m", "range=6h", "range=24h", f"from={now - 7200}&to={now}"):
            strict(get(client, f"/api/monitoring/{name}?{span}"), kind)


def test_a_world_with_something_in_every_resource_answers_its_types(
    known: Settings, app: App, db: Database, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeded.stop_the_clock(monkeypatch)
    seeded.fill(db, live, known)
    found = get(app.test_client(), "/api/monitoring/snapshot?range=24h")
    assert set(found["parts"]) == set(resources())
    assert not [name for name, result in found["parts"].items() if "error" in result]
    strict(found, snapshot_type())


def test_a_strict_look_sees_what_a_type_does_not_know() -> None:
    with pytest.raises(AssertionError):
        strict({"used": 1, "limit": 2, "percent": 3.0, "more": 4}, resources()["limits"].__annotations__["everyone"])


WRITTEN = {name: one for name, one in part_modules().items() if not isinstance(one, QueryRead)}


@pytest.mark.parametrize(("name", "module"), WRITTEN.items())
def test_a_read_says_the_type_of_its_resource(name: str, module: Any) -> None:
    assert get_type_hints(module.read)["return"] in (resources()[name], Dated[resources()[name]])
