"""The shared snapshot: one computation for all workers, versions that only grow, and stores that are away."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from api.monitoring import as_of
from api.resource_cache import PartStore
from api.snapshot import CachedResource, Entry, Snapshots
from api.window import Window, rolling
from core.db import keys
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable
from core.events.types import Event, Transaction
from core.settings import Settings
from core.web.app import App

HOUR = rolling("1h", 1_000_000)


class Source:
    """A part whose content the test decides, and which counts how often it is read."""

    def __init__(self) -> None:
        self.reads = 0
        self.value: object = 1
        self.away = False

    def read(self, name: str, window: Window) -> dict[str, object]:
        self.reads += 1
        time.sleep(0.02)
        if self.away:
            raise DatabaseUnavailable
        if isinstance(self.value, Exception):
            raise self.value
        return {"value": self.value}


def two_workers(source: Source, live: Live, clock: list[float]) -> list[Snapshots]:
    return [
        Snapshots({"a": CachedResource("a", 1.0, source.read)}, PartStore(live), lambda: clock[0]) for _ in range(2)
    ]


def test_workers_share_one_computation_and_one_version(live: Live) -> None:
    source, clock = Source(), [1000.0]
    first, second = two_workers(source, live, clock)
    threads = [threading.Thread(target=worker.read, args=(["a"], HOUR)) for worker in (first, second) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert source.reads == 1
    assert first.read(["a"], HOUR)[0]["a"].version == second.read(["a"], HOUR)[0]["a"].version == 1_000_000


def test_whoever_claims_a_part_after_another_worker_was_done_computes_nothing(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, clock = Source(), [1000.0]
    first, second = two_workers(source, live, clock)
    claim = PartStore.claim

    def late(self: PartStore, *asked: str) -> str | None:
        monkeypatch.setattr(PartStore, "claim", claim)
        first.read(["a"], HOUR)
        return claim(self, *asked)

    for reads in (1, 2):  # nobody has it, then it has aged
        monkeypatch.setattr(PartStore, "claim", late)
        assert second.read(["a"], HOUR)[0]["a"].computed == clock[0]
        assert source.reads == reads
        clock[0] += 2


def test_redis_emptied_in_the_middle_of_a_read_costs_no_part(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source()
    worker, _ = two_workers(source, live, [1000.0])
    monkeypatch.setattr(PartStore, "release", lambda *_: live.redis.flushall())
    assert worker.read(["a"], HOUR)[0]["a"].body == b'{"data":{"value":1}}'


def test_the_version_changes_with_the_content_only_and_never_falls(live: Live) -> None:
    source, clock = Source(), [1000.0]
    first, second = two_workers(source, live, clock)
    before = first.read(["a"], HOUR)[0]["a"]
    clock[0] = 1002.0
    same = second.read(["a"], HOUR)[0]["a"]
    assert (same.version, same.computed, source.reads) == (before.version, 1002.0, 2)
    source.value, clock[0] = 2, 900.0  # a clock that was set back
    later = first.read(["a"], HOUR)[0]["a"]
    assert later.version == before.version + 1
    assert second.read(["a"], HOUR)[0]["a"].body == b'{"data":{"value":2}}'


def test_a_dead_database_keeps_the_last_data_and_is_named(live: Live) -> None:
    source, clock = Source(), [1000.0]
    first, second = two_workers(source, live, clock)
    before = first.read(["a"], HOUR)[0]["a"]
    source.away, clock[0] = True, 1002.0
    entries, down = second.read(["a"], HOUR)
    assert (entries["a"].body, down) == (before.body, {"postgres"})
    assert entries["a"].version > before.version, "the answer must reach those who wait for news"
    assert entries["a"].as_of == 1000.0
    source.away, clock[0] = False, 1004.0
    entries, down = first.read(["a"], HOUR)
    assert (entries["a"].as_of, down) == (1004.0, set())


def test_a_broken_part_says_so_without_its_trace(live: Live) -> None:
    source, clock = Source(), [1000.0]
    source.value = KeyError("secret")
    entry = two_workers(source, live, clock)[0].read(["a"], HOUR)[0]["a"]
    assert entry.failed
    assert b"secret" not in entry.body


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x"])
def test_a_part_that_gives_no_json_says_so_and_the_others_are_there(live: Live, value: object) -> None:
    source, good = Source(), Source()
    source.value = value
    parts = {"a": CachedResource("a", 1.0, source.read), "b": CachedResource("b", 1.0, good.read)}
    for store in (PartStore(live), PartStore(Live("redis://127.0.0.1:1"))):
        entries, _ = Snapshots(parts, store, lambda: 1000.0).read(["a", "b"], HOUR)
        assert entries["a"].failed
        assert not entries["b"].failed


def test_what_another_release_wrote_about_a_part_is_computed_anew(live: Live) -> None:
    source = Source()
    worker, _ = two_workers(source, live, [1000.0])
    with live.reach() as client:
        client.hset(keys.snapshot("1h"), mapping={"m:a": "v2 {} garbage", "b:a": "{}"})
    assert not worker.read(["a"], HOUR)[0]["a"].failed


def test_without_redis_each_worker_computes_and_versions_grow() -> None:
    source, clock = Source(), [1000.0]
    alone = two_workers(source, Live("redis://127.0.0.1:9"), clock)[0]
    entries, down = alone.read(["a"], HOUR)
    assert (entries["a"].version, down) == (1_000_000, {"redis"})
    clock[0] = 1002.0
    assert alone.read(["a"], HOUR)[0]["a"].version == 1_000_000
    source.value, clock[0] = 2, 990.0
    assert alone.read(["a"], HOUR)[0]["a"].version == 1_000_001


def test_since_gives_only_what_changed(
    app: App, store: Callable[[list[Event], float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    first = client.get("/api/monitoring/snapshot?parts=fraud_feed,limits,model").json
    assert set(first["parts"]) == {"fraud_feed", "limits", "model"}
    again = client.get(f"/api/monitoring/snapshot?parts=fraud_feed,limits,model&since={first['version']}")
    assert again.status_code == 304
    assert again.headers["X-As-Of"]
    tag = client.get("/api/monitoring/fraud_feed").headers["ETag"]
    assert client.get("/api/monitoring/fraud_feed", headers={"If-None-Match": tag}).status_code == 304


def test_every_part_answers_while_either_store_is_away(
    known: Settings, make_app: Callable[[Settings], App], store: Callable[[list[Event], float], None]
) -> None:
    store([Transaction(id="t", timestamp=time.time(), transaction_id="t", type="purchase", amount=1.0)], time.time())
    without_redis = make_app(replace(known, redis_url="redis://127.0.0.1:9")).test_client()
    answer = without_redis.get("/api/monitoring/snapshot").json
    assert answer["down"] == ["redis"]
    assert answer["parts"]["kpis"]["data"]["transactions_per_hour"] == 1
    assert not [name for name, part in answer["parts"].items() if "error" in part]
    without_postgres = make_app(replace(known, database_url="postgresql://nobody@127.0.0.1:9/none")).test_client()
    answer = without_postgres.get("/api/monitoring/snapshot").json
    assert answer["down"] == ["postgres"]
    assert answer["parts"]["fraud_feed"]["error"]["title"] == "Dependency unavailable"
    assert without_postgres.get("/api/monitoring/fraud_feed").status_code == 503


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("range=2h", "?range"),
        ("from=2026-01-01T00:00:00Z", "?to"),
        ("parts=none", "?parts"),
        ("since=-1", "?since"),
        ("since=x", "?since"),
        ("from=2026-01-02&to=2026-01-01", "?to"),
        ("from=1&to=2", "?from"),
        ("nonsense=1", "?"),
        ("range=1h&range=6h", "?range"),
        ("from=2001-01-01&to=2026-01-01", "?from"),
        ("from=%00&to=%00", "?from"),
    ],
)
def test_bad_arguments_are_named(app: App, query: str, field: str) -> None:
    answer = app.test_client().get(f"/api/monitoring/snapshot?{query}")
    assert answer.status_code == 400
    assert answer.json["field"] == field


def test_the_age_of_a_snapshot_is_that_of_its_live_parts() -> None:
    reads = SimpleNamespace(modules={"kpis": SimpleNamespace(REFRESH=5.0), "model": SimpleNamespace(REFRESH=60.0)})
    entries = {name: Entry(1, 0.0, at, "", "", b"{}") for name, at in (("kpis", 1000.0), ("model", 950.0))}
    assert as_of(entries, reads) == 1000.0
    assert as_of({"model": entries["model"]}, reads) == 950.0
