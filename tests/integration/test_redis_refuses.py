"""A Redis that answers and refuses, in each state that it can be put into: nothing stops, and nothing is lost.

A server of its own for every state, of the wheel's version and of this machine's; the monitoring API, the scoring
service, the console and a collector on it.
"""

import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from api.app import create_app as create_api
from collector.consume import Consume
from collector.probe_result import Finding
from collector.probes import redis as probe
from collector.windows import Windows
from console.app import PREFIX, create_app
from core import clock, settings
from core.db.redis_client import Live
from core.errors import RedisUnavailable
from core.models import registry as models
from core.pipeline import stream
from core.pipeline.stream import Consumer
from core.stores import Stores, assemble
from core.web.app import App
from ml import registry
from ml.serve.app import create as create_scoring
from stack.ports import find_free
from stack.redis import Redis, binary
from tests.integration.console.conftest import PASSWORD, VARIABLES
from tests.integration.console.pages.test_model import Inside
from tests.people import Authenticator, log_in
from tests.redis_cluster import RedisCluster
from tests.redis_states import STATES
from tests.unit.ml.examples import trained
from tests.waiting import until

SCORE = "/api/v1/ml/predict/fraud"
READS = {"OOM", "READONLY", "NOREPLICAS", "NOPERM"}  # it still reads: who is logged in stays in
pytestmark = pytest.mark.timeout(240)


class World:
    """Our processes on one Redis and one PostgreSQL."""

    def __init__(self, database_url: str, redis_url: str, folder: Path, stack: ExitStack) -> None:
        known = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(folder)}
        open_to_all = known | {"GATEHOUSE_AUTH": "off", "GATEHOUSE_SCORING_URL": "http://127.0.0.1:9"}
        self.stores: Stores = assemble(settings.load(known))
        stack.callback(self.stores.close)
        models.promote(
            self.stores.live,
            self.stores.database,
            registry.save(self.stores.database, trained()),
        )
        self.api: App = create_api(settings.load(open_to_all))
        stack.callback(self.api.close)
        self.scoring: App = create_scoring(settings.load(open_to_all))
        stack.callback(self.scoring.close)
        stack.callback(self.scoring.extensions["serving"].stop)
        self.console: App = create_app(settings.load(known | VARIABLES), Inside(self.api))
        stack.callback(self.console.close)
        ingest = settings.load(known).config.ingest
        self.consumer = Consumer(self.stores.live, "a")
        self.collector = Consume(self.consumer, self.stores.writer, self.stores.database, ingest, lambda _: None)
        self.sent: list[str] = []
        self.person = self.console.test_client()

    def send(self, name: str) -> tuple[int, int]:
        """An event and a scoring request; both answers."""
        sale = {"kind": "transaction", "transaction_id": name, "type": "purchase", "amount": 3}
        posted = self.api.test_client().post("/api/v1/events", json=sale)
        inside = {"REMOTE_ADDR": "127.0.0.1"}
        body = {"transaction_id": name, "features": {"speed": 4.0}}
        scored = Client(self.scoring).post(SCORE, json=body, environ_base=inside)
        self.sent.append(name)
        return posted.status_code, scored.status_code

    def stored(self, table: str) -> list[str]:
        """The transactions of a table, in order, each as often as it is there."""
        with self.stores.database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT transaction_id FROM {table} ORDER BY 1")
            return [row[0] for row in cursor.fetchall()]

    def step(self) -> bool:
        """One batch of the collector; False when there is none or Redis refuses."""
        try:
            return self.collector.step()
        except RedisUnavailable:
            return False

    def ready(self) -> list[tuple[int, Any]]:
        """What `/readyz` of the API and of the scoring service says."""
        inside = {"REMOTE_ADDR": "127.0.0.1"}
        answers = [Client(app).get("/readyz", environ_base=inside) for app in (self.api, self.scoring)]
        return [(answer.status_code, answer.json["redis"]) for answer in answers]

    def snapshot(self) -> Any:
        """The live page's data."""
        answer = self.api.test_client().get("/api/monitoring/snapshot?parts=kpis,model,health,trouble")
        assert answer.status_code == 200
        return answer.json

    def settle(self) -> None:
        """The collector goes on until nothing waits."""

        def done() -> bool:
            self.step()
            try:
                return stream.waiting(self.stores.live) == (0, 0)
            except RedisUnavailable:
                return False

        assert until(done), "the collector does not come to an end"

    def check(self) -> None:
        """All that was answered with 2xx is there once, and everybody is at work again without a restart."""
        assert self.send("after") == (202, 200)
        self.settle()
        assert self.stored("transactions") == self.stored("fraud_predictions") == sorted(self.sent)
        with self.stores.database.raw() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT width, sum(transactions), sum(predictions) FROM rollups GROUP BY width")
            assert [(int(t), int(p)) for _, t, p in cursor.fetchall()] == [(len(self.sent), len(self.sent))] * 2
        assert until(lambda: self.ready() == [(200, "ok")] * 2, 10)
        assert until(lambda: self.snapshot()["down"] == [], 10)


def _programs() -> dict[str, Path]:
    """The wheel's server, and that of this machine where it has another, by version."""
    found: dict[str, Path] = {}
    for program in (binary(), *map(Path, filter(None, [shutil.which("redis-server")]))):
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        found.setdefault(said.split("v=")[1].split()[0], program)
    return found


PROGRAMS = _programs()


