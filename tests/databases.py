"""The databases of tests, made cheaply: in memory where there is room, each a copy that lives as long as its test.

A copy is some thousand small files. On a disk that costs several times what it costs in memory, and the programs
`createdb` and `dropdb` cost as much again, so the two statements are sent over a connection of ours.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from stack.postgres import USER, Postgres

MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes free in it, and of memory at all, before data goes there
_PREFIX = "gatehouse-tests-"
_administrators: dict[str, Any] = {}  # a connection to each server that copies were asked of


def short_lived_directory(memory: Path = MEMORY) -> Path:
    """A new directory for the data of servers: in memory where there is room, else where temporary files go.

    A session that was killed leaves its directory behind; the next one removes it.
    """
    parent = memory if _has_room(memory) else Path(tempfile.gettempdir())
    for left in parent.glob(f"{_PREFIX}*"):
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))


def _has_room(memory: Path) -> bool:
    if not memory.is_dir() or not os.access(memory, os.W_OK):
        return False
    return min(shutil.disk_usage(memory).free, psutil.virtual_memory().available) >= ROOM


def quick_login(server: Postgres) -> None:
    """Let a login cost one round of hashing instead of 4,096, which no test of ours is about."""
    run(server, "SET scram_iterations = 1", f"ALTER ROLE {USER} PASSWORD '{server.password}'")


@contextmanager
def copied(server: Postgres, name: str, template: str) -> Iterator[str]:
    """The URL of a copy of the database `template`, which ends with the block, whoever is still connected."""
    run(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    try:
        yield server.url(name)
    finally:
        run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def run(server: Postgres, *statements: str) -> None:
    """Each statement on its own, as the administrator of the server, over a connection that stays."""
    try:
        _do(server, statements)
    except (psycopg2.OperationalError, psycopg2.InterfaceError):
        kept = _administrators.pop(server.url("postgres"), None)
        if kept is None or not kept.closed:
            raise
        _do(server, statements)  # the server was started anew meanwhile


def _do(server: Postgres, statements: tuple[str, ...]) -> None:
    url = server.url("postgres")
    if url not in _administrators:
        _administrators[url] = psycopg2.connect(url)
        _administrators[url].autocommit = True
    with _administrators[url].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
