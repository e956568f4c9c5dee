"""An alert worker's pieces on real stores, with rules of the test's own."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from core import settings
from core.settings import Settings
from core.stores import Stores, assemble
from simulator.receiving.run import Receivers
from tests.receiving import receiving

Configure = Callable[[str], Settings]


@pytest.fixture
def configure(tmp_path: Path, database_url: str, redis_url: str) -> Configure:
    """`configure(rules)`: settings whose rules.toml is the given text."""
    folder = tmp_path / "config"
    shutil.copytree(settings.ROOT / "config", folder)

    def made(rules: str) -> Settings:
        (folder / "rules.toml").write_text(rules)
        return settings.load(
            {
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "GATEHOUSE_CONFIG": str(folder),
                "GATEHOUSE_DATA": str(tmp_path / "data"),
                "GATEHOUSE_SECRET_KEY": secrets.token_urlsafe(32),
            }
        )

    return made


@pytest.fixture
def worker(configure: Configure) -> Iterator[Callable[..., Evaluator]]:
    """`worker(rules, holder)`: an evaluator with its own connections, as a process would have."""
    opened: list[Stores] = []

    def made(rules: str, holder: str = "one") -> Evaluator:
        known = configure(rules)
        stores = assemble(known)
        opened.append(stores)
        return Evaluator(known, stores, ruleset.load(known), holder)

    yield made
    for stores in opened:
        stores.close()


@pytest.fixture
def receivers(tmp_path: Path) -> Iterator[Receivers]:
    """All receivers, without faults until a test sets `desk.plan` or `mail.plan`."""
    with receiving(tmp_path / "receivers") as found:
        yield found


@pytest.fixture
def stores(known: Settings) -> Iterator[Stores]:
    """PostgreSQL and Redis of `known`, the settings that a test's file gives."""
    found = assemble(known)
    yield found
    found.close()
