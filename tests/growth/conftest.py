"""The servers of a grown installation: a Redis Cluster of three nodes, and PgBouncer before PostgreSQL."""

import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.ports import LOOPBACK, find_free
from stack.postgres import Postgres
from tests.growth.wait import until
from tests.redis_cluster import RedisCluster

PGBOUNCER = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"


@pytest.fixture(scope="package")
def cluster() -> Iterator[RedisCluster]:
    """A running cluster."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-cluster-") as folder:
        made = RedisCluster(Path(folder), secrets.token_urlsafe(12))
        made.start()
        try:
            yield made
        finally:
            made.stop()


@pytest.fixture
def redis_url(cluster: RedisCluster) -> str:
    """The URL of the emptied cluster, where other tests have a single Redis."""
    cluster.run("flushall")
    return cluster.url()
