"""A stage for actions: real stores, one worker's hands, a clock that the test moves, incidents made by hand."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from alerts.respond import action
from alerts.respond.action_runner import Acting
from alerts.respond.actions_worker import drain
from alerts.respond.external_action_runner import Reaching
from core import settings
from core.alerting import action_runs
from core.alerting.action_runs import ActionIntent, Run
from core.settings import Settings
from core.stores import Stores, assemble
from tests import incidents

START = 1_800_000_000.0


@dataclass
class Stage:
    """Asks for actions and lets them be done. `now` is the clock's time; `steps` are what the hands reached."""

    known: Settings
    stores: Stores
    now: float = START
    steps: list[str] = field(default_factory=list)

    def hands(self, reached: Callable[[str], None] | None = None) -> tuple[Acting, Reaching]:
        """One worker's hands."""
        acting = Acting(
            self.stores, self.known, action.load(self.known), now=lambda: self.now, reached=reached or self.steps.append
        )
        return acting, Reaching(acting)

    def ask(self, name: str, rule: str = "A1", series: str | None = None, mode: str = "auto", **details: Any) -> Run:
        """A new incident asks for an action."""
        number = len(self.runs())
        identity = f"{rule}-{name}-{number}"
        place = f"series {number}" if series is None else series
        incidents.make(self.stores.database, rule, self.now, identity, place, **details)
        with self.stores.database.transaction() as connection:
            intent = ActionIntent(f"{identity}/{name}", identity, name, mode, {})
            action_runs.request(connection, [intent], self.now, "gatehouse")
        return self.runs()[0]

    def do(self) -> int:
        """Everything that waits now; how many steps there were."""
        acting, reaching = self.hands()
        return drain(acting.step) + drain(reaching.step)

    def runs(self) -> list[Run]:
        """Every run, newest first."""
        with self.stores.database.transaction() as connection:
            return action_runs.listed(connection)

    def again(self, run: Run) -> Run:
        """A run as it is now."""
        return next(one for one in self.runs() if one.id == run.id)

    def done(self, name: str, **more: Any) -> Run:
        """Ask, do, and the run as it is then."""
        run = self.ask(name, **more)
        self.do()
        return self.again(run)

    def recover(self, run: Run) -> Run:
        """Its incident is over; the run as it is after the worker has seen it."""
        incidents.end(self.stores.database, run.incident_id, self.now)
        self.do()
        return self.again(run)

    def say(self, word: str, *arguments: Any) -> Any:
        """What a person says: a function of core.alerting.action_runs."""
        with self.stores.database.transaction() as connection:
            return getattr(action_runs, word)(connection, self.stores.audit, *arguments)


@pytest.fixture
def environ(tmp_path: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """The environment of the stage, with a configuration of its own."""
    folder = tmp_path / "config"
    shutil.copytree(settings.ROOT / "config", folder)
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "GATEHOUSE_CONFIG": str(folder),
        "GATEHOUSE_DATA": str(tmp_path / "data"),
        "GATEHOUSE_SECRET_KEY": "a key for the audit log of this test",
        "GATEHOUSE_INTERNAL_TOKEN": "an-internal-token-of-this-test-0123456789",
    }


@pytest.fixture
def stage(environ: dict[str, str]) -> Iterator[Stage]:
    """The stage with the shipped actions."""
    known = settings.load(environ)
    stores = assemble(known)
    yield Stage(known, stores)
    stores.close()


@pytest.fixture
def staged(environ: dict[str, str]) -> Iterator[Callable[[str], Stage]]:
    """`staged(actions)`: a stage whose actions.toml is the given text."""
    opened: list[Stores] = []

    def made(actions: str) -> Stage:
        (Path(environ["GATEHOUSE_CONFIG"]) / "actions.toml").write_text(actions)
        known = settings.load(environ)
        opened.append(assemble(known))
        return Stage(known, opened[-1])

    yield made
    for stores in opened:
        stores.close()
