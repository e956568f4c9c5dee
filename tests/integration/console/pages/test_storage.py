"""The pages Storage and Overhead on the real monitoring API: sizes that add up, archives for administrators, costs."""

import gzip
import re
import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from api.storage import growth, next_deletion, read
from console.app import PREFIX
from core import clock
from core.config import RetentionConfig
from core.db import storage_sizes, stored_kinds
from core.db.engine import Database
from core.endpoints.storage_jobs import FOLDER
from core.events.performance.process import Process
from core.events.types import Event, Request
from core.http import HttpClient
from core.pipeline.writer import Writer
from core.settings import Settings
from core.web.app import App
from tests import endpoint_world as world
from tests.components import Shown, document
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside

Make = Callable[[str, str], Person]
DAY = 86_400.0


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


def page(person: Person, path: str, status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def words(shown: Shown) -> str:
    return re.sub(r"\s+", " ", shown.text)


def requests(now: float, number: int) -> list[Event]:
    return [
        Request(id=f"{n}", timestamp=now - 60 * n, ip="192.0.2.1", method="GET", path="/", status=200, duration_ms=1.0)
        for n in range(number)
    ]


def test_sizes_of_kinds_are_those_of_the_tables(db: Database, settings: Settings) -> None:
    now = time.time()
    Writer(db, 0.7).store(requests(now, 3000), now)
    found = storage_sizes.measure(db, now)
    tables = world.asked(
        db, "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = current_schema()::regnamespace",
    )  # fmt: skip
    assert sum(one.table_bytes + one.index_bytes for one in found.values()) == pytest.approx(tables[0][0], rel=0.05)
    mine = found["requests"]
    ((size,),) = world.asked(
        db, "SELECT sum(pg_total_relation_size(inhrelid))::bigint FROM pg_inherits"
        " WHERE inhparent IN ('api_requests'::regclass, 'request_counts'::regclass)",
    )  # fmt: skip
    assert mine.table_bytes + mine.index_bytes == pytest.approx(size, rel=0.05)
    assert mine.oldest is not None
    assert mine.oldest.timestamp() == pytest.approx(now - 60 * 2999, abs=1)
    storage_sizes.measure(db, now + 1)
    ((rows,),) = world.asked(db, "SELECT count(*) FROM storage_days")
    assert rows == len(stored_kinds.ALL) + 1, "one a day and kind"
    shown = read(db, settings.config.retention, now + 1)
    one = next(one for one in shown.kinds if one.name == "requests")
    assert (one.keep, one.keep_days) == ("requests_days", settings.config.retention.requests_days)
    assert one.growth == pytest.approx(size / (2999 / 1440), rel=0.06)


def test_every_table_of_a_kind_exists_and_is_in_one_kind(db: Database) -> None:
    tables = [table for kind in stored_kinds.ALL for table in kind.tables]
    known = {name for (name,) in world.asked(db, "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')")}
    assert set(tables) <= known
    assert len(tables) == len(set(tables))
    settings = set(RetentionConfig.__struct_fields__)
    assert {kind.keep for kind in stored_kinds.ALL if kind.keep} <= settings


def test_growth_is_that_of_days_without_deletions() -> None:
    day = date(2026, 3, 1)
    sizes = {day + timedelta(days=n): 100 * n for n in range(8)}
    assert growth(sizes, None, 0.0) == 100
    assert growth({**sizes, day + timedelta(days=8): 10}, None, 0.0) == 100
    assert growth({day: 500}, 0.0, 5 * DAY) == 100
    assert growth({day: 500}, 0.0, 0.1 * DAY) is None


def test_a_month_goes_as_a_whole() -> None:
    at = clock.moment("2026-03-17T12:00:00Z").timestamp()
    assert next_deletion(at, 90, True) == clock.moment("2026-04-01T00:00:00Z").timestamp() + 90 * DAY
    assert next_deletion(at, 90, False) == at + 90 * DAY
    assert next_deletion(None, 90, True) is next_deletion(at, None, True) is None


def test_everybody_sees_sizes_and_administrators_the_rest(person: Make, db: Database, settings: Settings) -> None:
    admin, viewer = person("root", "admin"), person("vic", "viewer")
    now = time.time()
    Writer(db, 0.7).store(requests(now, 300), now)
    storage_sizes.measure(db, now)
    shown = words(page(viewer, "performance/storage"))
    assert "requests_days in retention.toml" in shown
    assert "Archives" not in shown
    assert viewer.post("performance/storage/archive", kind="requests", before="2026-01-01")[0] == 403
    assert admin.post("performance/storage/archive", kind="requests", before="2026-01-01")[0] in (200, 303)
    status, told = admin.post(
        "performance/storage/delete", kind="requests", before=time.strftime("%Y-%m-%d", time.gmtime())
    )
    assert (status, "or earlier" in told) == (400, True)
    assert admin.post("performance/storage/delete", kind="requests", before="2020-01-01")[0] in (200, 303)
    assert [row[0] for row in world.asked(db, "SELECT kind FROM jobs ORDER BY id")] == ["archive", "purge"]
    assert "Queued" in words(page(admin, "performance/storage"))


def test_an_archive_can_be_downloaded_where_it_lies(person: Make, db: Database, settings: Settings) -> None:
    admin = person("root", "admin")
    folder = settings.data_dir / FOLDER
    folder.mkdir(parents=True)
    body = gzip.compress(b"a,b\n1,2\n" * 50_000, mtime=0)
    (folder / "x.csv.gz").write_bytes(body)
    (settings.data_dir / "secret").write_text("no")
    with db.raw() as connection, connection.cursor() as cursor:
        for file in ("x.csv.gz", "../secret", "gone.csv.gz"):
            cursor.execute(
                "INSERT INTO storage_archives (kind, before, file, host, rows, bytes, sha256, actor, created_at)"
                " VALUES ('requests', now(), %s, '<b>h', 1, 2, 'x', 'ann', now())", (file,),
            )  # fmt: skip
    answers = [admin.client.get(f"{PREFIX}performance/storage/archives/{n}") for n in (1, 2, 3, 4, 2**40)]
    assert [answer.status_code for answer in answers] == [200, 404, 404, 404, 404]
    assert answers[0].data == body
    assert person("ann", "analyst").client.get(f"{PREFIX}performance/storage/archives/1").status_code == 403
    assert "Nothing was measured yet" in words(page(admin, "performance/storage"))
    assert "<b>h" not in document(admin.client.get(f"{PREFIX}performance/storage"))["content"]


def test_overhead_is_what_processes_measured(person: Make, db: Database) -> None:
    vic = person("vic", "viewer")
    assert "No process reported" in words(page(vic, "performance/overhead?range=24h"))
    now = time.time()
    Writer(db, 0.7).store(
        [
            Process(
                id=f"{n}", timestamp=now - 30 * n, service="api", host="h", pid=1, started=1.0, seconds=30.0,
                cpu_seconds=3.0, overhead_seconds=0.03, requests=1000, records=60, record_seconds=60 * 4e-6,
                fold_seconds=1000 * 9e-6, published={"request": 10, "transaction": 3},
                published_bytes={"request": 2048, "transaction": 10}, dropped={"gatehouse_x_dropped_total": 1},
            )
            for n in range(20)
        ],
        now,
    )  # fmt: skip
    shown = words(page(vic, "performance/overhead?range=6h"))
    for part in ("4.00", "9.00", "1 %", "gatehouse_x_dropped_total", "request"):
        assert part in shown, part
    assert "Processes" in words(page(vic, "performance")), "there is a way from Performance"
