"""Who may import whom, who may read the environment, and who may talk to a store or over HTTP."""

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tree import ROOMS, ROOT, imports, named, sources, tree

STORES = {"redis", "psycopg2", "sqlalchemy"}
HTTP_CLIENTS = {"urllib3", "requests", "httpx", "aiohttp", "http.client", "urllib.request"}
WEB = {"flask", "werkzeug", "jinja2", "click"}
RARE = {"scipy", "xgboost", "matplotlib", "duckdb"}  # heavy, and for a training, a deploy, a file, a digest
CLOCKS = {("time", "time"), ("datetime", "now"), ("datetime", "utcnow")}


def test_import_contracts_hold() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_settings_of_the_tools_name_every_room_that_exists() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    rooms = {room for room in ROOMS if (ROOT / room / "__init__.py").exists()}
    assert set(tools["importlinter"]["root_packages"]) == rooms
    assert set(tools["mypy"]["packages"]) == rooms | {"deploy", "gatehouse_client"}  # a package of its own, in client/
    contracts = {contract["name"]: contract for contract in tools["importlinter"]["contracts"]}
    assert set(contracts["rooms know only core"]["modules"]) == rooms - {"core"}
    assert set(contracts["core imports none of ours"]["forbidden_modules"]) == rooms - {"core"}
    assert set(contracts["only core.db talks to a store"]["source_modules"]) >= rooms - {"core"}


def test_only_the_database_package_imports_a_store() -> None:
    offenders = importers(lambda name: name.split(".")[0] in STORES)
    assert [path for path in offenders if not path.startswith("core/db/")] == []


def test_only_one_http_client() -> None:
    offenders = importers(lambda name: any(name == client or name.startswith(f"{client}.") for client in HTTP_CLIENTS))
    assert [path for path in offenders if path != "core/http.py"] == []


def test_only_settings_reads_the_environment() -> None:
    offenders = [named(path) for path in sources() if reads_environment(tree(path))]
    assert [path for path in offenders if path != "core/settings.py"] == []


def test_only_the_clock_reads_the_time_of_day() -> None:
    offenders = [named(path) for path in sources() if reads_clock(tree(path))]
    assert [path for path in offenders if path != "core/clock.py"] == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os\nos.environ['X']", True),
        ("import os\nos.getenv('X')", True),
        ("from os import environ", True),
        ("import os\nos.getpid()", False),
    ],
)
def test_a_read_of_the_environment_is_recognised(source: str, expected: bool) -> None:
    assert reads_environment(ast.parse(source)) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import time\ntime.time()", True),
        ("from datetime import datetime, UTC\ndatetime.now(UTC)", True),
        ("import datetime as d\nd.datetime.now()", True),
        ("import time\ntime.monotonic()", False),
    ],
)
def test_a_read_of_the_clock_is_recognised(source: str, expected: bool) -> None:
    assert reads_clock(ast.parse(source)) is expected


def importers(wanted: Callable[[str], bool]) -> list[str]:
    """The files that import a module for which `wanted` is true."""
    return [named(path) for path in sources() if any(wanted(name) for name in imports(path))]


def reads_environment(module: ast.Module) -> bool:
    """True when the module touches os.environ or os.getenv in any spelling."""
    readers = {"environ", "environb", "getenv"}
    touched: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            touched.add(node.attr)
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            touched |= {alias.name for alias in node.names}
    return bool(readers & touched)


def reads_clock(module: ast.Module) -> bool:
    """True when the module calls time.time(), datetime.now() or datetime.utcnow()."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            if (name, node.func.attr) in CLOCKS:
                return True
    return False


@pytest.mark.parametrize("worker", ["core.web.worker", "core.web.patient"])
def test_the_main_process_of_a_server_loads_no_application(worker: str) -> None:
    """Gunicorn's main process imports its worker's class; what the application needs, its workers import."""
    code = f"import sys, core.web.gunicorn_conf, {worker}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"flask", "sqlalchemy", "redis", "numpy"} & set(done.stdout.split())


def test_a_child_that_reads_a_file_starts_without_logging() -> None:
    code = "import sys, core.bounded_process, core.transactions.label_file; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"structlog", "sqlalchemy", "numpy"} & set(done.stdout.split())


@pytest.mark.parametrize(
    ("process", "unneeded"),
    [
        ("collector.__main__", WEB | RARE),
        ("alerts.__main__", WEB | RARE),
        ("statuses.__main__", WEB | RARE | {"urllib3"}),
        ("ml.__main__, ml.jobs.drift, ml.jobs.look, ml.jobs.training", WEB | RARE),
        ("simulator.__main__", WEB | RARE | STORES),
        ("stack.__main__", WEB | RARE | {"numpy"}),
        ("monitoring_api", RARE),
        ("monitoring_dashboard", RARE),
        ("ml.service", {"matplotlib", "duckdb"}),
    ],
)
def test_a_process_starts_without_what_few_of_its_duties_need(process: str, unneeded: set[str]) -> None:
    """Each start pays for every import: what is heavy and rarely used is imported where it is used."""
    code = f"import gc, sys; import {process}; print(gc.isenabled(), gc.get_freeze_count() > 10_000, *sys.modules)"
    addresses = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    environment = {**os.environ, **addresses, "GATEHOUSE_SECRET_KEY": "k" * 64}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    enabled, frozen, *loaded = done.stdout.split()
    assert not unneeded & set(loaded)
    assert (enabled, frozen) == ("True", "True")
