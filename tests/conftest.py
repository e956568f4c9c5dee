"""What every test may ask for: a real PostgreSQL and a real Redis, started once for the session, clean for each test.

`database_url` is a fresh copy of a database that was migrated once; `redis_url` an emptied Redis; `db` and `live` are
our own clients on them. Nothing is skipped when a server does not start: it ships with the development requirements.
"""

import gc
import itertools
import os
import secrets
import shutil
import tomllib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from core.settings import ROOT
from core.startup import paused_gc
from stack import spawn
from stack.ports import find_free
from stack.postgres import DATABASE, Postgres
from stack.redis import Redis
from tests import quick_apps
from tests.databases import copied, quick_login, short_lived_directory
from tests.longest_first import (  # noqa: F401  # pytest finds its hooks here
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_runtest_logreport,
    pytest_terminal_summary,
    pytest_xdist_auto_num_workers,
    pytest_xdist_make_scheduler,
)
from tests.redis_cluster import RedisCluster

if TYPE_CHECKING:
    from core.db.engine import Database
    from core.db.redis_client import Live

# Speed instead of durability: these servers live as long as the test session.
VOLATILE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "256MB",
    "max_connections": "60",
}
_numbers = itertools.count(1)

# A busy machine is no fault of the code.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")


gc.set_threshold(20_000, 20, 20)  # a test's own garbage is little: seldom is often enough
quick_apps.install()


if "CLOCK_SHIFT" in os.environ:  # tests.at_moment: the databases believe in the same moment
    _spawn = spawn.spawn
    _SHIFTED = {name: os.environ[name] for name in ("LD_PRELOAD", "CLOCK_SHIFT")}
    spawn.spawn = lambda command, *, env, **given: _spawn(command, env={**_SHIFTED, **env}, **given)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name a test by their length: processes that share tests must call them alike, and gzip holds the time."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is made while tests are collected stays to the end: nothing looks through it for garbage, then or later."""
    with paused_gc():
        return (yield)


@pytest.fixture(scope="session")
def server_directory() -> Iterator[Path]:
    """A short-lived directory that holds the data and logs of the session's servers."""
    directory = short_lived_directory()
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(server_directory: Path) -> Iterator[Postgres]:
    """The session's PostgreSQL; its database `gatehouse` is migrated and is the template of each test's own."""
    log = server_directory / "postgres.log"
    server = Postgres(server_directory / "postgres", find_free(), secrets.token_urlsafe(12), log, VOLATILE)
    server.start()
    try:
        quick_login(server)
        migrate(server.url())
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def redis_server(server_directory: Path) -> Iterator[Redis | RedisCluster]:
    """The session's Redis, durable like the stack's own; a cluster of three with GATEHOUSE_TEST_REDIS=cluster."""
    password, log = secrets.token_urlsafe(12), server_directory / "redis.log"
    if os.environ.get("GATEHOUSE_TEST_REDIS") == "cluster":
        server: Redis | RedisCluster = RedisCluster(server_directory / "redis", password)
    else:
        server = Redis(server_directory / "redis", find_free(), password, log)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def database_url(postgres_server: Postgres) -> Iterator[str]:
    """The URL of a migrated, otherwise empty database of this test's own."""
    with copied(postgres_server, f"test_{next(_numbers)}", DATABASE) as url:
        yield url


@pytest.fixture
def redis_url(redis_server: Redis | RedisCluster) -> str:
    """The URL of an empty Redis."""
    redis_server.run("flushall")
    return redis_server.url()


@pytest.fixture
def db(database_url: str) -> Iterator["Database"]:
    """Our client on the test's own database."""
    from core.db.engine import Database

    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def live(redis_url: str) -> Iterator["Live"]:
    """Our client on the emptied Redis."""
    from core.db.redis_client import Live

    client = Live(redis_url)
    yield client
    client.redis.close()


@pytest.fixture
def timeless_config(tmp_path: Path) -> Path:
    """A copy of `config/` in which no calendar holds at any hour: what a test finds is the same at every hour."""
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "config", folder, dirs_exist_ok=True)
    calendars = folder / "windows.toml"
    calendars.write_text("".join(f"[{name}]\n" for name in tomllib.loads(calendars.read_text())))
    return folder


def migrate(url: str) -> None:
    """Brings the database at `url` to the newest migration."""
    from core.db.engine import Database
    from core.db.migrate import migrate as apply

    database = Database(url)
    try:
        apply(database)
    finally:
        database.close()