@pytest.fixture(params=PROGRAMS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(tmp_path: Path, version: str) -> Iterator[Redis]:
    options = {}
    if int(version.split(".")[0]) >= 7:
        options["enable-protected-configs"] = "yes"  # MISCONF is made by the name of a file
    log = tmp_path / "redis.log"
    found = Redis(tmp_path / "redis", find_free(), secrets.token_urlsafe(12), log, options, PROGRAMS[version])
    found.start()
    yield found
    found.stop()


@pytest.mark.parametrize("state", STATES)
def test_nothing_stops_and_nothing_is_lost(server: Redis, database_url: str, tmp_path: Path, state: str) -> None:
    with ExitStack() as stack:
        world = World(database_url, server.url(), tmp_path, stack)
        assert log_in(world.person, PREFIX, "admin", PASSWORD, Authenticator()).status_code == 200
        world.collector.step()
        assert world.send("before") == (202, 200)
        assert len(world.consumer.read(10, 100)) >= 2, "read, and not acknowledged"
        assert world.send("waiting") == (202, 200)
        assert world.ready() == [(200, "ok")] * 2
        world.snapshot()
        with STATES[state](server):  # type: ignore[attr-defined]
            began = time.monotonic()
            assert [world.send(f"during-{n}") for n in range(3)] == [(202, 200)] * 3
            assert time.monotonic() - began < 30
            assert {"during-0", "during-1", "during-2"} <= set(world.stored("transactions"))
            words = {state} | ({"READONLY"} if state == "MASTERDOWN" else set())
            assert until(lambda: all(status == 200 and named(said, words) for status, said in world.ready()), 10)
            assert until(lambda: "redis" in world.snapshot()["down"], 10)
            service = next(one for one in settings.load({}).config.services.service if one.kind == "redis")
            found = until(lambda: refused(probe.probe(service, _tools(world))), 10)
            assert found
            assert not found.up
            answer = world.person.get(f"{PREFIX}model")
            assert answer.status_code == 200 if state in READS else answer.status_code in (200, 503)
            world.step()
        world.check()


@pytest.mark.parametrize("trouble", ["CLUSTERDOWN", "TRYAGAIN"])
def test_a_cluster_that_refuses_stops_nothing(version: str, database_url: str, tmp_path: Path, trouble: str) -> None:
    cluster = RedisCluster(tmp_path / "cluster", secrets.token_urlsafe(12), program=PROGRAMS[version])
    cluster.start()
    with ExitStack() as stack:
        stack.callback(cluster.stop)
        world = World(database_url, cluster.url(), tmp_path, stack)
        world.collector.step()
        assert world.send("before") == (202, 200)
        undo = _lose_a_slot(cluster) if trouble == "CLUSTERDOWN" else _move_the_live_slot(cluster)
        assert [world.send(f"during-{n}") for n in range(3)] == [(202, 200)] * 3
        assert world.snapshot()["down"] in ([], ["redis"])
        if trouble == "CLUSTERDOWN":
            assert all(trouble in said for _, said in world.ready())
        world.step()
        undo()
        world.check()


def test_what_cannot_be_published_is_read_from_postgresql(server: Redis, database_url: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        world = World(database_url, server.url(), tmp_path, stack)
        Windows(world.stores.live, world.stores.database).publish(clock.now())  # nothing yet, and kept for an hour
        with STATES["OOM"](server):  # type: ignore[attr-defined]
            world.send("during")
            kpis = world.snapshot()["parts"]["kpis"]["data"]
            assert kpis["transactions_per_hour"] == 1, "not what was last published"


def test_an_error_of_ours_is_no_refusal(live: Live) -> None:
    import redis

    with pytest.raises(redis.ResponseError), live.reach() as client:
        client.eval("this is no script", 0)
    assert live.refusal == ""


def named(said: str, words: set[str]) -> bool:
    """Whether the reason is one of these."""
    return any(word in said for word in words)


def refused(found: Finding) -> Finding | None:
    """What the probe found, when Redis refused and was not only late, as one that loads may be on a busy machine."""
    return found if "redis refuses" in found.detail else None


def _tools(world: World) -> Any:
    from collector.probe_result import Tools

    return Tools(world.stores.database, world.stores.live, "", 4.0, clock.now())


def _lose_a_slot(cluster: RedisCluster) -> Any:
    """One slot of the node that holds the live edge is nobody's."""
    node = _owner(cluster)
    assert node.run("cluster", "delslots", str(_first(cluster))) == "OK"
    return lambda: node.run("cluster", "addslots", str(_first(cluster)))


def _move_the_live_slot(cluster: RedisCluster) -> Any:
    """The slot of the live edge is half on its way to another node."""
    source = _owner(cluster)
    target = next(node for node in cluster.nodes if node is not source)
    ids = {node.port: node.run("cluster", "myid") for node in cluster.nodes}
    slot = source.run("cluster", "keyslot", "gatehouse:{live}:x")
    assert target.run("cluster", "setslot", slot, "importing", ids[source.port]) == "OK"
    assert source.run("cluster", "setslot", slot, "migrating", ids[target.port]) == "OK"

    def back() -> None:
        for node in (source, target):
            node.run("cluster", "setslot", slot, "stable")

    return back


def _first(cluster: RedisCluster) -> int:
    share = -(-16384 // len(cluster.nodes))
    return cluster.nodes.index(_owner(cluster)) * share


def _owner(cluster: RedisCluster) -> Redis:
    share = -(-16384 // len(cluster.nodes))
    return cluster.nodes[int(cluster.nodes[0].run("cluster", "keyslot", "gatehouse:{live}:x")) // share]
