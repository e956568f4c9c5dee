"""Which model and which policy score right now, kept up to date by one thread (L4).

A request takes one reference, `current()`, and works with it to its end; the watcher replaces it between two requests.
Nothing is opened before the first use.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from core import log
from core.config import PolicyConfig
from core.errors import GatehouseError, Unreachable
from core.policy import Policy
from core.store import models, policies
from core.store.db import Database
from core.store.live import Live
from ml.scoring import Scorer

_KEPT = 4
_log = log.get(__name__)


class NoModel(GatehouseError):
    """No model has been promoted yet."""


@dataclass(frozen=True, slots=True)
class InForce:
    """One consistent pair."""

    scorer: Scorer
    policy: Policy


class Serving:
    """Holds what is in force. Safe to use from any thread; the watcher starts with the first use."""

    def __init__(self, live: Live, database: Database, policy: PolicyConfig, every: float) -> None:
        self._live = live
        self._database = database
        self._policy = policy
        self._every = every
        self._in_force: InForce | None = None
        self._scorers: OrderedDict[int, Scorer] = OrderedDict()
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None
        self._stop = threading.Event()

    def current(self) -> InForce:
        """What scores now. Raises NoModel, or Unreachable when nothing could be loaded yet."""
        return self._in_force or self._first()

    def check(self) -> None:
        """Return when something is in force; raises as `current` does."""
        self.current()

    def loaded(self) -> bool:
        """Whether a model is in force."""
        return self._in_force is not None

    def scorer(self, version: int) -> Scorer:
        """The scorer of any registered version. Raises BadInput when there is none."""
        with self._lock:
            return self._scorer(version)

    def refresh(self) -> None:
        """Look once for a new champion and policy. Raises NoModel or Unreachable; what was in force stays."""
        with self._lock:
            version = models.champion(self._live, self._database)
            if version is None:
                raise NoModel("no model has been promoted yet: python -m ml train … --promote")
            policy = policies.ensure(self._live, self._database, self._policy)
            now = self._in_force
            if now is None or now.scorer.version != version or now.policy != policy:
                self._in_force = InForce(self._scorer(version), policy)
                _log.info("in force", model=version, policy=policy.version, profile=policy.profile)

    def stop(self) -> None:
        """End the watcher."""
        self._stop.set()

    def _first(self) -> InForce:
        with self._lock:
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="model-watcher", daemon=True)
                self._watcher.start()
        if self._in_force is None:
            self.refresh()
        assert self._in_force is not None
        return self._in_force

    def _scorer(self, version: int) -> Scorer:
        scorer = self._scorers.get(version)
        if scorer is None:
            scorer = self._scorers[version] = Scorer(models.load(self._database, version))
            while len(self._scorers) > _KEPT:
                self._scorers.popitem(last=False)
        self._scorers.move_to_end(version)
        return scorer

    def _watch(self) -> None:
        quiet = False
        while not self._stop.wait(self._every):
            try:
                self.refresh()
                quiet = False
            except (NoModel, Unreachable) as error:
                if not quiet:
                    _log.warning("cannot look for a new model or policy", detail=str(error))
                quiet = True
            except Exception as error:  # a model that does not load must not end the watching
                _log.error("the champion cannot be served", exc_info=error)
