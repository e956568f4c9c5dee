"""What tests of training and of its jobs share: settings on the test's own stores, and the stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings, load
from core.stores import Stores, assemble


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Those of an installation with a secret and a folder for data."""
    environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)}
    return load({**environ, "GATEHOUSE_SECRET_KEY": "k" * 40})


@pytest.fixture
def stores(settings: Settings) -> Iterator[Stores]:
    """PostgreSQL and Redis of the settings."""
    found = assemble(settings)
    yield found
    found.close()
