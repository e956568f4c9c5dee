"""Custom figures from configuration to rows: each sample once, whatever several collectors and broken figures do."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector import figure_job, upkeep
from collector.figure import Figure, Point
from collector.figure_job import KIND, Hands
from collector.figure_queries import check
from collector.figure_registry import Known, figures
from collector.figure_schedule import Schedule, duties
from core import clock, settings
from core.db.engine import Database
from core.db.jobs.runner import Runner
from core.errors import ConfigError
from core.settings import Settings
from core.stores import Stores, assemble
from core.web.metrics import Metrics
from tests.endpoint_world import asked

EVERY = 10.0


@pytest.fixture
def known(database_url: str, redis_url: str, tmp_path: Path, timeless_config: Path) -> Settings:
    return settings.load(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GATEHOUSE_DATA": str(tmp_path),
            "GATEHOUSE_CONFIG": str(timeless_config),
        }
    )


@pytest.fixture
def stores(known: Settings) -> Iterator[Stores]:
    made = assemble(known)
    yield made
    made.close()


@pytest.fixture
def query(timeless_config: Path) -> Callable[[str, str], None]:
    """`query(name, sql)` adds a figure to the configuration."""
    file = timeless_config / "figures.toml"
    file.write_text("")

    def add(name: str, sql: str) -> None:
        (timeless_config / "figures" / f"{name}.sql").write_text(sql)
        with file.open("a") as out:
            out.write(f'[[figure]]\nname = "{name}"\ntitle = "{name}"\nevery_seconds = 86400\ntimeout_seconds = 2\n')

    return add


def sampled(known: Settings, stores: Stores, have: dict[str, Known], workers: int = 1) -> dict[str, dict[str, int]]:
    """Ask for and take what is due by so many collectors at once; how the samples of each figure ended."""
    metrics = Metrics()
    counter = metrics.counter("samples", "", ("figure", "result"))
    failed: list[BaseException] = []

    def work() -> None:
        try:
            Schedule(stores.database, have).step(clock.now())
            hands = Hands(known, stores, have, counter)
            runner = Runner(stores.database, [figure_job], hands, "collector")
            while runner.step(KIND.name, clock.now()):
                pass
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    found: dict[str, dict[str, int]] = {}
    for (figure, result), count in metrics.snapshot()["samples"]["cells"]:
        found.setdefault(figure, {})[result] = int(count)
    return found


def values(db: Database) -> list[tuple[object, ...]]:
    return asked(db, "SELECT figure, series, value FROM custom_figure_values ORDER BY 1, 2, timestamp")


def errors(db: Database) -> dict[str, str]:
    return dict(asked(db, "SELECT name, error FROM custom_figures WHERE error <> ''"))


def function(compute: Callable[[object], object], timeout: float = 0.2) -> Known:
    return Known("collector/figures/x.py", Figure("Title", "s", 86_400.0, compute, timeout))  # type: ignore[arg-type]


def test_each_sample_is_taken_once_by_any_of_several_collectors(known: Settings, stores: Stores, db: Database) -> None:
    called: list[int] = []
    have = {f"f{at}": function(lambda _, at=at: called.append(at) or float(at)) for at in range(6)}
    found = sampled(known, stores, have, workers=3)
    assert found == {f"f{at}": {"stored": 1} for at in range(6)}
    assert sorted(called) == list(range(6))
    assert values(db) == [(f"f{at}", "", float(at)) for at in range(6)]
    assert sampled(known, stores, have, workers=2) == {}, "the period has its sample"
    assert errors(db) == {}


def test_a_broken_figure_is_named_and_breaks_no_other(known: Settings, stores: Stores, db: Database) -> None:
    gate = threading.Event()

    def broken(_: object) -> float:
        raise RuntimeError("no\u202e route\nsecond line")

    have = {
        "a_hanging": Known("x", Figure("Title", "", 86_400.0, lambda _: float(gate.wait(30)), 0.01)),
        "b_broken": function(broken),
        "c_unloadable": Known("x", Figure("Title", "", 86_400.0, lambda _: 1.0), "SyntaxError: invalid syntax"),
        "d_nan": function(lambda _: float("nan")),
        "e_good": function(lambda _: {"one": 1.0}),
        "f_points": function(lambda context: [Point(5.0, "", context.now - 60)]),  # type: ignore[attr-defined]
    }
    grace, figure_job.GRACE = figure_job.GRACE, 0.1
    try:
        found = sampled(known, stores, have)
    finally:
        gate.set()
        figure_job.GRACE = grace
    assert {name: next(iter(ended)) for name, ended in found.items()} == {
        "a_hanging": "failed", "b_broken": "failed", "c_unloadable": "failed", "d_nan": "failed", "e_good": "stored",
        "f_points": "stored",
    }  # fmt: skip
    said = errors(db)
    assert said["a_hanging"].startswith("did not end within")
    assert said["b_broken"] == "RuntimeError: no\\u202e route"
    assert said["c_unloadable"] == "SyntaxError: invalid syntax"
    assert said["d_nan"] == "nan cannot be drawn"
    assert values(db) == [("e_good", "one", 1.0), ("f_points", "", 5.0)]
    assert asked(db, "SELECT failures FROM custom_figures WHERE name = 'b_broken'") == [(1,)]


def test_a_query_reads_and_never_writes_and_is_bounded(
    query: Callable[[str, str], None], known: Settings, stores: Stores, db: Database
) -> None:
    query("good", "SELECT now() - n * interval '1 minute' AS time, 'x' AS series, n AS value\n"
                  "FROM generate_series(1, 3) n WHERE 'a%b' LIKE 'a%' -- all;\n;")  # fmt: skip
    query("empty", "SELECT NULL::float AS value WHERE false")
    query("slow", "SELECT pg_sleep(5), 1 AS value")
    query("writes", "SELECT nextval('jobs_id_seq') AS value")
    query("deletes", "WITH gone AS (DELETE FROM users RETURNING 1) SELECT count(*) AS value FROM gone")
    query("many", "SELECT n AS value FROM generate_series(1, 1000000) n")
    query("series", "SELECT n::text AS series, n AS value FROM generate_series(1, 60) n")
    query("words", "SELECT 'many' AS value")
    query("columns", "SELECT 1 AS value, 2 AS other")
    query("unknown", "SELECT value FROM no_such_table")
    query("two", "SELECT 1 AS value; SELECT 2 AS value")
    have = {name: one for name, one in figures(known).items() if one.source.startswith("config/")}
    found = sampled(known, stores, have)
    assert {name for name, ended in found.items() if "stored" in ended} == {"good", "empty"}
    assert [row[2] for row in values(db) if row[0] == "good"] == [3.0, 2.0, 1.0]
    said = errors(db)
    assert said["slow"] == "took longer than 2 s"
    assert "read-only" in said["writes"]
    assert said["many"] == "there are more than 1,000"
    assert said["series"] == "there are more than 50"
    assert said["words"] == "expected a number, got str"
    assert "its columns are value, other" in said["columns"]
    assert "no_such_table" in said["unknown"]
    assert said["two"] == "the file has more than one statement"
    assert set(said) == {*have} - {"good", "empty"}


def test_series_are_bounded_over_all_samples_and_make_room_when_their_values_are_gone(
    known: Settings, stores: Stores, db: Database
) -> None:
    names = [f"s{at:02}" for at in range(50)]
    have = {"figure": function(lambda _: dict.fromkeys(names, 1.0))}
    sampled(known, stores, have)
    more = {"figure": function(lambda _: {"s00": 2.0, "new": 3.0})}
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs")
    sampled(known, stores, more)
    assert {row[1] for row in values(db)} == set(names)
    assert ("figure", "s00", 2.0) in values(db), "a later value of the same time is taken instead"
    assert errors(db) == {"figure": "more than 50 series: further ones are not stored"}
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM custom_figure_values WHERE series > 's10'")
        cursor.execute("INSERT INTO custom_figures (name, title, unit, source, every_seconds, seen)"
                       " VALUES ('old', '', '', '', 60, now() - interval '91 days')")  # fmt: skip
    upkeep.run(db, known.config.retention)
    assert asked(db, "SELECT name, cardinality(series) FROM custom_figures") == [("figure", 11)]


def test_a_sample_that_nobody_came_to_in_time_is_missed(known: Settings, stores: Stores, db: Database) -> None:
    have = {"figure": Known("x", Figure("Title", "", EVERY, lambda _: 1.0))}
    Schedule(db, have).step(clock.now() - 3 * EVERY)
    found = sampled(known, stores, have)
    assert found == {"figure": {"missed": 1, "stored": 1}}


def test_the_figures_that_come_with_it_work(known: Settings, stores: Stores, db: Database) -> None:
    now = time.time()
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO effective_labels SELECT 't' || n, 'fraud', 'analyst', now() FROM generate_series(1, 3) n"
        )
    check(known)
    metrics = Metrics()
    tasks = {task.name: task for task in duties(known, stores, metrics)}
    for name in ("figures", "figure samples", "figure leases"):
        tasks[name].run(now)
    assert values(db) == [("labels", "fraud", 3.0), ("stream_delay", "", 0.0)]
    assert errors(db) == {}


def test_wrong_lines_are_named(known: Settings, timeless_config: Path, query: Callable[[str, str], None]) -> None:
    query("two", "SELECT 1; SELECT 2")
    with pytest.raises(ConfigError, match=r"figures/two\.sql: the file has more than one statement"):
        check(known)
    (timeless_config / "figures.toml").write_text('[[figure]]\nname = "../x"\ntitle = ""\nevery_seconds = 1\n')
    with pytest.raises(ConfigError) as raised:
        check(known)
    assert len(raised.value.problems) == 3
    (timeless_config / "figures.toml").unlink()
    check(known)
